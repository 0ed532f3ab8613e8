"""What is known of the part of the tree that a roster is for: read whole, in a handful of statements."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select

from bot.domain.ids import PersonId, UnitId
from bot.domain.member import Status
from bot.domain.organisation import UnitKind
from bot.domain.rights import Role
from bot.domain.roster_known import Known, KnownPerson, KnownPlace, KnownRole, KnownUnit
from bot.domain.roster_values import cell_key, word_key
from storage.database import Row, Tx
from storage.organisation import path_up, subtree, today, units_below, valid_on
from storage.schema import memberships, people, roles, unit_versions

_AT_ONCE = 500
"""Values in one IN."""

_below = subtree()
_day: BindParameter[Any] = bindparam("day")
_here = or_(
    people.c.id.in_(
        select(memberships.c.person_id).where(
            valid_on(memberships, _day), memberships.c.unit_id.in_(select(_below.c.id))
        )
    ),
    people.c.id.in_(select(roles.c.person_id).where(valid_on(roles, _day), roles.c.unit_id.in_(select(_below.c.id)))),
)
_people = select(
    people.c.id,
    people.c.full_name,
    people.c.birth_year,
    people.c.birth_date,
    people.c.member_code,
    people.c.joined_on,
    people.c.official_on,
)
_people_here = _people.where(_here)
_people_by_code = _people.where(people.c.member_code.in_(bindparam("codes", expanding=True)))
_persons: BindParameter[Any] = bindparam("persons", expanding=True)
_places = (
    select(memberships.c.person_id, memberships.c.unit_id, memberships.c.status)
    .where(valid_on(memberships, _day), memberships.c.person_id.in_(_persons))
    .order_by(memberships.c.id)
)
_roles = (
    select(roles.c.person_id, roles.c.role, roles.c.unit_id)
    .where(valid_on(roles, _day), roles.c.person_id.in_(_persons))
    .order_by(roles.c.id)
)
_children = select(unit_versions.c.name).where(
    valid_on(unit_versions, _day),
    unit_versions.c.kind == UnitKind.CELL.value,
    unit_versions.c.parent_id.in_(bindparam("parents", expanding=True)),
)
_committees = select(unit_versions.c.unit_id, unit_versions.c.name).where(
    valid_on(unit_versions, _day), unit_versions.c.kind == UnitKind.COMMITTEE.value
)


async def read_known(tx: Tx, unit: UnitId, *, codes: Collection[str]) -> Known:
    """The committee and everything below it, as it is today; and whoever, anywhere, has one of the codes."""
    units = [
        KnownUnit(id=one.id, name=one.name, kind=one.kind, cell_kind=one.cell_kind, parent=one.parent_id)
        for one in await units_below(tx, unit)
    ]
    inside = {one.id for one in units}
    above = [parent for parent in await path_up(tx, unit) if parent not in inside]
    beside = await tx.all(_children, {"day": today(tx), "parents": above})
    committees = await tx.all(_committees, {"day": today(tx)})
    return Known(
        unit=unit,
        units=tuple(units),
        people=tuple(await _read_people(tx, unit, codes)),
        cells_beside=frozenset(cell_key(row.name) for row in beside),
        committees_elsewhere=frozenset(word_key(row.name) for row in committees if row.unit_id not in inside),
    )


async def _read_people(tx: Tx, unit: UnitId, codes: Collection[str]) -> Sequence[KnownPerson]:
    rows = {row.id: row for row in await tx.all(_people_here, {"unit": unit, "day": today(tx)})}
    rows |= {row.id: row for row in await _all_in(tx, _people_by_code, "codes", sorted(codes), {})}
    persons = sorted(rows)
    day = {"day": today(tx)}
    places: dict[int, list[KnownPlace]] = {}
    for row in await _all_in(tx, _places, "persons", persons, day):
        places.setdefault(row.person_id, []).append(KnownPlace(UnitId(row.unit_id), Status(row.status)))
    held: dict[int, list[KnownRole]] = {}
    for row in await _all_in(tx, _roles, "persons", persons, day):
        held.setdefault(row.person_id, []).append(KnownRole(Role(row.role), UnitId(row.unit_id)))
    return [_to_person(rows[person], places.get(person, ()), held.get(person, ())) for person in persons]


async def _all_in(tx: Tx, statement: Any, name: str, wanted: Sequence[Any], values: dict[str, Any]) -> Iterable[Row]:
    """The rows of a statement for many values, some at a time."""
    found: list[Row] = []
    for start in range(0, len(wanted), _AT_ONCE):
        found += await tx.all(statement, {**values, name: list(wanted[start : start + _AT_ONCE])})
    return found


def _to_person(row: Row, places: Iterable[KnownPlace], held: Iterable[KnownRole]) -> KnownPerson:
    return KnownPerson(
        id=PersonId(row.id),
        full_name=row.full_name,
        birth_year=row.birth_year,
        birth_date=row.birth_date,
        member_code=row.member_code,
        joined_on=row.joined_on,
        official_on=row.official_on,
        places=tuple(places),
        roles=tuple(held),
    )
