"""A commune as it is known, and rosters as they are sent: for the tests of what a roster would change."""

from datetime import date
from typing import Any

from bot.domain.ids import PersonId, UnitId
from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rights import Role
from bot.domain.roster import Column, Fault, Roster, RosterRow
from bot.domain.roster_known import Known, KnownPerson, KnownPlace, KnownRole, KnownUnit
from bot.domain.roster_plan import Plan, make_plan

COMMUNE, THON_1, THON_2, SCHOOL = UnitId(1), UnitId(2), UnitId(3), UnitId(4)
ELSEWHERE = UnitId(90)
"""A cell of another commune."""

UNITS = (
    KnownUnit(id=COMMUNE, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, cell_kind=None, parent=None),
    KnownUnit(id=THON_1, name="Chi bộ Thôn 1", kind=UnitKind.CELL, cell_kind=CellKind.VILLAGE, parent=COMMUNE),
    KnownUnit(id=THON_2, name="Chi bộ Thôn 2", kind=UnitKind.CELL, cell_kind=CellKind.VILLAGE, parent=COMMUNE),
    KnownUnit(id=SCHOOL, name="Chi bộ Trường học", kind=UnitKind.CELL, cell_kind=CellKind.SCHOOL, parent=COMMUNE),
)


def person(
    number: int,
    name: str,
    cell: UnitId | None = THON_1,
    *,
    born: int | date | None = None,
    status: Status = Status.OFFICIAL,
    guest_in: UnitId | None = None,
    roles: tuple[tuple[Role, UnitId], ...] = (),
    **more: Any,
) -> KnownPerson:
    """Somebody known; `born` is a year or a day."""
    places = [KnownPlace(cell, status)] if cell is not None else []
    if guest_in is not None:
        places.append(KnownPlace(guest_in, Status.TEMPORARY_IN))
    return KnownPerson(
        id=PersonId(number),
        full_name=name,
        birth_year=born.year if isinstance(born, date) else born,
        birth_date=born if isinstance(born, date) else None,
        places=tuple(places),
        roles=tuple(KnownRole(role, unit) for role, unit in roles),
        **more,
    )


def row(
    line: int,
    name: str,
    cell: str = "Thôn 1",
    *,
    born: int | date | None = None,
    code: str | None = None,
    status: Status = Status.OFFICIAL,
    roles: tuple[Role, ...] = (),
    **more: Any,
) -> RosterRow:
    """A line of a roster, as it was checked."""
    values: dict[str, Any] = {
        "cell_kind": None,
        "in_charge_of": (),
        "joined_on": None,
        "official_on": None,
        "parent_name": None,
        **more,
    }
    return RosterRow(
        line=line,
        full_name=name,
        birth_year=born.year if isinstance(born, date) else born,
        birth_date=born if isinstance(born, date) else None,
        member_code=code,
        cell_name=cell,
        status=status,
        roles=roles,
        **values,
    )


def plan(
    *rows: RosterRow,
    people: tuple[KnownPerson, ...] = (),
    columns: tuple[Column, ...] = tuple(Column),
    may_give_officers: bool = False,
    **known: Any,
) -> Plan:
    """What these rows would change. All columns say something, unless others are named."""
    roster = Roster(rows=rows, faults=(), lines=len(rows), columns=columns)
    commune = Known(**{"unit": COMMUNE, "units": UNITS, "people": people, **known})
    return make_plan(roster, commune, may_give_officers=may_give_officers)


def faults(found: Plan) -> list[tuple[int, Column, Fault, str]]:
    """The faults as plain tuples."""
    return [(fault.line, fault.column, fault.fault, fault.value) for fault in found.faults]
