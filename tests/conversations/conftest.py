"""A fresh world for every conversation: a copy of one migrated SQLite file."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from bot.clock import SystemClock
from storage.database import Database
from storage.migrate import upgrade
from tests.conversations.two_communes import Copy, Province, make
from tests.world import World


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file."""
    path = tmp_path_factory.mktemp("template") / "empty.db"

    async def make() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}", clock=SystemClock())
        await upgrade(database)
        async with database.engine.connect() as connection:
            # Without a write-ahead log beside it, the file can be copied as it is.
            await connection.exec_driver_sql("COMMIT")
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def spring(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """An empty world on Tuesday 6 April 2027, 06:30 in Viet Nam: no round is open until 20 June, so that nothing is
    heard but what a test is about."""
    world = await World.copy(template, tmp_path / "spring.db", start=datetime(2027, 4, 5, 23, 30, tzinfo=UTC))
    yield world
    await world.close()


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """An empty world on Monday 4 January 2027, 08:00 in Viet Nam."""
    world = await World.copy(template, tmp_path / "world.db")
    yield world
    await world.close()


@pytest.fixture(scope="session")
def province(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Province:
    """Two communes with everybody and something of everything, made once."""
    return make(template, tmp_path_factory.mktemp("province"))


@pytest.fixture
async def copy(province: Province, tmp_path: Path) -> AsyncIterator[Copy]:
    """A copy of the two communes; at the end no event may have failed."""
    copy = await Copy.open(province, tmp_path / "copy.db")
    with structlog.testing.capture_logs() as logs:
        yield copy
    await copy.close()
    assert [entry for entry in logs if entry["log_level"] in ("error", "critical")] == []
