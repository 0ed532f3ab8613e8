"""The throttle of codes, before any code is looked up: invitations and receipts alike (bot/domain/guessing.py).

A wrong code is an ordinary answer, never a `Refusal`: the transaction commits, so the guess is remembered.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.chat import Message
from bot.domain.guessing import IN_ALL, PER_ADDRESS, WINDOW, Limit, guesser
from bot.texts import join as texts
from handlers.tick import Coming, Due
from handlers.turn import Act, Turn
from storage import guesses
from storage.database import Tx


async def closed(turn: Turn) -> Message | None:
    """What is said instead of looking at a code, when there were too many wrong ones; None: look at it."""
    who = _who(turn)
    if until := await closed_until(turn.tx, who, PER_ADDRESS):
        return texts.closed_for_you(PER_ADDRESS.guesses, until=until)
    if until := await closed_until(turn.tx, None, IN_ALL):
        return texts.closed_for_all(until=until)
    return None


async def closed_until(tx: Tx, who: str | None, limit: Limit) -> datetime | None:
    """When the next code of a guesser (None: of anybody) is looked at; None: now."""
    earliest = await guesses.nth_newest(tx, limit.guesses, since=tx.now - WINDOW, guesser=who)
    return limit.closed_until(earliest, now=tx.now)


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
