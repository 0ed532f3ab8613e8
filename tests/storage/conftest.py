"""A fresh, migrated database for every test: each test runs on SQLite and on PostgreSQL."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import MovableClock
from storage.database import Database
from storage.migrate import upgrade
from storage.schema import metadata

START = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)  # Monday, 08:00 in Viet Nam


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("storage") / "empty.db"

    async def make() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}", clock=MovableClock(start=START))
        await upgrade(database)
        async with database.engine.connect() as connection:
            # Without a write-ahead log beside it, the file can be copied as it is.
            await connection.exec_driver_sql("COMMIT")
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The address of a migrated PostgreSQL database."""

    async def make() -> None:
        database = Database(postgres_url, clock=MovableClock(start=START))
        await upgrade(database)
        await database.close()

    asyncio.run(make())
    return postgres_url


@pytest.fixture
def clock() -> MovableClock:
    """The clock that the database's transactions read."""
    return MovableClock(start=START)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of the database of this test; on PostgreSQL it may hold what the test before left."""
    if request.param == "postgresql":
        found = request.getfixturevalue("migrated_postgres")
        assert isinstance(found, str)
        return found
    shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "test.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
async def database(database_url: str, clock: MovableClock) -> AsyncIterator[Database]:
    """An empty, migrated database."""
    database = Database(database_url, clock=clock)
    if not database.is_sqlite:
        async with database.engine.begin() as connection:
            # Far faster than TRUNCATE, which makes new files for every table.
            for table in reversed(metadata.sorted_tables):
                await connection.execute(table.delete())
    yield database
    await database.close()
