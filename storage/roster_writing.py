"""Writes what a roster changes: everything at once, a few statements for thousands of people.

Memberships and roles that end and begin do so today; what was stays as history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Executable, bindparam, insert, update

from bot.domain.ids import PersonId, UnitId
from bot.domain.organisation import UnitKind
from bot.domain.roster_known import KnownPlace, KnownRole, UnitRef
from bot.domain.roster_person import Details, PersonPlan
from bot.domain.roster_plan import Plan
from bot.domain.words import fold
from storage.database import Tx
from storage.organisation import add_unit, change_kind, today, valid_on
from storage.schema import memberships, people, roles

_DETAILS = ("full_name", "birth_year", "birth_date", "member_code", "joined_on", "official_on")
_add_people = insert(people).returning(people)
_change_person = (
    update(people)
    .where(people.c.id == bindparam("person"))
    .values(
        full_name=bindparam("to_full_name"),
        name_key=bindparam("to_name_key"),
        birth_year=bindparam("to_birth_year"),
        birth_date=bindparam("to_birth_date"),
        member_code=bindparam("to_member_code"),
        joined_on=bindparam("to_joined_on"),
        official_on=bindparam("to_official_on"),
    )
)
_end_memberships = (
    update(memberships)
    .where(
        memberships.c.person_id == bindparam("person"),
        memberships.c.unit_id == bindparam("cell"),
        memberships.c.status == bindparam("of_status"),
        valid_on(memberships, bindparam("day")),
    )
    .values(valid_to=bindparam("day"))
)
_begin_memberships = insert(memberships)
_end_roles = (
    update(roles)
    .where(
        roles.c.person_id == bindparam("person"),
        roles.c.unit_id == bindparam("over"),
        roles.c.role == bindparam("of_role"),
        valid_on(roles, bindparam("day")),
    )
    .values(valid_to=bindparam("day"))
)
_begin_roles = insert(roles)


@dataclass(frozen=True, slots=True)
class Written:
    """Whom the plan was written of, in its order; and the units that were made."""

    people: Sequence[PersonId]
    units: Mapping[UnitRef, UnitId]

    def unit(self, ref: UnitRef) -> UnitId:
        """The unit that the plan speaks of."""
        return ref if isinstance(ref, int) else self.units[ref]


async def write_plan(tx: Tx, plan: Plan, *, top: UnitId) -> Written:
    """Write the plan of a roster for the committee `top`.

    The caller holds the committee (`organisation.hold`) since before the plan was made."""
    written = Written(units=await _make_units(tx, plan, top), people=await _write_people(tx, plan.people))
    day = today(tx)
    of = list(zip(written.people, plan.people, strict=True))
    await _many(tx, _end_memberships, [_ended(person, end, day) for person, one in of for end in one.ends])
    await _many(
        tx,
        _begin_memberships,
        [
            {"person_id": person, "unit_id": written.unit(begin.cell), "status": begin.status.value, "valid_from": day}
            for person, one in of
            for begin in one.begins
        ],
    )
    await _many(tx, _end_roles, [_taken(person, held, day) for person, one in of for held in one.takes])
    await _many(
        tx,
        _begin_roles,
        [
            {"person_id": person, "unit_id": written.unit(grant.unit), "role": grant.role.value, "valid_from": day}
            for person, one in of
            for grant in one.gives
        ],
    )
    return written


async def _many(tx: Tx, statement: Executable, values: Sequence[dict[str, Any]]) -> None:
    if values:
        await tx.run(statement, values)


def _ended(person: PersonId, place: KnownPlace, day: date) -> dict[str, Any]:
    return {"person": person, "cell": place.cell, "of_status": place.status.value, "day": day}


def _taken(person: PersonId, held: KnownRole, day: date) -> dict[str, Any]:
    return {"person": person, "over": held.unit, "of_role": held.role.value, "day": day}


async def _make_units(tx: Tx, plan: Plan, top: UnitId) -> Mapping[UnitRef, UnitId]:
    made: dict[UnitRef, UnitId] = {}
    for committee in plan.committees:
        made[committee.key] = await add_unit(tx, name=committee.name, kind=UnitKind.COMMITTEE, parent=top)
    for cell in plan.cells:
        parent = cell.parent if isinstance(cell.parent, int) else made[cell.parent]
        made[cell.key] = await add_unit(tx, name=cell.name, kind=UnitKind.CELL, parent=parent, cell_kind=cell.kind)
    for changed in plan.kinds:
        await change_kind(tx, changed.cell, changed.kind)
    return made


async def _write_people(tx: Tx, plans: Sequence[PersonPlan]) -> list[PersonId]:
    """Add those who are new and change those whose details differ; everybody's id."""
    new = {at: _values(one.details) for at, one in enumerate(plans) if one.person is None and one.details}
    added: dict[tuple[Any, ...], list[PersonId]] = {}
    for row in await tx.insert_many(_add_people, [{**values, "created_at": tx.now} for values in new.values()]):
        added.setdefault(tuple(getattr(row, name) for name in _DETAILS), []).append(PersonId(row.id))
    changed = [
        {"person": one.person, **{f"to_{name}": value for name, value in _values(one.details).items()}}
        for one in plans
        if one.person is not None and one.changes and one.details
    ]
    await _many(tx, _change_person, changed)
    # Two of whom all the same is known are still nobody in particular: either may be given the cell of the other.
    return [
        one.person if one.person is not None else added[tuple(new[at][name] for name in _DETAILS)].pop()
        for at, one in enumerate(plans)
    ]


def _values(details: Details) -> dict[str, Any]:
    return {
        "full_name": details.full_name,
        "name_key": fold(details.full_name),
        "birth_year": details.birth_year,
        "birth_date": details.birth_date,
        "member_code": details.member_code,
        "joined_on": details.joined_on,
        "official_on": details.official_on,
    }
