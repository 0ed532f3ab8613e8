"""Where a person is signed in on the page, and ending it: by themself, or because they are unlinked."""

from bot.chat import Address
from bot.domain.ids import PersonId
from bot.domain.page import ACCOUNT, Browser
from handlers.turn import House
from storage import addresses, audit, page_passes, page_sessions
from storage.database import Tx
from storage.page_sessions import Session


def browser(session: Session, *, here: int | None = None) -> Browser:
    """A session as it is shown; `here`: the session that asks."""
    return Browser(
        session=session.id,
        device=session.device,
        started_at=session.started_at,
        seen_at=session.seen_at,
        here=session.id == here,
    )


async def end_one(tx: Tx, house: House, person: PersonId, session: int) -> bool:
    """End one of the person's sessions; False when it is none of theirs, or over."""
    own = await page_sessions.of_person(tx, person, idle=house.patience.idle)
    if all(one.id != session for one in own) or not await page_sessions.end(tx, session):
        return False
    await audit.record(tx, actor=person, action="page.signed_out", subject=f"person:{person}", session=session)
    return True


async def end_all(tx: Tx, house: House, person: PersonId) -> int:
    """End all of the person's sessions and take back the ways in that they were given; how many sessions."""
    ended = 0
    for one in await addresses.addresses_of(tx, person):
        if one.address.account == ACCOUNT:
            ended += await page_sessions.end_all(tx, one.address)
    await page_passes.revoke(tx, person)
    if ended:
        await audit.record(tx, actor=person, action="page.signed_out", subject=f"person:{person}", sessions=ended)
    return ended


async def unlinked(tx: Tx, address: Address, person: PersonId, *, is_last: bool) -> None:
    """The address is the person's no longer: browsers that were signed in there are signed out; with the last one go
    the ways in."""
    await page_sessions.end_all(tx, address)
    if is_last:
        await page_passes.revoke(tx, person)
