"""Giving people a way onto our own page: a link for one person, once, until an instant; or a code to type there.

**For other journeys** (a long form that moves to the page, a file for a channel that carries none): `issue_page_link`.
"""

from datetime import timedelta

from bot.chat import CHOICE_DATA_LIMIT
from bot.domain.codes import RANDOM_BYTES, CodeKind, make_code
from bot.domain.ids import PersonId
from bot.domain.page import CODE_VALID, LINK_VALID, PassKind, hash_link, hash_page_code, new_token
from handlers.turn import House
from storage import audit, page_passes
from storage.database import Tx


async def issue_page_link(
    tx: Tx, house: House, person: PersonId, *, target: str = "", valid: timedelta = LINK_VALID
) -> str | None:
    """The address that lets this person onto the page, `https://host/l/TOKEN`; None when the installation has no page.

    `target` is what is pressed for them once they are there: the data of a choice (`verb:argument:…`, at most 64
    bytes), as `run:tubaocao` or one of an `Action` of your own. It goes through the router as a `Pressed` at their
    address on the page, so that its declared right is checked then and there like that of any button; "" only opens
    the page. The answer is said on the page, a paper is offered there to be downloaded.

    The link works once, for `valid`, and lets nobody else in: what it says is used up by the press of a button on the
    page that it opens, not by opening it (messengers look at links by themselves). Whoever holds it until then can be
    the person: send it to an address of theirs and nowhere else, with `forget=True` if it need not be kept in the
    outbox. It works for people who have joined; unlinking their last address revokes it. Asked again, it gives another
    link, and the earlier ones stay good. Nothing is sent here: put the address into a `Link` of your own message,
    in the same transaction. The token is kept as a keyed hash only.
    """
    if not house.page:
        return None
    if len(target.encode()) > CHOICE_DATA_LIMIT:
        raise ValueError(f"a target of {len(target.encode())} bytes: {target!r}")
    token = new_token(house.random)
    await page_passes.add(
        tx,
        token_hash=hash_link(token, pepper=house.pepper),
        kind=PassKind.LINK,
        person=person,
        target=target,
        issued_by=None,
        expires_at=tx.now + valid,
    )
    return f"{house.page.rstrip('/')}/l/{token}"


async def issue_page_code(tx: Tx, house: House, person: PersonId, *, issued_by: PersonId) -> str:
    """A code with which the person signs in on the page, as people read it. The caller has asked whether `issued_by`
    may (`handlers.links.answers_for`), and that the person has joined. Codes that were given before are revoked."""
    await page_passes.revoke(tx, person, codes_only=True)
    code = make_code(CodeKind.INVITATION, house.random(RANDOM_BYTES))
    number = await page_passes.add(
        tx,
        token_hash=hash_page_code(code, pepper=house.pepper),
        kind=PassKind.CODE,
        person=person,
        target="",
        issued_by=issued_by,
        expires_at=tx.now + CODE_VALID,
    )
    await audit.record(tx, actor=issued_by, action="page.code_issued", subject=f"person:{person}", code=number)
    return code.grouped
