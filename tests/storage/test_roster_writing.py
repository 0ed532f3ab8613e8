"""Reading what is known for a roster and writing what it changes: in bulk, dated, and one import after the other."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.clock import MovableClock
from bot.domain.ids import PersonId, UnitId
from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rights import Role
from bot.domain.roster import Column, Roster, RosterRow
from bot.domain.roster_known import KnownPerson, KnownPlace, KnownRole
from bot.domain.roster_plan import Plan, make_plan
from storage import calendars, organisation, people
from storage.database import Conflict, Database, Tx
from storage.roster_known import read_known
from storage.roster_writing import write_plan
from storage.schema import memberships, roles
from storage.schema import people as people_table

DAY = date(1965, 12, 3)


def row(line: int, name: str, cell: str = "Chi bộ Thôn 1", **values: Any) -> RosterRow:
    """A checked line."""
    empty: dict[str, Any] = dict.fromkeys(
        ("birth_year", "birth_date", "member_code", "cell_kind", "joined_on", "official_on", "parent_name")
    )
    return RosterRow(
        **{
            **empty,
            "line": line,
            "full_name": name,
            "cell_name": cell,
            "status": Status.OFFICIAL,
            "roles": (),
            "in_charge_of": (),
            **values,
        }
    )


async def commune(tx: Tx, name: str = "Đảng ủy xã Mẫu", *, parent: UnitId | None = None) -> tuple[UnitId, UnitId]:
    """A committee with one cell."""
    top = await organisation.add_unit(tx, name=name, kind=UnitKind.COMMITTEE, parent=parent)
    cell = await organisation.add_unit(
        tx, name="Chi bộ Thôn 1", kind=UnitKind.CELL, parent=top, cell_kind=CellKind.VILLAGE
    )
    return top, cell


async def somebody(tx: Tx, name: str, cell: UnitId, status: Status = Status.OFFICIAL, **details: Any) -> PersonId:
    """A person with a membership."""
    person = await people.add_person(tx, full_name=name, **details)
    await people.add_membership(tx, person=person, unit=cell, status=status)
    return person


async def planned(tx: Tx, top: UnitId, *rows: RosterRow) -> Plan:
    """What these rows would change now."""
    codes = {one.member_code for one in rows if one.member_code}
    roster = Roster(rows=rows, faults=(), lines=len(rows), columns=tuple(Column))
    plan = make_plan(roster, await read_known(tx, top, codes=codes), may_give_officers=True)
    assert plan.faults == ()
    return plan


async def imported(database: Database, top: UnitId, *rows: RosterRow) -> Plan:
    """Import these rows, as a confirmation does."""
    async with database.write() as tx:
        await organisation.hold(tx, top)
        plan = await planned(tx, top, *rows)
        await write_plan(tx, plan, top=top)
    return plan


async def history(tx: Tx, table: Any, person: PersonId, what: str) -> Sequence[tuple[str, date, date | None]]:
    """Everything that a person was or held."""
    rows = await tx.all(
        select(table.c[what], table.c.valid_from, table.c.valid_to)
        .where(table.c.person_id == person)
        .order_by(table.c.id)
    )
    return [tuple(one) for one in rows]


async def test_what_is_known_is_read_whole(database: Database) -> None:
    """People of the tree with places and roles wherever they are, who bears a code, and the names beside and above."""
    async with database.write() as tx:
        province = await organisation.add_unit(tx, name="Tỉnh ủy Mẫu", kind=UnitKind.COMMITTEE, parent=None)
        top, cell = await commune(tx, parent=province)
        other, far = await commune(tx, "Đảng ủy xã Khác", parent=province)
        await organisation.add_unit(
            tx, name="Chi bộ Tỉnh đoàn", kind=UnitKind.CELL, parent=province, cell_kind=CellKind.AGENCY
        )
        an = await somebody(tx, "Nguyễn Văn An", cell, member_code="00.1", birth_year=1965, birth_date=DAY)
        guest = await somebody(tx, "Trần Thị Bình", far, Status.TEMPORARY_OUT)
        await people.add_membership(tx, person=guest, unit=cell, status=Status.TEMPORARY_IN)
        officer = await people.add_person(tx, full_name="Phan Thị Thu Hà")
        await people.add_role(tx, person=officer, unit=top, role=Role.COMMITTEE_OFFICER)
        coded = await somebody(tx, "Lê Văn Cường", far, member_code="00.2")
        await somebody(tx, "Lê Văn Xa", far)
        gone = await people.add_person(tx, full_name="Đã Chuyển")
        await people.add_membership(
            tx, person=gone, unit=cell, status=Status.OFFICIAL, valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1)
        )
    async with database.read() as tx:
        known = await read_known(tx, top, codes={"00.1", "00.2", "00.9"})
    assert known.people == (
        KnownPerson(
            id=an,
            full_name="Nguyễn Văn An",
            birth_year=1965,
            birth_date=DAY,
            member_code="00.1",
            places=(KnownPlace(cell, Status.OFFICIAL),),
        ),
        KnownPerson(
            id=guest,
            full_name="Trần Thị Bình",
            places=(KnownPlace(far, Status.TEMPORARY_OUT), KnownPlace(cell, Status.TEMPORARY_IN)),
        ),
        KnownPerson(id=officer, full_name="Phan Thị Thu Hà", roles=(KnownRole(Role.COMMITTEE_OFFICER, top),)),
        KnownPerson(id=coded, full_name="Lê Văn Cường", member_code="00.2", places=(KnownPlace(far, Status.OFFICIAL),)),
    )
    assert {unit.id for unit in known.units} == {top, cell}
    assert known.cells_beside == {"tinh doan"}
    assert known.committees_elsewhere == {"tinh uy mau", "dang uy xa khac"}
    assert other not in known.unit_ids


async def test_a_first_roster_makes_cells_people_and_roles(database: Database, clock: MovableClock) -> None:
    """From an empty committee: everything is there, and the calendars look again."""
    async with database.write() as tx:
        top = await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
        await calendars.move_calendar(tx, top, next_due_at=clock.now() + timedelta(days=90))
    rows = (
        row(2, "Nguyễn Văn An", "Thôn 1", roles=(Role.SECRETARY,), birth_year=1965, birth_date=DAY, member_code="00.1"),
        row(3, "Trần Thị Bình", "Trường học", cell_kind=CellKind.SCHOOL, in_charge_of=("Thôn 1",)),
        row(4, "Lê Văn Cường", "Tổ 3", parent_name="Đảng bộ Bắc", status=Status.PROBATIONARY),
    )
    await imported(database, top, *rows)
    async with database.read() as tx:
        assert (await planned(tx, top, *rows)).changes_nothing()
        assert await calendars.due_calendars(tx) == [top]
        units = {unit.name: unit for unit in await organisation.units_below(tx, top)}
        assert units["Trường học"].cell_kind is CellKind.SCHOOL
        assert units["Tổ 3"].parent_id == units["Đảng bộ Bắc"].id
        members = {one.full_name: one for one in await people.members_of(tx, top)}
        assert {name: (one.cell_name, one.status) for name, one in members.items()} == {
            "Nguyễn Văn An": ("Thôn 1", Status.OFFICIAL),
            "Trần Thị Bình": ("Trường học", Status.OFFICIAL),
            "Lê Văn Cường": ("Tổ 3", Status.PROBATIONARY),
        }
        an = await people.who_is(tx, members["Nguyễn Văn An"].person_id)
        binh = await people.who_is(tx, members["Trần Thị Bình"].person_id)
    assert an is not None and [held.role for held in an.roles] == [Role.SECRETARY]
    assert binh is not None and [(held.role, held.unit_id) for held in binh.roles] == [
        (Role.UPPER_MEMBER_IN_CHARGE, units["Thôn 1"].id)
    ]


async def test_what_ends_and_begins_is_dated_and_nothing_is_overwritten(
    database: Database, clock: MovableClock
) -> None:
    """Status, cell and role: the old row ends on the day on which the new one begins."""
    async with database.write() as tx:
        top, cell = await commune(tx)
        an = await somebody(tx, "Nguyễn Văn An", cell, Status.PROBATIONARY, member_code="00.1")
        await people.add_role(tx, person=an, unit=cell, role=Role.NOTE_TAKER)
        begun = organisation.today(tx)
    clock.move_to(clock.now() + timedelta(days=30))
    changed = begun + timedelta(days=30)
    await imported(database, top, row(2, "Nguyễn Văn An", member_code="00.1", roles=(Role.DEPUTY_SECRETARY,)))
    clock.move_to(clock.now() + timedelta(days=30))
    moved = begun + timedelta(days=60)
    await imported(database, top, row(2, "Nguyễn Văn An", "Thôn 2", member_code="00.1", birth_year=1970))
    async with database.read() as tx:
        assert await history(tx, memberships, an, "status") == [
            ("probationary", begun, changed),
            ("official", changed, moved),
            ("official", moved, None),
        ]
        assert await history(tx, roles, an, "role") == [
            ("note_taker", begun, changed),
            ("deputy_secretary", changed, moved),
        ]
        assert await tx.scalar(select(people_table.c.birth_year).where(people_table.c.id == an)) == 1970
        who = await people.who_is(tx, an)
    assert who is not None and (who.cell_name, who.roles) == ("Thôn 2", ())


async def test_several_changes_on_one_day_leave_the_last(database: Database) -> None:
    """What began and ended on the same day never held; the newest holds."""
    async with database.write() as tx:
        top, _ = await commune(tx)
    for status in (Status.PROBATIONARY, Status.OFFICIAL, Status.PROBATIONARY):
        await imported(database, top, row(2, "Nguyễn Văn An", status=status, roles=(Role.NOTE_TAKER,)))
    await imported(database, top, row(2, "Nguyễn Văn An", status=Status.EXEMPT))
    async with database.read() as tx:
        (one,) = await people.members_of(tx, top, everybody=True)
        who = await people.who_is(tx, one.person_id)
    assert one.status is Status.EXEMPT and who is not None and who.roles == ()


async def test_a_cell_changes_its_kind_from_today(database: Database, clock: MovableClock) -> None:
    """The kind that it had stays as history."""
    async with database.write() as tx:
        top, cell = await commune(tx)
    clock.move_to(clock.now() + timedelta(days=1))
    await imported(database, top, row(2, "Nguyễn Văn An", cell_kind=CellKind.AGENCY))
    async with database.read() as tx:
        unit = await organisation.unit_of(tx, cell)
    assert unit is not None and (unit.name, unit.cell_kind, unit.parent_id) == ("Chi bộ Thôn 1", CellKind.AGENCY, top)


async def test_of_two_imports_at_once_the_second_sees_what_the_first_wrote(database: Database) -> None:
    """The same roster confirmed twice at the same time, once from above: everybody is there once."""
    async with database.write() as tx:
        province = await organisation.add_unit(tx, name="Tỉnh ủy Mẫu", kind=UnitKind.COMMITTEE, parent=None)
        top, _ = await commune(tx, parent=province)
    rows = [row(line, f"Nguyễn Văn {chr(63 + line)}", birth_year=1960 + line) for line in range(2, 22)]
    plans = await asyncio.gather(
        imported(database, top, *rows), imported(database, top, *rows), imported(database, province, *rows)
    )
    assert sorted(len(plan.people) for plan in plans) == [0, 0, 20]
    async with database.read() as tx:
        assert len(await people.members_of(tx, top)) == 20


async def test_a_clash_writes_nothing_at_all(database: Database) -> None:
    """A plan that no longer fits is refused by the database as a whole."""
    async with database.write() as tx:
        top, cell = await commune(tx)
    async with database.read() as tx:
        plan = await planned(tx, top, row(2, "Nguyễn Văn An", "Thôn 9"), row(3, "Lê Văn Cường", member_code="00.1"))
    async with database.write() as tx:
        await somebody(tx, "Trần Thị Bình", cell, member_code="00.1")
    with pytest.raises(Conflict):
        async with database.write() as tx:
            await write_plan(tx, plan, top=top)
    async with database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(people_table)) == 1
        assert len(await organisation.cells_below(tx, top)) == 1


async def test_thousands_are_written_in_a_few_statements(database: Database) -> None:
    """2,500 people of 80 cells: everybody gets the right cell, and the same roster again changes nothing."""
    async with database.write() as tx:
        top = await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
    rows = [
        row(line, f"Nguyễn Văn Số {line}", f"Thôn {line % 80}", member_code=f"00.{line}", birth_year=1950 + line % 50)
        for line in range(2, 2502)
    ]
    await imported(database, top, *rows)
    async with database.read() as tx:
        assert (await planned(tx, top, *rows)).changes_nothing()
        members = await people.members_of(tx, top)
    assert len(members) == 2500
    assert all(one.cell_name == f"Thôn {int(one.full_name.split()[-1]) % 80}" for one in members)
