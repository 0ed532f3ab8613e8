"""Pledges of a round, on both databases: who counts, who is missing, two signatures at once."""

import asyncio
import hashlib
import json
from datetime import timedelta

import pytest

from bot.clock import MovableClock
from bot.domain.edition import Edition
from bot.domain.ids import PersonId, PledgeId, RoundId, UnitId
from bot.domain.member import Status
from bot.domain.movement import GoodKey
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rounds import RoundKind
from storage import content_texts, organisation, people, pledges, rounds
from storage.database import Database, Tx
from storage.rounds import Round


def edition(version: str, words: str) -> Edition:
    """A text of these words."""
    canonical = json.dumps(
        {"version": version, "opening": words}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return Edition(version, hashlib.sha256(canonical.encode()).hexdigest(), canonical)


OLD = edition("1", "Là đảng viên, tôi xin cam kết.")
NEW = edition("2", "Là đảng viên, tôi xin cam kết và giữ lời.")


async def commune(tx: Tx, *, cells: int = 1) -> tuple[UnitId, list[UnitId]]:
    """A committee with cells."""
    top = await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
    return top, [
        await organisation.add_unit(
            tx, name=f"Chi bộ thôn {number}", kind=UnitKind.CELL, parent=top, cell_kind=CellKind.VILLAGE
        )
        for number in range(1, cells + 1)
    ]


async def member(tx: Tx, cell: UnitId, name: str = "Nguyễn Thị An", status: Status = Status.OFFICIAL) -> PersonId:
    """Somebody in the cell."""
    person = await people.add_person(tx, full_name=name)
    await people.add_membership(tx, person=person, unit=cell, status=status)
    return person


async def open_round(tx: Tx, unit: UnitId, *, days: int = 60) -> Round:
    """A pledge round over the unit, open from now on."""
    number = await rounds.open_round(
        tx,
        kind=RoundKind.PLEDGE,
        unit=unit,
        period="2027",
        opened_at=tx.now,
        due_at=tx.now + timedelta(days=days),
        next_due_at=None,
        next_step=None,
    )
    assert number is not None
    found = await rounds.round_by_id(tx, number)
    assert found is not None
    for text in (OLD, NEW):
        await content_texts.keep_text(tx, kind="pledge", edition=text)
    return found


async def sign(
    tx: Tx,
    round_id: RoundId,
    person: PersonId,
    code: str,
    text: Edition = OLD,
    *,
    recorded_by: PersonId | None = None,
) -> PledgeId | None:
    """The person confirms the text, or somebody records it on their behalf."""
    return await pledges.add_pledge(
        tx,
        round_id=round_id,
        person=person,
        text_version=text.version,
        text_hash=text.hash,
        commitments={GoodKey("tasks"): "Đi họp đúng giờ."},
        code=code,
        recorded_by=recorded_by or person,
    )


async def test_a_pledge_comes_back_as_it_was_recorded(database: Database) -> None:
    """Text, own words, code, time and who recorded it are kept together."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an = await member(tx, cell)
        round_ = await open_round(tx, top)
        await sign(tx, round_.id, an, "A")
    async with database.read() as tx:
        found = await pledges.pledge_of(tx, round_, an, text_hash=OLD.hash)
    assert found is not None
    assert (found.person_id, found.text_version, found.text_hash, found.code) == (an, "1", OLD.hash, "A")
    assert (found.commitments, found.recorded_at) == ({"tasks": "Đi họp đúng giờ."}, tx.now)
    assert (found.recorded_by, found.on_behalf, found.paper_signed_at) == (an, False, None)


async def test_only_those_who_are_asked_and_have_not_confirmed_are_missing(database: Database) -> None:
    """The exempt are not asked; who confirmed is not missing; the rest is."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an, binh = await member(tx, cell), await member(tx, cell, "Trần Văn Bình")
        await member(tx, cell, "Lê Thị Chi", Status.EXEMPT)
        round_ = await open_round(tx, top)
        await sign(tx, round_.id, an, "A")
        missing = await pledges.missing_pledges(tx, round_, text_hash=OLD.hash)
        state = await pledges.pledge_state(tx, round_, text_hash=OLD.hash)
        assert [one.person_id for one in missing] == [binh]
        assert (state.asked, state.confirmed, state.paper_signed, state.missing) == (2, 1, 0, 1)
        assert await pledges.is_missing(tx, round_, binh, text_hash=OLD.hash)
        assert not await pledges.is_missing(tx, round_, an, text_hash=OLD.hash)


async def test_lists_and_counts_stay_within_the_unit_that_is_asked_for(database: Database) -> None:
    """One cell's list knows nobody of another cell, though the round is over both."""
    async with database.write() as tx:
        top, (first, second) = await commune(tx, cells=2)
        an, binh = await member(tx, first), await member(tx, second, "Trần Văn Bình")
        round_ = await open_round(tx, top)
        await sign(tx, round_.id, an, "A")
        lines = await pledges.pledge_lines(tx, round_, text_hash=OLD.hash, unit=first)
        assert [(line.member.person_id, line.pledge is not None) for line in lines] == [(an, True)]
        missing = await pledges.missing_pledges(tx, round_, text_hash=OLD.hash, unit=second)
        assert [one.person_id for one in missing] == [binh]
        state = await pledges.pledge_state(tx, round_, text_hash=OLD.hash, unit=second)
        assert (state.asked, state.confirmed) == (1, 0)


async def test_a_new_text_asks_again_while_the_round_is_open(database: Database) -> None:
    """With another text in force, who confirmed the old one is missing until they confirm the new one."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an = await member(tx, cell)
        round_ = await open_round(tx, top)
        await sign(tx, round_.id, an, "A")
        assert await pledges.is_missing(tx, round_, an, text_hash=NEW.hash)
        await sign(tx, round_.id, an, "B", NEW)
        assert not await pledges.is_missing(tx, round_, an, text_hash=NEW.hash)
        state = await pledges.pledge_state(tx, round_, text_hash=NEW.hash)
        assert (state.asked, state.confirmed) == (1, 1)
        newest = await pledges.newest_pledge(tx, round_.id, an)
        assert newest is not None and newest.code == "B"


async def test_a_new_text_does_not_undo_a_round_that_is_over(database: Database, clock: MovableClock) -> None:
    """After the deadline the newest pledge of any text counts, once a person."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an, binh = await member(tx, cell), await member(tx, cell, "Trần Văn Bình")
        round_ = await open_round(tx, top, days=10)
        await sign(tx, round_.id, an, "A")
        await sign(tx, round_.id, an, "B", NEW)
        await sign(tx, round_.id, binh, "C")
    clock.move_to(clock.now() + timedelta(days=10))
    async with database.read() as tx:
        later = edition("3", "Lời của năm sau.").hash
        assert await pledges.missing_pledges(tx, round_, text_hash=later) == []
        lines = await pledges.pledge_lines(tx, round_, text_hash=later, unit=cell)
        assert [line.pledge.code for line in lines if line.pledge] == ["B", "C"]
        state = await pledges.pledge_state(tx, round_, text_hash=later)
        assert (state.asked, state.confirmed) == (2, 2)


async def test_ninety_cells_are_counted_in_one_query(database: Database) -> None:
    """Cells come with their counts, those with the most missing first."""
    async with database.write() as tx:
        top, cells = await commune(tx, cells=90)
        everybody = [await member(tx, cell, f"Đảng viên {cell}") for cell in cells]
        await member(tx, cells[70], "Trần Văn Bình")
        round_ = await open_round(tx, top)
        await sign(tx, round_.id, everybody[0], "A")
        found = await pledges.pledges_by_cell(tx, round_, text_hash=OLD.hash)
    assert len(found) == 90
    assert (found[0].cell_name, found[0].state.asked, found[0].state.missing) == ("Chi bộ thôn 71", 2, 2)
    assert (found[-1].cell_name, found[-1].state.asked, found[-1].state.missing) == ("Chi bộ thôn 1", 1, 0)


async def test_paper_is_ticked_once_and_can_be_unticked(database: Database) -> None:
    """The signature on paper is a second fact with actor and time."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an, secretary = await member(tx, cell), await member(tx, cell, "Trần Văn Bình")
        round_ = await open_round(tx, top)
        pledge = await sign(tx, round_.id, an, "A")
        assert pledge is not None
        assert await pledges.tick_paper(tx, pledge, by=secretary)
        assert not await pledges.tick_paper(tx, pledge, by=an)
        found = await pledges.pledge_of(tx, round_, an, text_hash=OLD.hash)
        assert found is not None and (found.paper_signed_at, found.paper_ticked_by) == (tx.now, secretary)
        assert (await pledges.pledge_state(tx, round_, text_hash=OLD.hash)).paper_signed == 1
        assert await pledges.untick_paper(tx, pledge)
        assert not await pledges.untick_paper(tx, pledge)
        assert (await pledges.pledge_state(tx, round_, text_hash=OLD.hash)).paper_signed == 0


async def test_two_signatures_at_once_make_one_pledge(database: Database) -> None:
    """Of many confirmations that arrive together one is recorded, and the others find it."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an = await member(tx, cell)
        round_ = await open_round(tx, top)

    async def press(number: int) -> tuple[bool, str]:
        async with database.write() as tx:
            new = await sign(tx, round_.id, an, f"code {number}") is not None
            await asyncio.sleep(0)
            found = await pledges.pledge_of(tx, round_, an, text_hash=OLD.hash)
            assert found is not None
            return new, found.code

    pressed = await asyncio.gather(*(press(number) for number in range(8)))
    assert sum(new for new, _code in pressed) == 1
    assert len({code for _new, code in pressed}) == 1


async def test_somebody_else_who_records_does_it_on_behalf(database: Database) -> None:
    """A pledge recorded by another person is marked so."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an, secretary = await member(tx, cell), await member(tx, cell, "Trần Văn Bình")
        round_ = await open_round(tx, top)
        await sign(tx, round_.id, an, "A", recorded_by=secretary)
        found = await pledges.pledge_of(tx, round_, an, text_hash=OLD.hash)
        assert found is not None and found.on_behalf and found.recorded_by == secretary


async def test_what_was_recorded_on_behalf_can_be_void(database: Database) -> None:
    """A void pledge counts nowhere, and the person can confirm afterwards; a person's own is never void."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an, secretary = await member(tx, cell), await member(tx, cell, "Trần Văn Bình")
        round_ = await open_round(tx, top)
        number = await sign(tx, round_.id, an, "A", recorded_by=secretary)
        assert number is not None
        assert await pledges.void_on_behalf(tx, number)
        assert not await pledges.void_on_behalf(tx, number)
        assert await pledges.is_missing(tx, round_, an, text_hash=OLD.hash)
        assert await pledges.newest_pledge(tx, round_.id, an) is None
        void = await pledges.pledge_by_id(tx, number)
        assert void is not None and void.voided_at == tx.now
        own = await sign(tx, round_.id, an, "B")
        assert own is not None
        assert not await pledges.void_on_behalf(tx, own)
        assert not await pledges.is_missing(tx, round_, an, text_hash=OLD.hash)


@pytest.mark.parametrize("times", [1, 2])
async def test_the_exact_text_is_kept_once(database: Database, times: int) -> None:
    """The canonical text comes back word for word, so that its hash still fits."""
    async with database.write() as tx:
        for _ in range(times):
            await content_texts.keep_text(tx, kind="pledge", edition=OLD)
        found = await content_texts.text_by_hash(tx, OLD.hash)
        assert found == OLD
        assert hashlib.sha256(found.canonical.encode()).hexdigest() == OLD.hash
        assert await content_texts.text_by_hash(tx, NEW.hash) is None
