"""Several transactions share a commit on SQLite, and none suffers from another's failure."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.clock import MovableClock
from storage import events, schema, sqlite_run
from storage.database import Database, StorageUnavailable
from storage.migrate import upgrade
from storage.sqlite import MOST_SHARING
from tests.storage.conftest import START


class Disk:
    """Counts the commits that reach it, and may refuse one."""

    def __init__(self) -> None:
        self.commits = 0
        self.refuses = 0
        self.open = asyncio.Event()
        self.open.set()

    async def off_loop(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if arguments == ("COMMIT",):
            await self.open.wait()
            self.commits += 1
            if self.refuses:
                self.refuses -= 1
                raise sqlite3.OperationalError("database or disk is full")
        return function(*arguments)


@pytest.fixture
def disk() -> Disk:
    """The disk under the database."""
    return Disk()


@pytest.fixture
async def database(tmp_path: Path, disk: Disk) -> AsyncIterator[Database]:
    """A new database, on the disk that is watched."""
    opened = Database(f"sqlite+aiosqlite:///{tmp_path}/one.db", clock=MovableClock(start=START), off_loop=disk.off_loop)
    await upgrade(opened)
    yield opened
    await opened.close()


async def see(database: Database, name: str, *, fails: bool = False) -> bool:
    """Remember an event; then fail, if asked to."""
    async with database.write() as tx:
        new = await events.see(tx, account="tg", event_id=name)
        if fails:
            raise LookupError(name)
        return new


async def seen(database: Database) -> list[str]:
    """The events that are remembered."""
    async with database.read() as tx:
        return [name for (name,) in await tx.sql("SELECT event_id FROM events ORDER BY event_id")]


async def test_those_who_wait_share_a_commit(database: Database, disk: Disk) -> None:
    """While one commit is under way, all who come are written together by the next one."""
    disk.open.clear()
    first = asyncio.create_task(see(database, "first"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(see(database, f"other {number:02}")) for number in range(50)]
    await asyncio.sleep(0.05)
    assert not first.done() and not any(other.done() for other in others)
    disk.open.set()
    assert all(await asyncio.gather(first, *others))
    assert disk.commits <= 2
    assert len(await seen(database)) == 51


async def test_nobody_waits_for_company(database: Database, disk: Disk) -> None:
    """Who comes alone is on the disk at once."""
    for number in range(3):
        await see(database, str(number))
        assert disk.commits == number + 1


async def test_one_that_fails_harms_no_other(database: Database) -> None:
    """Its own writes are taken back, and those of its neighbours stay."""
    results = await asyncio.gather(
        *(see(database, f"{number}", fails=number == 2) for number in range(5)), return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["bool", "bool", "LookupError", "bool", "bool"]
    assert await seen(database) == ["0", "1", "3", "4"]


async def test_a_commit_that_fails_is_told_to_all_who_shared_it(database: Database, disk: Disk) -> None:
    """Nothing is confirmed that is not on the disk, and the next attempt works without anybody's help."""
    disk.refuses = 1
    results = await asyncio.gather(*(see(database, str(number)) for number in range(5)), return_exceptions=True)
    assert {type(result) for result in results} == {StorageUnavailable}
    assert await seen(database) == []
    assert all(await asyncio.gather(*(see(database, str(number)) for number in range(5))))


async def test_too_many_make_several_commits(database: Database, disk: Disk) -> None:
    """A crowd does not make the first of it wait for the last."""
    await asyncio.gather(*(see(database, f"{number}") for number in range(3 * MOST_SHARING)))
    assert 3 <= disk.commits <= 5


async def test_who_gives_up_waiting_stops_nobody(database: Database, disk: Disk) -> None:
    """A transaction whose caller goes away during the commit is kept; those after it go on."""
    disk.open.clear()
    leaver = asyncio.create_task(see(database, "leaver"))
    await asyncio.sleep(0.01)
    stayer = asyncio.create_task(see(database, "stayer"))
    await asyncio.sleep(0.01)
    leaver.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaver
    disk.open.set()
    assert await stayer
    assert await seen(database) == ["leaver", "stayer"]


async def test_the_disk_fills_in_the_middle(database: Database) -> None:
    """SQLite itself may end a transaction: all who shared it are told, and there is no half of it."""

    async with database.read() as tx:
        [[pages]] = await tx.sql("PRAGMA page_count")
    async with database.write() as tx:
        await tx.sql(f"PRAGMA max_page_count = {pages + 2}")
    await see(database, "before")
    neighbour = asyncio.create_task(see(database, "neighbour"))
    with pytest.raises(StorageUnavailable):
        async with database.write() as tx:
            await tx.sql("UPDATE events SET incident = hex(zeroblob(1000000))")
    with pytest.raises(StorageUnavailable):
        await asyncio.wait_for(asyncio.gather(neighbour, _again_full(database)), 5)
    async with database.write() as tx:
        await tx.sql("PRAGMA max_page_count = 1000000")
    assert await see(database, "after")
    assert {"before", "after"} <= set(await seen(database))


async def _again_full(database: Database) -> None:
    async with database.write() as tx:
        await tx.sql("UPDATE events SET incident = hex(zeroblob(1000000))")


async def test_another_process_writes(database: Database, tmp_path: Path) -> None:
    """Whoever comes meanwhile waits for it, and the loop does not."""
    other = sqlite3.connect(tmp_path / "one.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(see(database, "waiting"))
    for _ in range(20):
        await asyncio.sleep(0.002)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    assert await asyncio.wait_for(waiting, 5)


async def _add(database: Database, *names: str, then: Callable[[], None] = lambda: None) -> list[int]:
    """Add people, some with one statement and some with many; their ids."""
    async with database.write() as tx:
        made = insert(schema.people).returning(schema.people.c.id)
        values = [{"full_name": name, "name_key": name, "created_at": tx.now} for name in names]
        first = await tx.insert_id(made, values[0])
        await tx.run(insert(schema.people), values[1:])
        then()
        return [first]


async def _people(database: Database) -> list[tuple[int, str]]:
    async with database.read() as tx:
        rows = await tx.all(select(schema.people.c.id, schema.people.c.full_name).order_by(schema.people.c.id))
        return [(row.id, row.full_name) for row in rows]


async def test_one_failure_among_many_changes_nothing_for_the_others(database: Database, disk: Disk) -> None:
    """What the others wrote before it is there with the numbers that they were told, and what comes behind it too."""

    def fail() -> None:
        raise LookupError

    disk.open.clear()
    first = asyncio.create_task(_add(database, "đầu"))
    await asyncio.sleep(0.02)
    tasks = [
        asyncio.create_task(_add(database, f"{n}", f"{n}a", f"{n}b", then=fail if n in (4, 5, 8) else lambda: None))
        for n in range(10)
    ]
    await asyncio.sleep(0.05)
    disk.open.set()
    ended = await asyncio.gather(first, *tasks, return_exceptions=True)
    assert [n - 1 for n, one in enumerate(ended) if isinstance(one, LookupError)] == [4, 5, 8]
    assert disk.commits <= 2
    kept = await _people(database)
    wanted = [f"{n}{more}" for n in range(10) if n not in (4, 5, 8) for more in ("", "a", "b")]
    assert [name for _, name in kept] == ["đầu", *wanted]
    told = {ids[0]: name for ids, name in zip(ended[1:], map(str, range(10)), strict=True) if isinstance(ids, list)}
    assert told.items() <= dict(kept).items()


async def test_who_writes_more_than_is_noted_shares_with_nobody_behind_it(
    database: Database, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not be done once more: so it is on the disk before anybody else can fail."""
    monkeypatch.setattr(sqlite_run, "MOST_NOTED", 3)

    async def many(prefix: str) -> None:
        async with database.write() as tx:
            for number in range(6):
                await events.see(tx, account="tg", event_id=f"{prefix}{number}")

    async def fail() -> None:
        async with database.write() as tx:
            await events.see(tx, account="tg", event_id="fails")
            raise LookupError

    ended = await asyncio.gather(many("a"), fail(), many("b"), fail(), see(database, "z"), return_exceptions=True)
    assert [type(one) for one in ended] == [type(None), LookupError, type(None), LookupError, bool]
    assert await seen(database) == [*(f"a{n}" for n in range(6)), *(f"b{n}" for n in range(6)), "z"]


async def test_what_is_done_after_a_commit_is_done_once_and_only_after_it(database: Database, disk: Disk) -> None:
    """Not before the disk has it, not when it fails, and a mistake in it fails nobody."""
    done: list[str] = []

    def mistake() -> None:
        raise LookupError

    async def write(name: str, *, fails: bool = False) -> None:
        async with database.write() as tx:
            await events.see(tx, account="tg", event_id=name)
            tx.after += [lambda: done.append(name), mistake]
            if fails:
                raise OSError(name)

    disk.open.clear()
    waiting = asyncio.create_task(write("một"))
    await asyncio.sleep(0.02)
    assert done == []
    disk.open.set()
    await waiting
    with pytest.raises(OSError, match="hai"):
        await write("hai", fails=True)
    disk.refuses = 1
    with pytest.raises(StorageUnavailable):
        await write("ba")
    assert done == ["một"]


async def test_who_shares_a_commit_may_share_its_instant(tmp_path: Path, disk: Disk) -> None:
    """Who says so has the instant of the first of them; who does not has the clock's, and so has the next commit."""
    clock = MovableClock(start=START)
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/one.db", clock=clock, off_loop=disk.off_loop)
    await upgrade(database)
    instants: list[tuple[str, datetime]] = []

    async def write(name: str, *, shares: bool) -> None:
        async with database.write(shares_instant=shares) as tx:
            instants.append((name, tx.now))
            clock.move_to(clock.now() + timedelta(milliseconds=1))

    await asyncio.gather(
        write("one", shares=True), write("two", shares=True), write("alone", shares=False), write("three", shares=True)
    )
    await write("later", shares=True)
    assert instants == [
        ("one", START),
        ("two", START),
        ("alone", START + timedelta(milliseconds=2)),
        ("three", START),
        ("later", START + timedelta(milliseconds=4)),
    ]
    await database.close()
