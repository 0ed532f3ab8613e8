"""Whom a rule means, some at a time: the same people below a small unit and a large one, on both databases; who came
after it was frozen is not meant, who left is not, who moved within it still is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, update

from bot.chat import Address
from bot.clock import MovableClock, local
from bot.domain.broadcast import Audience, AudienceKind, Count
from bot.domain.ids import PersonId, RoundId, UnitId
from bot.domain.member import Status
from bot.domain.organisation import UnitKind
from bot.domain.rights import LEADERS, Role
from bot.domain.rounds import RoundKind
from storage import addresses, organisation, people, rounds, walks
from storage.database import Database, Tx
from storage.schema import memberships

HASH = "0" * 64
_leave = update(memberships).where(memberships.c.person_id == bindparam("person")).values(valid_to=bindparam("day"))


@pytest.fixture(params=[100, 0], ids=["named", "passed"])
def near(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many units a part of the tree may have whose cells are named."""
    monkeypatch.setattr(walks, "NEAR", request.param)
    return int(request.param)


async def a_tree(tx: Tx) -> tuple[UnitId, UnitId, list[UnitId], list[PersonId]]:
    """A committee with two cells of three, and another one with a cell of two: ids of the committees, cells, people."""
    tops: list[UnitId] = []
    cells: list[UnitId] = []
    persons: list[PersonId] = []
    for name, sizes in (("Đảng ủy xã Mẫu", (3, 3)), ("Đảng ủy xã Khác", (2,))):
        tops.append(await organisation.add_unit(tx, name=name, kind=UnitKind.COMMITTEE, parent=None))
        for size in sizes:
            cell = await organisation.add_unit(tx, name=f"Chi bộ {len(cells)}", kind=UnitKind.CELL, parent=tops[-1])
            cells.append(cell)
            for number in range(size):
                person = await people.add_person(tx, full_name=f"Nguyễn Văn {len(persons)}")
                await people.add_membership(tx, person=person, unit=cell, status=Status.OFFICIAL)
                if number == 0:
                    await people.add_role(tx, person=person, unit=cell, role=Role.SECRETARY)
                persons.append(person)
    return tops[0], tops[1], cells, persons


async def walked(tx: Tx, audience: Audience, *, size: int = 2, **frozen: Any) -> list[PersonId]:
    """Everybody whom the rule means, by small steps."""
    found: list[PersonId] = []
    after = 0
    for _ in range(100):
        step = await walks.next_people(tx, audience, text_hash=HASH, after=after, size=size, **frozen)
        found += step.people
        if step.ended:
            return found
        assert step.last > after
        after = step.last
    raise AssertionError("it does not end")


@pytest.mark.usefixtures("near")
async def test_everybody_of_a_part_once_and_nobody_else(database: Database) -> None:
    """Of every kind of audience, in order, whatever the size of a step."""
    async with database.write() as tx:
        mine, other, cells, persons = await a_tree(tx)
        everybody = Audience(kind=AudienceKind.ALL, unit=mine)
        for size in (1, 2, 5, 500):
            assert await walked(tx, everybody, size=size) == persons[:6]
        assert await walked(tx, Audience(kind=AudienceKind.ALL, unit=other)) == persons[6:]
        chosen = Audience(kind=AudienceKind.CELLS, unit=mine, cells=(cells[1], cells[2]))
        assert await walked(tx, chosen) == persons[3:6]  # the third cell is another committee's
        assert await walked(tx, Audience(kind=AudienceKind.SECRETARIES, unit=mine)) == [persons[0], persons[3]]
        assert await walks.count_people(tx, everybody, text_hash=HASH) == Count(6, exact=True)
        assert await walks.count_people(tx, chosen, text_hash=HASH) == Count(3, exact=True)
        nobody = Audience(kind=AudienceKind.MISSING_PLEDGE, unit=mine, round_id=RoundId(99))
        assert await walked(tx, nobody) == []
        assert await walks.count_people(tx, nobody, text_hash=HASH) == Count(0, exact=True)


@pytest.mark.usefixtures("near")
async def test_who_is_missing_in_a_round(database: Database) -> None:
    """Everybody, before anybody has signed; counted by cell as well."""
    async with database.write() as tx:
        mine, _, cells, persons = await a_tree(tx)
        opened = await rounds.open_round(
            tx,
            kind=RoundKind.PLEDGE,
            unit=mine,
            period="2027",
            opened_at=tx.now,
            due_at=tx.now + timedelta(days=30),
            next_due_at=None,
            next_step=None,
        )
        missing = Audience(kind=AudienceKind.MISSING_PLEDGE, unit=mine, round_id=opened)
        assert await walked(tx, missing) == persons[:6]
        assert await walks.counts_by_cell(tx, missing, cells[:2], text_hash=HASH) == {cells[0]: 3, cells[1]: 3}


@pytest.mark.usefixtures("near")
async def test_a_frozen_rule_means_nobody_who_came_later(database: Database, clock: MovableClock) -> None:
    """Who joins, even on the same day, is not meant; who leaves is meant no longer; who moves within it still is."""
    async with database.write() as tx:
        mine, _, cells, persons = await a_tree(tx)
        rule = Audience(kind=AudienceKind.ALL, unit=mine)
        frozen: dict[str, Any] = {"known_to": await walks.newest_id(tx, rule.kind), "then": local(tx.now).date()}
    clock.move_to(clock.now() + timedelta(hours=1))
    async with database.write() as tx:
        await _join(tx, cells[0])
        assert await walked(tx, rule, **frozen) == persons[:6]
        assert len(await walked(tx, rule)) == 7
    clock.move_to(clock.now() + timedelta(days=1))
    async with database.write() as tx:
        day = organisation.today(tx)
        await _join(tx, cells[1])
        for person in (persons[1], persons[6]):
            await tx.run(_leave, {"person": person, "day": day})
        await people.add_membership(tx, person=persons[1], unit=cells[1], status=Status.OFFICIAL)
        await people.add_membership(tx, person=persons[6], unit=cells[1], status=Status.OFFICIAL)
        await tx.run(_leave, {"person": persons[4], "day": day})
        assert await walked(tx, rule, **frozen) == [one for one in persons[:6] if one != persons[4]]


async def _join(tx: Tx, cell: UnitId) -> None:
    person = await people.add_person(tx, full_name="Trần Thị Mới")
    await people.add_membership(tx, person=person, unit=cell, status=Status.OFFICIAL)


@pytest.mark.usefixtures("near")
async def test_cells_of_a_part_and_who_leads_them(database: Database) -> None:
    """Some cells at a time, without those of others; their names, where their secretaries are told things, and what is
    above them."""
    async with database.write() as tx:
        mine, _, cells, persons = await a_tree(tx)
        found: list[UnitId] = []
        after, ended = 0, False
        while not ended:
            some, after, ended = await walks.next_cells(tx, mine, after=after, size=1)
            found += some
        assert found == cells[:2]
        assert await walks.names_of(tx, found) == {cells[0]: "Chi bộ 0", cells[1]: "Chi bộ 1"}
        assert await addresses.reach_holders(tx, found, LEADERS) == {}
        for person in persons:
            await addresses.link(tx, person=person, address=Address("one", f"c{person}"))
        assert await addresses.reach_holders(tx, found, LEADERS) == {
            cell: {person: Address("one", f"c{person}")} for cell, person in zip(found, persons[::3], strict=False)
        }
        assert await walks.ways_up(tx, [cells[1]]) == {cells[1]: {cells[1], mine}}


async def test_a_count_stops_where_it_costs_too_much(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a large unit it says how many there are at least."""
    monkeypatch.setattr(walks, "NEAR", 0)
    monkeypatch.setattr(walks, "STEP", 2)
    monkeypatch.setattr(walks, "COUNTED", 2)
    async with database.write() as tx:
        mine, _, _, _ = await a_tree(tx)
        count = await walks.count_people(tx, Audience(kind=AudienceKind.ALL, unit=mine), text_hash=HASH)
    assert count == Count(2, exact=False)
