"""Imports: claimed for a check under a lease, kept until they are over, forgotten after a day."""

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from bot.chat import File
from bot.clock import MovableClock
from bot.domain.ids import DialogueId, ImportId, PersonId, UnitId
from bot.domain.member import Status
from bot.domain.organisation import UnitKind
from bot.domain.roster import Column, Fault, Roster, RosterRow, RowFault
from bot.domain.roster_import import KEEP, LEASE, ImportState, Some, Summary
from storage import files, imports, organisation, people
from storage.database import Database, Tx
from storage.imports import Import
from storage.schema import files as files_table

ROSTER = Roster(
    rows=(
        RosterRow(
            line=2,
            full_name="Nguyễn Văn An",
            birth_year=1965,
            birth_date=None,
            member_code="00.1",
            cell_name="Thôn 1",
            cell_kind=None,
            status=Status.OFFICIAL,
            roles=(),
            in_charge_of=("Thôn 2",),
            joined_on=None,
            official_on=None,
            parent_name=None,
        ),
    ),
    faults=(RowFault(3, Column.BIRTH, Fault.NOT_A_DATE, "32/1"),),
    lines=2,
    columns=(Column.FULL_NAME, Column.CELL),
    ignored=("STT",),
)
NONE = Some()
SUMMARY = Summary(
    lines=2,
    new=Some(1, (("Nguyễn Văn An", "Thôn 1"),)),
    committees=NONE,
    cells=NONE,
    kinds=NONE,
    changed=NONE,
    given=NONE,
    ended=NONE,
    moved=NONE,
    missing=NONE,
    unchanged=0,
    staying=1,
    silent_cells=0,
    silent_members=0,
    ignored=("STT",),
    plan="0123456789abcdef",
)


async def an_import(tx: Tx) -> ImportId:
    """A file that somebody sent for a committee in a dialogue."""
    unit = await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
    person = await people.add_person(tx, full_name="Phan Thị Thu Hà")
    file = await files.add_file(tx, File("ds.xlsx", "x", b"content"), created_by=person, keep=KEEP)
    return await imports.add(tx, unit=unit, created_by=person, file=file, dialogue=DialogueId(5))


async def found(database: Database, number: ImportId) -> Import:
    """The import as it is now."""
    async with database.read() as tx:
        one = await imports.import_by_id(tx, number)
    assert one is not None
    return one


async def kept_files(database: Database) -> int:
    """How many files are kept."""
    async with database.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(files_table)))


async def test_an_import_is_due_at_once_and_claimed_under_a_lease(database: Database, clock: MovableClock) -> None:
    """Who claims it has it for the time of the lease; then another may, and the attempts are counted."""
    async with database.write() as tx:
        number = await an_import(tx)
    async with database.read() as tx:
        assert await imports.due_imports(tx) == [number]
    async with database.write() as tx:
        claimed = await imports.begin_check(tx, number)
        assert claimed is not None and claimed.attempts == 1
        assert await imports.begin_check(tx, number) is None
        assert await imports.due_imports(tx) == []
    clock.move_to(clock.now() + LEASE)
    async with database.write() as tx:
        assert await imports.due_imports(tx) == [number]
        again = await imports.begin_check(tx, number)
    assert again is not None and again.attempts == 2


async def test_only_one_of_two_claims_a_check(database: Database) -> None:
    """Two ticks at once: one checks the file, the other finds nothing to do."""
    async with database.write() as tx:
        number = await an_import(tx)

    async def claim() -> bool:
        async with database.write() as tx:
            return await imports.begin_check(tx, number) is not None

    assert sorted(await asyncio.gather(claim(), claim())) == [False, True]


async def test_what_came_of_a_check_is_kept_whole(database: Database, clock: MovableClock) -> None:
    """Rows, faults and summary come back as they were; the import is due again when its day is over."""
    async with database.write() as tx:
        number = await an_import(tx)
        one = await imports.begin_check(tx, number)
        assert one is not None
        await imports.checked(tx, one, ImportState.READY, roster=ROSTER, summary=SUMMARY)
    ready = await found(database, number)
    assert (ready.state, ready.roster, ready.summary) == (ImportState.READY, ROSTER, SUMMARY)
    async with database.read() as tx:
        assert await imports.due_imports(tx) == []
        assert await imports.of_dialogue(tx, DialogueId(5)) == ready
        assert await imports.of_dialogue(tx, DialogueId(6)) is None
        assert await imports.newest_of(tx, ready.unit_id, PersonId(ready.created_by or 0)) == ready
        assert await imports.newest_of(tx, UnitId(ready.unit_id + 1), PersonId(ready.created_by or 0)) is None
    clock.move_to(clock.now() + KEEP)
    async with database.write() as tx:
        assert await imports.due_imports(tx) == [number]
        assert await imports.begin_check(tx, number) is None
        assert ready.is_over_at(tx.now)


async def test_an_import_that_is_over_keeps_no_file_and_no_rows(database: Database, clock: MovableClock) -> None:
    """Applied: what was written is remembered; dropped: nothing; of both the file is gone and nothing is due."""
    async with database.write() as tx:
        numbers = [await an_import(tx) for _ in range(3)]
    assert await kept_files(database) == 3
    async with database.write() as tx:
        for number, end in zip(numbers, (imports.applied, imports.nothing_to_write), strict=False):
            one = await imports.lock(tx, number)
            assert one is not None
            await imports.checked(tx, one, ImportState.READY, roster=ROSTER, summary=SUMMARY)
            await end(tx, one, SUMMARY)
        last = await imports.lock(tx, numbers[2])
        assert last is not None
        await imports.checked(tx, last, ImportState.READY, roster=ROSTER, summary=SUMMARY)
        await imports.drop(tx, last)
    over = [await found(database, number) for number in numbers]
    assert [one.state for one in over] == [ImportState.APPLIED, ImportState.SAME, ImportState.DROPPED]
    assert [one.summary for one in over] == [SUMMARY, SUMMARY, None]
    assert [one.applied_at for one in over] == [clock.now(), None, None]
    assert all(one.roster is None and one.file_id is None for one in over)
    assert await kept_files(database) == 0
    clock.move_to(clock.now() + timedelta(days=30))
    async with database.read() as tx:
        assert await imports.due_imports(tx) == []


async def test_an_import_of_the_command_line_is_never_due(database: Database) -> None:
    """It has neither file nor sender; it is written at once."""
    async with database.write() as tx:
        unit = await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
        number = await imports.add(tx, unit=unit, created_by=None)
        assert await imports.due_imports(tx) == []
        one = await imports.lock(tx, number)
        assert one is not None
        await imports.applied(tx, one, SUMMARY)
    assert (await found(database, number)).applied_at is not None
