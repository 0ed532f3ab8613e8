"""Issuing invitations: to people of a roster, and to the first administrator from the command line.

A new invitation revokes the unused ones of the same person. The code is made of the seed in the table and the
installation's secret whenever a sheet is drawn; only hash and seed are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.codes import hash_code
from bot.domain.ids import InvitationId, PersonId, UnitId
from bot.domain.invitation import SEED_BYTES, expiry, invitation_code, last_day
from bot.domain.organisation import UnitKind
from bot.domain.rights import Role
from bot.domain.words import clean_name, fold
from bot.faults import OperatorFault
from handlers.doors import OwnDoors
from handlers.turn import House
from storage import audit, invitations, organisation, people
from storage.database import Tx

NO_COMMITTEE = 'there is no committee yet; begin with: bot.py admin invite "Họ và tên" --committee "Đảng ủy xã …"'
"""What an operator does first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Invitations just issued, and the last day on which they can be used."""

    ids: Sequence[InvitationId]
    last_day: date


async def issue(tx: Tx, house: House, persons: Sequence[PersonId], *, issued_by: PersonId | None) -> Issued:
    """An invitation for each of these people; what they could still use is revoked."""
    await invitations.hold(tx, persons)
    revoked = await invitations.revoke(tx, persons)
    expires_at = expiry(organisation.today(tx))
    ids = []
    for person in persons:
        seed = house.random(SEED_BYTES).hex()
        code = invitation_code(seed, pepper=house.pepper)
        ids.append(
            await invitations.add(
                tx,
                person=person,
                seed=seed,
                code_hash=hash_code(code, pepper=house.pepper),
                issued_by=issued_by,
                expires_at=expires_at,
            )
        )
        await audit.record(
            tx,
            actor=issued_by,
            action="invitation.issued",
            subject=f"person:{person}",
            invitation=ids[-1],
            revoked=person in revoked,
        )
    return Issued(ids=ids, last_day=last_day(expires_at))


async def revoke(tx: Tx, persons: Sequence[PersonId], *, actor: PersonId) -> int:
    """Take back what these people could still use; how many codes that were."""
    revoked = await invitations.revoke(tx, persons)
    for person in revoked:
        await audit.record(tx, actor=actor, action="invitation.revoked", subject=f"person:{person}")
    return len(revoked)


async def issue_admin_invitation(
    tx: Tx, house: House, *, full_name: str, committee: str | None = None
) -> tuple[str, str | None]:
    """A code (as people type it) for an administrator of the committee at the top, and a start link or None.

    Makes the committee when there is none, the person when nobody in the roster has the name ("Họ tên, Chi bộ" picks
    one of several), and the role. The same name again gets a new code; the unused old one is revoked. Raises
    `OperatorFault` with what the operator must say differently.
    """
    name, _, cell = (clean_name(part) for part in full_name.partition(","))
    if not name:
        raise OperatorFault("say the full name of the administrator")
    unit = await _committee(tx, clean_name(committee or ""))
    person = await _person(tx, name, cell)
    if person not in await people.holders(tx, unit, frozenset({Role.ADMINISTRATOR})):
        await people.add_role(tx, person=person, unit=unit, role=Role.ADMINISTRATOR)
        await audit.record(
            tx, actor=None, action="role.given", subject=f"person:{person}", unit=unit, role="administrator"
        )
    issued = await issue(tx, house, [person], issued_by=None)
    invitation = (await invitations.by_ids(tx, issued.ids))[0]
    code = invitation_code(invitation.seed, pepper=house.pepper)
    links = (door.start_link(code.compact) for door in await OwnDoors(tx, house).of(person))
    return code.grouped, next((link for link in links if link), None)


async def _committee(tx: Tx, name: str) -> UnitId:
    roots = await organisation.roots(tx)
    if not roots:
        if not name:
            raise OperatorFault(NO_COMMITTEE)
        return await organisation.add_unit(tx, name=name, kind=UnitKind.COMMITTEE, parent=None)
    if not name:
        return roots[0].id
    named = [unit for root in roots for unit in await organisation.units_named(tx, name, below=root.id)]
    committees = [unit for unit in named if unit.kind is UnitKind.COMMITTEE]
    if not committees:
        raise OperatorFault(f"no committee here is called {name}; leave it out for the one at the top")
    return committees[0].id


async def _person(tx: Tx, name: str, cell: str) -> PersonId:
    """The administrator of that name, else the one person of that name in the roster, else somebody new."""
    # Names that differ only by diacritics are different names: power is not given by a likeness.
    found = [who for who in await people.people_named(tx, name) if who.full_name.casefold() == name.casefold()]
    if cell:
        found = [who for who in found if fold(who.cell_name) == fold(cell)]
    administrators = [who for who in found if any(held.role is Role.ADMINISTRATOR for held in who.roles)]
    found = administrators or found
    if len(found) > 1:
        raise OperatorFault(
            f'the roster has {len(found)} people of this name; say the cell as well: "Họ và tên, Chi bộ …"'
        )
    if found:
        return found[0].person_id
    return await people.add_person(tx, full_name=name)
