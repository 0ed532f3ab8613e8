"""Which meeting is spoken of, and who is invited: the members who are asked, and those above in charge of the cell.

Who has left the cell, or is in charge no longer, is not invited any more, whatever they were told before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ids import MeetingId, PersonId, UnitId
from bot.domain.meeting import Closed, closed
from bot.domain.member import is_asked
from bot.domain.rights import Role
from handlers.choosing import names_apart
from handlers.declare import Args, number
from handlers.turn import Act, Turn
from storage import meetings, organisation, people
from storage.addresses import reach_many
from storage.database import Tx
from storage.meetings import Meeting

IN_CHARGE = frozenset({Role.UPPER_MEMBER_IN_CHARGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody invited. `apart` tells namesakes from each other; `above`: in charge of the cell, not counted in it."""

    person_id: PersonId
    name: str
    apart: str
    above: bool
    linked: bool
    reachable: bool


async def guests_of(tx: Tx, cell: UnitId) -> Sequence[Guest]:
    """Everybody who is invited to the cell's meetings today: its members, then those in charge."""
    members = await people.members_of(tx, cell)
    guests = [
        Guest(
            person_id=member.person_id,
            name=member.full_name,
            apart=apart,
            above=False,
            linked=member.linked,
            reachable=member.reachable,
        )
        for member, apart in zip(members, names_apart(members), strict=True)
    ]
    asked = {guest.person_id for guest in guests}
    above = [person for person in await people.holders(tx, cell, IN_CHARGE) if person not in asked]
    reached = await reach_many(tx, above)
    for person in above:
        who = await people.who_is(tx, person)
        if who is not None:
            here = person in reached
            guests.append(
                Guest(
                    person_id=person, name=who.full_name, apart=who.full_name, above=True, linked=here, reachable=here
                )
            )
    return guests


async def is_member(tx: Tx, cell: UnitId, person: PersonId) -> bool:
    """Whether the person is asked and counted in the cell today."""
    member = await people.member_of(tx, cell, person)
    return member is not None and is_asked(member.status)


async def is_invited(tx: Tx, found: Meeting, person: PersonId) -> bool:
    """Whether the person is invited to the meeting today."""
    return await is_member(tx, found.unit_id, person) or person in await people.holders(tx, found.unit_id, IN_CHARGE)


async def meeting_of(tx: Tx, args: Args) -> Meeting | None:
    """The meeting that the first argument names."""
    name = number(args)
    return await meetings.meeting_by_id(tx, MeetingId(name)) if name is not None else None


async def the_meeting(turn: Turn, args: Args) -> Meeting:
    """The meeting of arguments whose right was checked over its cell."""
    found = await meeting_of(turn.tx, args)
    assert found is not None, "the right was checked over this meeting's cell"
    return found


async def over(tx: Tx, args: Args) -> UnitId | None:
    """The cell whose meeting the first argument names: for declarations."""
    found = await meeting_of(tx, args)
    return found.unit_id if found else None


async def cell_name(tx: Tx, found: Meeting) -> str:
    """The name of the meeting's cell today; empty when the cell is no more."""
    unit = await organisation.unit_of(tx, found.unit_id)
    return unit.name if unit else ""


def closed_now(act: Act, found: Meeting) -> Closed | None:
    """Why nothing is taken for the meeting at this instant; None: it is."""
    return closed(starts_at=found.starts_at, cancelled_at=found.cancelled_at, now=act.now)
