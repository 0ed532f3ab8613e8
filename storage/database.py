"""The database: one writer at a time on SQLite, many on PostgreSQL, and the transaction that carries *now*.

On SQLite every write transaction starts with BEGIN IMMEDIATE on the only writer connection, because a
deferred BEGIN loses updates without an error (docs/decisions/0003-one-writer.md). Reads go through
connections that cannot write. On PostgreSQL both go through one pool; races are held by unique keys, atomic
updates and row locks.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, Executable, Row, event, make_url
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.schema import Table

from bot.clock import Clock

Values = Mapping[str, Any]

BUSY_TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Tx:
    """One transaction. `now` is the only time it knows (aware, UTC)."""

    connection: AsyncConnection
    now: datetime

    async def run(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> int:
        """Execute, and say how many rows it touched."""
        result: CursorResult[Any] = await self.connection.execute(statement, values)
        return result.rowcount

    async def all(self, statement: Executable, values: Values | None = None) -> Sequence[Row[Any]]:
        """All rows."""
        return (await self.connection.execute(statement, values)).all()

    async def first(self, statement: Executable, values: Values | None = None) -> Row[Any] | None:
        """The first row, or None."""
        return (await self.connection.execute(statement, values)).first()

    async def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        """The first column of the first row, or None."""
        return (await self.connection.execute(statement, values)).scalar()

    async def insert_id(self, statement: Executable, values: Values | None = None) -> int:
        """Execute an INSERT … RETURNING id and give the id."""
        return int((await self.connection.execute(statement, values)).scalar_one())

    async def insert_many(self, statement: Executable, values: Sequence[Values]) -> Sequence[Row[Any]]:
        """Execute an INSERT … RETURNING of many rows; what it returns, in no particular order."""
        return (await self.connection.execute(statement, values)).all() if values else ()


def insert_new(table: Table, *keys: str, where: Any = None) -> postgresql.Insert:
    """INSERT … ON CONFLICT (keys) DO NOTHING. PostgreSQL's form compiles for SQLite as well."""
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=keys or None, index_where=where)


class Database:
    """The engines of one database address, and its transactions."""

    def __init__(self, url: str, *, clock: Clock) -> None:
        self._clock = clock
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _make_folder(self.url)
            self._writer = _sqlite_engine(self.url, writes=True)
            self._reader = _sqlite_engine(self.url, writes=False)
        else:
            self._writer = self._reader = create_async_engine(
                self.url, pool_size=10, pool_pre_ping=True, hide_parameters=True
            )

    @property
    def writer(self) -> AsyncEngine:
        """The engine that writes: for migrations and backups."""
        return self._writer

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """A write transaction: commits at the end, rolls back on any exception."""
        async with self._writer.begin() as connection:
            yield Tx(connection, self._clock.now())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A read-only transaction."""
        async with self._reader.connect() as connection:
            yield Tx(connection, self._clock.now())
            await connection.rollback()

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.dispose()
        await self._reader.dispose()


def sqlite_file(url: str | URL) -> Path | None:
    """The file of a SQLite database; None for one in memory, and for PostgreSQL."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or parts.database in (None, "", ":memory:"):
        return None
    return Path(str(parts.database))


def sqlite_url(file: Path) -> str:
    """The address of a SQLite database in this file."""
    return URL.create("sqlite+aiosqlite", database=str(file)).render_as_string()


def _make_folder(url: URL) -> None:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _sqlite_engine(url: URL, *, writes: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=1 if writes else 4,
        max_overflow=0,
        hide_parameters=True,
        pool_timeout=60,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # The driver's own implicit BEGIN is switched off; ours below is the only one.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        if writes:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA foreign_keys = ON")
        else:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
