"""Linking an address to a person and undoing it: what is written, what is taken back, who is told.

A link needs a consent and uses an invitation up, in the same transaction. Unlinking deletes the drafts of the address
and cancels what waits for it; what the person signed or sent stays. When a person's last address goes, no consent of
theirs holds any more.
"""

from bot.chat import Address, Message
from bot.domain.edition import Edition
from bot.domain.ids import AddressId, InvitationId, PersonId, UnitId
from bot.domain.organisation import UnitKind
from bot.domain.reminder import hold
from bot.domain.rights import FOR_THE_CODE, LEADERS, OFFICERS, Right
from handlers import accounts, page_browsers
from handlers.turn import Act, allows
from storage import addresses, audit, consents, dead_letters, dialogues, forgetting, invitations, organisation, people
from storage.addresses import LinkedAddress
from storage.database import Tx
from storage.links import Link
from storage.people import Who


async def link(
    act: Act, *, invitation: InvitationId, person: PersonId, address: Address, agreed: Edition
) -> AddressId | None:
    """Link the address, if the invitation can still be used; None when another was quicker."""
    if not await invitations.use(act.tx, invitation):
        return None
    await forgetting.forget_guest(act.tx, address)
    await dialogues.end_all(act.tx, address)
    number = await addresses.link(act.tx, person=person, address=address)
    await accounts.joined(act, address)
    await consents.give(act.tx, person, text_version=agreed.version, text_hash=agreed.hash)
    await audit.record(
        act.tx,
        actor=person,
        action="address.linked",
        subject=f"person:{person}",
        address=number,
        invitation=invitation,
        consent=agreed.hash,
    )
    return number


async def unlink(act: Act, linked: Link | LinkedAddress, *, actor: PersonId) -> bool:
    """Undo a link; False when it was undone before."""
    if not await addresses.unlink(act.tx, linked.id):
        return False
    await dialogues.end_all(act.tx, linked.address)
    await dead_letters.forget_at(act.tx, linked.address)
    cancelled = await forgetting.cancel_waiting(act.tx, linked.address)
    withdrawn = False
    is_last = not await addresses.addresses_of(act.tx, linked.person_id)
    await page_browsers.unlinked(act.tx, linked.address, linked.person_id, is_last=is_last)
    if is_last:
        withdrawn = await consents.withdraw(act.tx, linked.person_id)
    await audit.record(
        act.tx,
        actor=actor,
        action="address.unlinked",
        subject=f"person:{linked.person_id}",
        address=linked.id,
        cancelled=cancelled,
        consent_withdrawn=withdrawn,
    )
    return True


def place_of(who: Who) -> UnitId | None:
    """The unit whose leaders answer for the person: their cell, or what their first role is held over."""
    if who.cell_id is not None:
        return who.cell_id
    return who.roles[0].unit_id if who.roles else None


async def answers_for(tx: Tx, actor: Who, who: Who) -> bool:
    """Whether the actor may hand out the person's code, take it back, and unlink an account of theirs: they lead the
    person's cell or are officers above it, and whatever the person holds is theirs to give. Everybody answers for
    themself."""
    if actor.person_id == who.person_id:
        return True
    needed = {(FOR_THE_CODE[held.role], held.unit_id) for held in who.roles}
    place = place_of(who)
    if place is not None:
        needed.add((Right.INVITE, place))
    return bool(needed) and all([await allows(tx, actor, right, unit) for right, unit in sorted(needed)])


async def tell_who_leads(act: Act, who: Who, message: Message, *, key: str, can_undo: bool = False) -> None:
    """Tell those who lead the person's cell, except the person; when none of them can be reached, the officers of
    the nearest committee above. With `can_undo` only those who answer for the person. It waits for the end of quiet
    hours."""
    due_at = hold(act.now, act.house.content.calendar.rest)
    place = place_of(who)
    while place is not None:
        unit = await organisation.unit_of(act.tx, place)
        is_cell = unit is not None and unit.kind is UnitKind.CELL
        told = [
            await act.tell(leader, message, key=f"{key}:{leader}", due_at=due_at)
            for leader in await people.holders(act.tx, place, LEADERS if is_cell else OFFICERS)
            if leader != who.person_id and (not can_undo or await _may_undo(act.tx, leader, who))
        ]
        if any(told):
            return
        place = unit.parent_id if unit else None


async def _may_undo(tx: Tx, leader: PersonId, who: Who) -> bool:
    actor = await people.who_is(tx, leader)
    return actor is not None and await answers_for(tx, actor, who)
