"""People and memberships, on both databases."""

from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from storage import organisation, people
from storage.database import Database


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
