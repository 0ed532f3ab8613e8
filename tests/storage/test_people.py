"""People and memberships, on both databases."""

from datetime import timedelta

from sqlalchemy import update

from bot.clock import MovableClock
from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rights import Role
from storage import organisation, people
from storage.database import Database
from storage.schema import memberships, unit_versions


async def test_a_list_of_members_tells_namesakes_apart_by_their_year_of_birth(database: Database) -> None:
    """Whoever is asked and counted in a cell is listed with name and year of birth; the exempt are not."""
    async with database.write() as tx:
        cell = await organisation.add_unit(
            tx, name="Chi bộ thôn 1", kind=UnitKind.CELL, parent=None, cell_kind=CellKind.VILLAGE
        )
        for year, status in ((1952, Status.OFFICIAL), (1987, Status.PROBATIONARY), (1940, Status.EXEMPT)):
            person = await people.add_person(tx, full_name="Nguyễn Thị An", birth_year=year)
            await people.add_membership(tx, person=person, unit=cell, status=status)
    async with database.read() as tx:
        members = await people.members_of(tx, cell)
    assert [(one.full_name, one.birth_year, one.cell_name) for one in members] == [
        ("Nguyễn Thị An", 1952, "Chi bộ thôn 1"),
        ("Nguyễn Thị An", 1987, "Chi bộ thôn 1"),
    ]


async def test_who_has_two_memberships_is_asked_in_the_first_that_asks(database: Database) -> None:
    """Temporarily out here and in there: asked there, also after the row at home was written anew."""
    async with database.write() as tx:
        home, other, third = [
            await organisation.add_unit(tx, name=name, kind=UnitKind.CELL, parent=None, cell_kind=CellKind.VILLAGE)
            for name in ("Chi bộ thôn 1", "Chi bộ thôn 2", "Chi bộ thôn 3")
        ]
        person = await people.add_person(tx, full_name="Nguyễn Thị An")
        await people.add_membership(tx, person=person, unit=home, status=Status.TEMPORARY_OUT)
        for cell in (other, third):
            await people.add_membership(tx, person=person, unit=cell, status=Status.TEMPORARY_IN)
        # On PostgreSQL a row that is written anew comes last when nobody says in which order.
        await tx.run(update(memberships).where(memberships.c.unit_id == other).values(unit_id=other))
    async with database.read() as tx:
        who = await people.who_is(tx, person)
        assert who is not None
        assert (who.cell_name, who.status, who.is_member) == ("Chi bộ thôn 2", Status.TEMPORARY_IN, True)


async def test_a_role_ends_with_its_unit(database: Database, clock: MovableClock) -> None:
    """Nobody holds a role over a unit that is no more."""
    async with database.write() as tx:
        gone, kept = [
            await organisation.add_unit(tx, name=name, kind=UnitKind.COMMITTEE, parent=None)
            for name in ("Huyện ủy Mẫu", "Đảng ủy xã Mẫu")
        ]
        person = await people.add_person(tx, full_name="Phan Văn Bình")
        for unit in (gone, kept):
            await people.add_role(tx, person=person, unit=unit, role=Role.COMMITTEE_OFFICER)
        tomorrow = organisation.today(tx) + timedelta(days=1)
        await tx.run(update(unit_versions).where(unit_versions.c.unit_id == gone).values(valid_to=tomorrow))
    held = {}
    for day in ("today", "tomorrow"):
        async with database.read() as tx:
            who = await people.who_is(tx, person)
            assert who is not None
            held[day] = [(role.unit_id, role.unit_kind) for role in who.roles]
        clock.move_to(clock.now() + timedelta(days=1))
    assert held == {
        "today": [(gone, UnitKind.COMMITTEE), (kept, UnitKind.COMMITTEE)],
        "tomorrow": [(kept, UnitKind.COMMITTEE)],
    }
