"""Several transactions share a commit on SQLite, and none suffers from another's failure."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.clock import MovableClock
from storage import events
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
