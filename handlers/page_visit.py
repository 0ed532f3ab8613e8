"""/trangweb: the way onto our own page, and where somebody is signed in there.

A link is for who asks, once, for an hour; it goes to the address that asks and is not kept in the outbox. On the page
itself there is none: who asks there has come in already. Signing out is for the person alone; unlinking does it too.
"""

from collections.abc import Sequence

from bot.chat import Choice
from bot.domain.page import ACCOUNT, KEPT, OPENING_VALID, Browser
from bot.domain.rights import Right
from bot.texts import page_visit as texts
from handlers import page_browsers
from handlers.declare import Action, Args, Command, number
from handlers.page_pass import issue_page_link
from handlers.registry import Offer
from handlers.tick import Coming, Due
from handlers.turn import Act, Turn
from storage import page_passes, page_sessions
from storage.database import Tx

END_ALL = "page-end-all"
END_ONE = "page-end"
_MOST = 3
"""Buttons for single machines; all of them at once is always one press."""


def offer() -> Offer:
    """The command, the buttons, and what is forgotten by itself."""
    return Offer(
        commands=(Command(name="trangweb", right=Right.PERSON, run=_command, about=texts.ABOUT, also=texts.WORDS),),
        actions=(
            Action(verb=END_ONE, right=Right.PERSON, run=_end_one),
            Action(verb=END_ALL, right=Right.PERSON, run=_end_all),
        ),
        dues=(
            Due(name="page_sessions", find=_over, act=_forget_session, coming=_nothing),
            Due(name="page_passes", find=_old_passes, act=_forget_passes, coming=_nothing),
        ),
    )


async def _command(turn: Turn, _rest: str) -> None:
    address = None
    if turn.address.account != ACCOUNT:
        address = await issue_page_link(turn.tx, turn.house, turn.person.person_id, valid=OPENING_VALID)
        if address is None:
            turn.answer(texts.no_page())
            return
    found = await page_sessions.of_person(turn.tx, turn.person.person_id, idle=turn.house.patience.idle)
    browsers = [page_browsers.browser(session) for session in found]
    way_in = texts.way_in(address, valid=OPENING_VALID, browsers=browsers, choices=_choices(browsers))
    turn.answer(way_in, forget=address is not None)


def _choices(browsers: Sequence[Browser]) -> Sequence[Choice]:
    singles = [
        Choice(texts.end_one(place, one.device), f"{END_ONE}:{one.session}")
        for place, one in enumerate(browsers[:_MOST], start=1)
    ]
    return (*singles, Choice(texts.END_ALL, END_ALL)) if browsers else ()


async def _end_one(turn: Turn, args: Args) -> None:
    session = number(args)
    ended = session is not None and await page_browsers.end_one(turn.tx, turn.house, turn.person.person_id, session)
    turn.answer(texts.ended_one() if ended else texts.ended_before())


async def _end_all(turn: Turn, _args: Args) -> None:
    turn.answer(texts.ended_all(await page_browsers.end_all(turn.tx, turn.house, turn.person.person_id)))


# -------------------------------------------------------------------------------- what is forgotten


async def _over(tx: Tx) -> Sequence[int]:
    return await page_sessions.over(tx)


async def _forget_session(act: Act, session: int) -> None:
    await page_sessions.forget(act.tx, session)


async def _old_passes(tx: Tx) -> Sequence[int]:
    return await page_passes.oldest(tx, until=tx.now - KEPT)


async def _forget_passes(act: Act, _oldest: int) -> None:
    await page_passes.purge(act.tx, until=act.now - KEPT)


async def _nothing(_tx: Tx) -> Sequence[Coming]:
    return ()
