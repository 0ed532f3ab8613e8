"""Self-reports of a round, on both databases: every version kept, who is missing, two sendings at once."""

import asyncio
from datetime import timedelta

from bot.clock import MovableClock
from bot.domain.member import Status
from storage import self_reports
from storage.database import Database
from tests.storage.report_rounds import CRITERIA, MET, commune, member, open_round, send


async def test_a_report_comes_back_as_it_was_sent(database: Database) -> None:
    """Answers, criteria, code, time and who sent it are kept together."""
    answers = {"assigned": {"value": "partly", "note": "Còn chậm hai việc."}, "results": {"value": "7.5"}}
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an = await member(tx, cell)
        round_ = await open_round(tx, top)
        assert await send(tx, round_, an, "A", answers)
    async with database.read() as tx:
        found = await self_reports.newest_report(tx, round_.id, an)
    assert found == self_reports.SelfReport(
        round_id=round_.id,
        person_id=an,
        version=1,
        criteria_key="member",
        criteria_version="1",
        criteria_hash=CRITERIA.hash,
        answers=answers,
        code="A",
        submitted_at=tx.now,
        submitted_by=an,
        on_behalf=False,
    )


async def test_every_version_is_kept_and_the_newest_counts(database: Database, clock: MovableClock) -> None:
    """Changing a report adds the next version; the ones before stay as they were."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an, secretary = await member(tx, cell), await member(tx, cell, "Trần Văn Bình")
        round_ = await open_round(tx, top)
        assert await send(tx, round_, an, "A")
    clock.move_to(clock.now() + timedelta(days=1))
    async with database.write() as tx:
        better = {"assigned": {"value": "not_met"}}
        assert await send(tx, round_, an, "B", better, after=1, by=secretary)
        versions = await self_reports.report_versions(tx, round_.id, an)
        assert [(one.version, one.code, one.answers, one.on_behalf) for one in versions] == [
            (1, "A", MET, False),
            (2, "B", better, True),
        ]
        assert await self_reports.newest_report(tx, round_.id, an) == versions[-1]
        assert [line.report for line in await self_reports.report_lines(tx, round_, cell)] == [versions[-1], None]
        assert (await self_reports.report_state(tx, round_)).sent == 1
        assert [one.answers for one in await self_reports.nameless_reports(tx, round_)] == [better]


async def test_only_those_who_are_asked_and_sent_nothing_are_missing(database: Database) -> None:
    """The exempt are not asked; who sent is not missing; the rest is."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an, binh = await member(tx, cell), await member(tx, cell, "Trần Văn Bình")
        chi = await member(tx, cell, "Lê Thị Chi", Status.EXEMPT)
        round_ = await open_round(tx, top)
        await send(tx, round_, an, "A")
        assert [one.person_id for one in await self_reports.missing_reports(tx, round_)] == [binh]
        state = await self_reports.report_state(tx, round_)
        assert (state.asked, state.sent, state.missing) == (2, 1, 1)
        assert [await self_reports.is_missing(tx, round_, one) for one in (an, binh, chi)] == [False, True, False]


async def test_a_report_counts_in_its_own_round_only(database: Database) -> None:
    """Who reported on one quarter is still missing in the next."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an = await member(tx, cell)
        first, second = await open_round(tx, top), await open_round(tx, top, period="2027-Q2")
        await send(tx, first, an, "A")
        assert await self_reports.is_missing(tx, second, an)
        assert await self_reports.newest_report(tx, second.id, an) is None
        assert await self_reports.nameless_reports(tx, second) == []
        assert await send(tx, second, an, "B")


async def test_lists_counts_and_sums_stay_within_the_unit(database: Database) -> None:
    """One cell's list knows nobody of another cell, though the round is over both."""
    async with database.write() as tx:
        top, (first, second) = await commune(tx, cells=2)
        an, binh = await member(tx, first), await member(tx, second, "Trần Văn Bình")
        round_ = await open_round(tx, top)
        await send(tx, round_, an, "A")
        lines = await self_reports.report_lines(tx, round_, first)
        assert [(line.member.person_id, line.report is not None) for line in lines] == [(an, True)]
        assert [one.person_id for one in await self_reports.missing_reports(tx, round_, second)] == [binh]
        assert (await self_reports.report_state(tx, round_, second)).sent == 0
        assert len(await self_reports.nameless_reports(tx, round_, first)) == 1
        assert await self_reports.nameless_reports(tx, round_, second) == []


async def test_ninety_cells_of_reports_are_counted_in_one_query(database: Database) -> None:
    """Cells come with their counts, those with the most missing first."""
    async with database.write() as tx:
        top, cells = await commune(tx, cells=90)
        everybody = [await member(tx, cell, f"Đảng viên {cell}") for cell in cells]
        await member(tx, cells[70], "Trần Văn Bình")
        round_ = await open_round(tx, top)
        await send(tx, round_, everybody[0], "A")
        found = await self_reports.reports_by_cell(tx, round_)
    assert len(found) == 90
    assert (found[0].cell_name, found[0].state.asked, found[0].state.missing) == ("Chi bộ thôn 71", 2, 2)
    assert (found[-1].cell_name, found[-1].state.asked, found[-1].state.missing) == ("Chi bộ thôn 1", 1, 0)


async def test_two_sendings_at_once_make_one_version(database: Database) -> None:
    """Of many that arrive together and follow the same version one is kept, and the others find it."""
    async with database.write() as tx:
        top, (cell,) = await commune(tx)
        an = await member(tx, cell)
        round_ = await open_round(tx, top)
        await send(tx, round_, an, "first")

    async def press(number: int) -> tuple[bool, str]:
        async with database.write() as tx:
            new = await send(tx, round_, an, f"code {number}", after=1)
            await asyncio.sleep(0)
            found = await self_reports.newest_report(tx, round_.id, an)
            assert found is not None
            return new, found.code

    pressed = await asyncio.gather(*(press(number) for number in range(8)))
    assert sum(new for new, _code in pressed) == 1
    assert len({code for _new, code in pressed}) == 1
    async with database.read() as tx:
        assert [one.version for one in await self_reports.report_versions(tx, round_.id, an)] == [1, 2]
