"""The database: one writer at a time on SQLite, many on PostgreSQL, and the transaction that carries *now*.

On SQLite every write transaction starts with BEGIN IMMEDIATE on the only writer connection, because a
deferred BEGIN loses updates without an error (docs/decisions/0003-one-writer.md). Reads go through
connections that cannot write. On PostgreSQL both go through one pool; races are held by unique keys, atomic
updates and row locks.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import CursorResult, Executable, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import IntegrityError as PostgresConflict
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeout
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import Table

from bot.clock import Clock
from storage.compiled import Statements, Values
from storage.inserting import Insert, insert
from storage.sqlite import BUSY_SECONDS, AfterCommit, Readers, Writer, call_all
from storage.sqlite_run import DirectRun, OffLoop, Run, StorageUnavailable, is_trouble
from storage.standing import Nothing, Standing

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

__all__ = [
    "Conflict",
    "Database",
    "Mistaken",
    "Row",
    "StorageUnavailable",
    "Tx",
    "Values",
    "insert_new",
    "sqlite_file",
    "sqlite_url",
]

NOTHING = Nothing()

Conflict = (PostgresConflict, sqlite3.IntegrityError)
"""What a unique or foreign key raises that is not asked for beforehand."""
Mistaken = (DBAPIError, sqlite3.OperationalError)
"""What a statement raises that asks for what is not there, such as a table."""


class Row(Protocol):
    """A row: its columns by name, or in the order of the statement."""

    def __getattr__(self, name: str, /) -> Any: ...

    def __getitem__(self, index: int, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...

    def __len__(self) -> int: ...


@dataclass(slots=True, eq=False)
class Tx:
    """One transaction. `now` is the only time it knows (aware, UTC)."""

    on: Run
    now: datetime
    is_sqlite: bool
    standing: Standing = NOTHING
    """What is known without asking (storage/standing.py)."""
    queued: bool = False
    """Whether something waits in the outbox because of it."""
    after: list[AfterCommit] = field(default_factory=list)
    """What is called, in this order, once it is on the disk: never when it fails, and also when whoever waited for it
    is not there any more."""

    async def run(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> int:
        """Execute, and say how many rows it touched."""
        return await self.on.touched(statement, values)

    async def all(self, statement: Executable, values: Values | None = None) -> Sequence[Row]:
        """All rows."""
        return await self.on.rows(statement, values)

    async def first(self, statement: Executable, values: Values | None = None) -> Row | None:
        """The first row, or None."""
        rows = await self.on.rows(statement, values)
        return rows[0] if rows else None

    async def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        """The first column of the first row, or None."""
        rows = await self.on.rows(statement, values)
        return rows[0][0] if rows else None

    async def insert_id(self, statement: Executable, values: Values | None = None) -> int:
        """Execute an INSERT … RETURNING id and give the id."""
        ((made,),) = await self.on.rows(statement, values)
        return int(made)

    async def insert_many(self, statement: Executable, values: Sequence[Values]) -> Sequence[Row]:
        """Execute an INSERT … RETURNING of many rows; what it returns, in no particular order."""
        return await self.on.rows_of_many(statement, values) if values else ()

    async def sql(self, text: str, values: Sequence[Any] = ()) -> Sequence[Any]:
        """Execute SQL as the driver takes it: for what no statement of SQLAlchemy says."""
        return await self.on.sql(text, values)


class DirectTx(Tx):
    """The same on SQLite, on a run that executes at once: a coroutine less for each statement."""

    __slots__ = ("_direct",)

    def __init__(self, on: DirectRun, now: datetime, standing: Standing = NOTHING) -> None:
        self.on = self._direct = on
        self.now = now
        self.is_sqlite = True
        self.standing = standing
        self.queued = False
        self.after = []

    async def run(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> int:
        return self._direct.touched_now(statement, values)

    async def all(self, statement: Executable, values: Values | None = None) -> Sequence[Row]:
        return self._direct.rows_now(statement, values)

    async def first(self, statement: Executable, values: Values | None = None) -> Row | None:
        rows = self._direct.rows_now(statement, values)
        return rows[0] if rows else None

    async def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        rows = self._direct.rows_now(statement, values)
        return rows[0][0] if rows else None

    async def insert_id_or_none(self, statement: Executable, values: Values) -> int | None:
        """Execute an INSERT of one row and give its id; None when it was ignored."""
        return self._direct.inserted_now(statement, values)


class _SqliteWrite:
    """A write transaction on SQLite, as a context."""

    __slots__ = ("_database", "_now", "_shares", "_tx", "_writer")

    def __init__(self, database: "Database", writer: Writer, now: Callable[[], datetime], *, shares: bool) -> None:
        self._database = database
        self._shares = shares
        self._writer = writer
        self._now = now

    async def __aenter__(self) -> Tx:
        try:
            run = await self._writer.begin()
        except StorageUnavailable as fault:
            self._database.trouble = str(fault)
            raise
        now = self._writer.instant(self._now) if self._shares else self._now()
        self._tx = DirectTx(run, now, run.standing)
        return self._tx

    async def __aexit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            if error is None:
                await self._writer.end(self._tx.after)
                self._database.trouble = None
                return
            self._writer.abandon(error)
            if isinstance(error, sqlite3.Error) and is_trouble(error):
                raise StorageUnavailable(str(error)) from error
        except StorageUnavailable as fault:
            self._database.trouble = str(fault)
            raise
        if isinstance(error, StorageUnavailable):
            self._database.trouble = str(error)


@dataclass(frozen=True, slots=True)
class _EngineRun:
    """Statements through SQLAlchemy's engine, as PostgreSQL has them."""

    connection: "AsyncConnection"

    async def rows(self, statement: Executable, values: Values | None) -> Sequence[Any]:
        return (await self.connection.execute(statement, values)).all()

    async def touched(self, statement: Executable, values: Values | Sequence[Values] | None) -> int:
        result: CursorResult[Any] = await self.connection.execute(statement, values)
        return result.rowcount

    async def rows_of_many(self, statement: Executable, values: Sequence[Values]) -> Sequence[Any]:
        return (await self.connection.execute(statement, values)).all()

    async def sql(self, text: str, values: Sequence[Any]) -> Sequence[Any]:
        result = await self.connection.exec_driver_sql(text, tuple(values))
        return result.all() if result.returns_rows else ()


def insert_new(table: Table, *keys: str, where: Any = None) -> Insert:
    """INSERT … ON CONFLICT (keys) DO NOTHING."""
    return insert(table).on_conflict_do_nothing(index_elements=keys or None, index_where=where)


class Database:
    """The engines of one database address, and its transactions."""

    def __init__(self, url: str, *, clock: Clock, off_loop: OffLoop = asyncio.to_thread) -> None:
        self._clock = clock
        self.trouble: str | None = None
        """Why the last transaction that wrote could not; None when it could."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            file = str(self.url.database)
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            statements = Statements()
            self._writer = Writer(file, statements=statements, off_loop=off_loop)
            self._readers = Readers(file, statements=statements, off_loop=off_loop)

    @cached_property
    def engine(self) -> "AsyncEngine":
        """The database by SQLAlchemy's engine: everything on PostgreSQL; on SQLite migrations and what tests ask."""
        if self.is_sqlite:
            return _sqlite_engine(self.url)
        from sqlalchemy.ext.asyncio import create_async_engine

        return create_async_engine(self.url, pool_size=10, pool_pre_ping=True, hide_parameters=True)

    def write(self, *, shares_instant: bool = False) -> AbstractAsyncContextManager[Tx]:
        """A write transaction: on the disk at the end, rolled back on any exception. Raises `StorageUnavailable`.

        With `shares_instant`, `now` is that of all who say so and share its commit, some milliseconds ago: for what
        comes from outside, and was not found by a clock that is further on."""
        if self.is_sqlite:
            return _SqliteWrite(self, self._writer, self._clock.now, shares=shares_instant)
        return self._write_by_engine()

    @asynccontextmanager
    async def _write_by_engine(self) -> AsyncIterator[Tx]:
        try:
            with _judged():
                async with self.engine.begin() as connection:
                    tx = Tx(_EngineRun(connection), self._clock.now(), is_sqlite=False)
                    yield tx
        except StorageUnavailable as fault:
            self.trouble = str(fault)
            raise
        self.trouble = None
        call_all(tx.after)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A read-only transaction. Raises `StorageUnavailable`."""
        if self.is_sqlite:
            async with self._readers.transaction() as run:
                yield Tx(run, self._clock.now(), is_sqlite=True)
            return
        with _judged():
            async with self.engine.connect() as connection:
                yield Tx(_EngineRun(connection), self._clock.now(), is_sqlite=False)
                await connection.rollback()

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[Tx]:
        """Reads of a row or two by their keys: quick, since nothing else goes on meanwhile. Each may see an instant of
        its own. Raises `StorageUnavailable`."""
        if self.is_sqlite:
            async with self._readers.glance() as run:
                yield DirectTx(run, self._clock.now())
            return
        async with self.read() as tx:
            yield tx

    async def close(self) -> None:
        """Close all connections."""
        if self.is_sqlite:
            await self._writer.close()
            await self._readers.close()
        if "engine" in self.__dict__:
            await self.engine.dispose()


@contextmanager
def _judged() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, Conflict) or not _is_the_servers(error):
            raise
        raise StorageUnavailable(type(error.orig).__name__) from error
    except (SQLAlchemyTimeout, OSError) as error:
        raise StorageUnavailable(type(error).__name__) from error


_TROUBLE = ("08", "25006", "28", "3D", "40", "53", "55", "57", "58", "XX")
"""The codes of PostgreSQL that say: not now. No connection, read-only, no access, no database, in each other's way, no
room or memory, locked, shutting down, a broken disk. All others say that what was asked is wrong."""


def _is_the_servers(error: "DBAPIError") -> bool:
    code = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or code is None or str(code).startswith(_TROUBLE)


def sqlite_file(url: str | URL) -> Path | None:
    """The file of a SQLite database; None for one in memory, and for PostgreSQL."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or parts.database in (None, "", ":memory:"):
        return None
    return Path(str(parts.database))


def sqlite_url(file: Path) -> str:
    """The address of a SQLite database in this file."""
    return URL.create("sqlite+aiosqlite", database=str(file)).render_as_string()


def _sqlite_engine(url: URL) -> "AsyncEngine":
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # The driver's own implicit BEGIN is switched off; ours below is the only one.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
