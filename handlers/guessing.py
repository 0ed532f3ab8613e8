"""The throttle of codes, before any code is looked up: invitations and receipts alike (bot/domain/guessing.py).

A wrong code is an ordinary answer, never a `Refusal`: the transaction commits, so the guess is remembered.
"""

from collections.abc import Sequence

from bot.chat import Message
from bot.domain.guessing import IN_ALL, PER_ADDRESS, WINDOW, guesser
from bot.texts import join as texts
from handlers.tick import Coming, Due
from handlers.turn import Act, Turn
from storage import guesses
from storage.database import Tx


async def closed(turn: Turn) -> Message | None:
    """What is said instead of looking at a code, when there were too many wrong ones; None: look at it."""
    since = turn.now - WINDOW
    earliest = await guesses.nth_newest(turn.tx, PER_ADDRESS.guesses, since=since, guesser=_who(turn))
    if until := PER_ADDRESS.closed_until(earliest, now=turn.now):
        return texts.closed_for_you(PER_ADDRESS.guesses, until=until)
    earliest = await guesses.nth_newest(turn.tx, IN_ALL.guesses, since=since)
    if until := IN_ALL.closed_until(earliest, now=turn.now):
        return texts.closed_for_all(until=until)
    return None


async def wrong(turn: Turn) -> None:
    """Remember that a code was well formed and nobody's."""
    await guesses.add(turn.tx, _who(turn))


def forgetting_due() -> Due:
    """Guesses are forgotten as soon as they no longer count."""
    return Due(name="guesses", find=_outlived, act=_purge, coming=_nothing)


def _who(turn: Turn) -> str:
    return guesser(turn.address.account, turn.address.chat, pepper=turn.house.pepper)


async def _outlived(tx: Tx) -> Sequence[int]:
    return await guesses.oldest(tx, until=tx.now - WINDOW)


async def _purge(act: Act, _oldest: int) -> None:
    await guesses.purge(act.tx, until=act.now - WINDOW)


async def _nothing(_tx: Tx) -> Sequence[Coming]:
    return ()
