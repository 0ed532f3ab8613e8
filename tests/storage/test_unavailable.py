"""What the database's own trouble is, and what is a defect of ours: on both databases."""

import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError

from bot.clock import MovableClock
from storage import events
from storage.database import Database, StorageUnavailable
from storage.schema import events as events_table

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def _see(database: Database, name: str) -> bool:
    async with database.write() as tx:
        return await events.see(tx, account="telegram", event_id=name)


async def _see_many(database: Database, count: int) -> None:
    async with database.write() as tx:
        for number in range(count):
            await events.see(tx, account="telegram", event_id=f"number {number}")


async def _see_at_once(database: Database, name: str) -> None:
    """The same, if nobody else is about to."""
    async with database.write() as tx:
        await tx.sql("SET LOCAL lock_timeout = '50ms'")
        await events.see(tx, account="telegram", event_id=name)


async def test_what_asks_wrongly_is_not_the_databases_trouble(database: Database) -> None:
    """A statement that can never succeed is raised as what it is: else its event would come again for ever."""
    with pytest.raises((sqlite3.OperationalError, DBAPIError)) as caught:
        async with database.write() as tx:
            await tx.sql("SELECT nothing FROM nowhere")
    assert not isinstance(caught.value, StorageUnavailable)
    assert await _see(database, "after")


async def test_a_conflict_is_not_the_databases_trouble(database: Database) -> None:
    """Nor is a row that is there already."""
    values = {"account": "telegram", "event_id": "1"}
    with pytest.raises(Exception, match=r"(?i)unique|null") as caught:
        async with database.write() as tx:
            await tx.run(events_table.insert(), values | {"seen_at": None})
    assert not isinstance(caught.value, StorageUnavailable)


@ON_SQLITE
async def test_a_database_that_another_has_locked_is_unavailable(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time it waits; nothing is kept; as soon as the lock is gone, all is as before, without a restart."""
    monkeypatch.setattr("storage.sqlite.BUSY_SECONDS", 0.1)
    assert await _see(database, "before")
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        await _see(database, "meanwhile")
    async with database.read() as tx:
        assert [row.event_id for row in await tx.all(events_table.select())] == ["before"], "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    assert await _see(database, "meanwhile") and not await _see(database, "before")


@ON_SQLITE
async def test_a_full_disk_is_unavailable_until_there_is_room(database: Database) -> None:
    """Nothing of what did not fit is kept, nothing that was kept before is lost, and it goes on by itself."""
    assert await _see(database, "before")
    async with database.write() as tx:
        ((pages,),) = await tx.sql("PRAGMA page_count")
        await tx.sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageUnavailable, match="full"):
        await _see_many(database, 5000)
    async with database.read() as tx:
        assert [row.event_id for row in await tx.all(events_table.select())] == ["before"]
    async with database.write() as tx:
        await tx.sql("PRAGMA max_page_count = 1000000")
    assert await _see(database, "after")


@ON_SQLITE
async def test_a_database_that_is_read_only_is_unavailable(database: Database) -> None:
    """What is there is read; nothing new is taken."""
    assert await _see(database, "before")
    async with database.write() as tx:
        await tx.sql("PRAGMA query_only = ON")
    with pytest.raises(StorageUnavailable, match="readonly"):
        await _see(database, "meanwhile")
    async with database.read() as tx:
        assert [row.event_id for row in await tx.all(events_table.select())] == ["before"]


@ON_POSTGRESQL
async def test_a_server_out_of_reach_is_unavailable(database: Database, clock: MovableClock) -> None:
    """Nobody listens at the address; the same for a database that is not there."""
    for url in (
        "postgresql+asyncpg://root@127.0.0.1:1/nothing",
        database.url.set(database="no_such_database_1").render_as_string(hide_password=False),
    ):
        nowhere = Database(url, clock=clock)
        with pytest.raises(StorageUnavailable):
            await _see(nowhere, "1")
        await nowhere.close()


@ON_POSTGRESQL
async def test_what_another_transaction_holds_for_too_long_is_unavailable(database: Database) -> None:
    """It is rolled back and may be tried again."""
    async with database.write() as tx:
        await events.see(tx, account="telegram", event_id="held")
        with pytest.raises(StorageUnavailable):
            await _see_at_once(database, "held")
    await _see_at_once(database, "another")
