"""SQLite by its own driver: one writer whose transactions share a commit, and readers beside it.

**Group commit.** What brings a transaction to the disk costs milliseconds; what it says, microseconds. So those that
wait while a commit is under way run one after the other as savepoints of the next transaction and share its commit,
each isolated from the failure of the others: with `synchronous=FULL`, nothing is confirmed that is not on the disk, and
the price is divided by as many as came meanwhile. Nobody waits for company: who comes alone commits at once.

Statements of a write run on the loop's own thread, since each takes a few microseconds and a hop to a thread ten times
that; only the commit, which waits for the disk, is off the loop. What reads whole tables belongs in a reader, every
statement of which is off the loop.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Executable

from storage.compiled import Statements, Values

BUSY_SECONDS = 10.0
"""How long to wait for another process that writes."""
BUSY_PAUSE = 0.005
MOST_SHARING = 128
"""Transactions in one commit."""
READERS = 4
CACHED = 512
"""Statements that the driver keeps parsed."""
_WRITES = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "busy_timeout = 0",
    "temp_store = MEMORY",
    "cache_size = -1000",
)
"""A writer that finds another process writing asks again by itself, so that it holds nobody up meanwhile. The caches,
in KiB, are small: the system keeps the file's pages as well, once for all connections."""
_READS = ("query_only = ON", "cache_size = -200")

OffLoop = Callable[..., Any]
"""`await off_loop(function, *arguments)` runs the function without holding the loop: `asyncio.to_thread`."""


class StorageUnavailable(Exception):
    """The database cannot be read or written now: no room, no access, locked by another, gone, damaged. Nothing of the
    transaction is kept, and it may be tried again."""


class Run(Protocol):
    """How a transaction executes."""

    async def rows(self, statement: Executable, values: Values | None) -> Sequence[Any]: ...

    async def touched(self, statement: Executable, values: Values | Sequence[Values] | None) -> int: ...

    async def rows_of_many(self, statement: Executable, values: Sequence[Values]) -> Sequence[Any]: ...

    async def sql(self, text: str, values: Sequence[Any]) -> Sequence[Any]: ...


def is_trouble(error: sqlite3.Error) -> bool:
    """Whether the driver's error is the database's own trouble. Else it is a defect of what was asked, which would fail
    for ever and must not come again as if nothing were wrong with it."""
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.DataError):
        return False
    return getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR


@dataclass(frozen=True, slots=True)
class DirectRun:
    """Statements on the thread that asks."""

    connection: sqlite3.Connection
    statements: Statements

    async def rows(self, statement: Executable, values: Values | None) -> Sequence[Any]:
        return self.rows_now(statement, values)

    async def touched(self, statement: Executable, values: Values | Sequence[Values] | None) -> int:
        return self.touched_now(statement, values)

    async def rows_of_many(self, statement: Executable, values: Sequence[Values]) -> Sequence[Any]:
        return [row for one in values for row in self.rows_now(statement, one)]

    async def sql(self, text: str, values: Sequence[Any]) -> Sequence[Any]:
        return self.connection.execute(text, values).fetchall()

    def rows_now(self, statement: Executable, values: Values | None) -> Sequence[Any]:
        values = values or {}
        compiled = self.statements.of(statement, values)
        sql, bound = compiled.bound(values)
        try:
            found = self.connection.execute(sql, bound).fetchall()
        except sqlite3.Error as error:
            if is_trouble(error):
                raise StorageUnavailable(str(error)) from error
            raise
        return found if compiled.make_rows is None else compiled.make_rows(found)

    def touched_now(self, statement: Executable, values: Values | Sequence[Values] | None) -> int:
        if isinstance(values, Sequence):
            return self._many(statement, values)
        values = values or {}
        compiled = self.statements.of(statement, values)
        sql, bound = compiled.bound(values)
        try:
            cursor = self.connection.execute(sql, bound)
            if compiled.returns:
                # Until its rows are fetched, a statement that returns some has not ended.
                return len(cursor.fetchall())
        except sqlite3.Error as error:
            if is_trouble(error):
                raise StorageUnavailable(str(error)) from error
            raise
        return cursor.rowcount

    def _many(self, statement: Executable, values: Sequence[Values]) -> int:
        if not values:
            return 0
        compiled = self.statements.of(statement, values[0])
        bound = None if compiled.returns else compiled.bound_many(values)
        if bound is None:
            return sum(self.touched_now(statement, one) for one in values)
        try:
            return self.connection.executemany(*bound).rowcount
        except sqlite3.Error as error:
            if is_trouble(error):
                raise StorageUnavailable(str(error)) from error
            raise


@dataclass(frozen=True, slots=True)
class OffLoopRun:
    """Statements off the loop, one after the other."""

    direct: DirectRun
    off_loop: OffLoop

    async def rows(self, statement: Executable, values: Values | None) -> Sequence[Any]:
        found: Sequence[Any] = await self.off_loop(self.direct.rows_now, statement, values)
        return found

    async def touched(self, statement: Executable, values: Values | Sequence[Values] | None) -> int:
        return int(await self.off_loop(self.direct.touched_now, statement, values))

    async def rows_of_many(self, statement: Executable, values: Sequence[Values]) -> Sequence[Any]:
        return [row for one in values for row in await self.rows(statement, one)]

    async def sql(self, text: str, values: Sequence[Any]) -> Sequence[Any]:
        return await self.direct.sql(text, values)


@dataclass(slots=True)
class _Group:
    """Transactions that will be committed together."""

    done: asyncio.Future[None]
    size: int = 0


class Writer:
    """The only connection of this process that writes."""

    def __init__(self, file: str, *, statements: Statements, off_loop: OffLoop) -> None:
        self._file = file
        self._statements = statements
        self._off_loop = off_loop
        self._turn = asyncio.Lock()
        self._connection: sqlite3.Connection | None = None
        self._group: _Group | None = None
        self._committing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[DirectRun]:
        """One transaction, on the disk when this ends. Raises `StorageUnavailable` when it is not."""
        async with self._turn:
            connection, group = await self._joined()
            try:
                connection.execute("SAVEPOINT one")
                yield DirectRun(connection, self._statements)
                connection.execute("RELEASE one")
            except BaseException as error:
                self._undo(connection, group, error)
                if isinstance(error, sqlite3.Error):
                    if is_trouble(error):
                        raise StorageUnavailable(str(error)) from error
                    raise
                raise
            group.size += 1
        try:
            await asyncio.shield(group.done)
        except (sqlite3.Error, StorageUnavailable) as error:
            # Many may raise it: each its own.
            raise StorageUnavailable(str(error)) from error

    async def close(self) -> None:
        """Commit what is under way, and close the file."""
        async with self._turn:
            if self._group is not None:
                await self._commit(self._group)
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    async def _joined(self) -> tuple[sqlite3.Connection, _Group]:
        """The group that this transaction belongs to, begun if there is none."""
        if self._group is not None and self._group.size >= MOST_SHARING:
            await self._commit(self._group)
        if self._connection is None:
            self._connection = opened(self._file, writes=True)
        if self._group is None:
            await self._begin(self._connection)
            self._group = _Group(asyncio.get_running_loop().create_future())
            # It queues for its turn behind all who wait already: they share this commit.
            task = asyncio.create_task(self._commit_in_turn(self._group))
            self._committing.add(task)
            task.add_done_callback(self._committing.discard)
        return self._connection, self._group

    async def _begin(self, connection: sqlite3.Connection) -> None:
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                while True:
                    try:
                        connection.execute("BEGIN IMMEDIATE")
                    except sqlite3.OperationalError as error:
                        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                            raise StorageUnavailable(str(error)) from error
                    else:
                        return
                    await asyncio.sleep(BUSY_PAUSE)
        except TimeoutError:
            raise StorageUnavailable("another process has kept the database locked") from None

    def _undo(self, connection: sqlite3.Connection, group: _Group, cause: BaseException) -> None:
        """Take one transaction back; its group goes on, unless the database itself has ended it."""
        try:
            connection.execute("ROLLBACK TO one")
            connection.execute("RELEASE one")
        except sqlite3.Error as error:
            known = isinstance(cause, sqlite3.Error | StorageUnavailable)
            self._fail(connection, group, cause if known else error)

    def _fail(self, connection: sqlite3.Connection, group: _Group, error: BaseException) -> None:
        if self._group is group:
            self._group = None
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if not group.done.done():
            group.done.set_exception(error)
            # Those who share the group raise it; where there is none, nobody has to.
            group.done.exception()

    async def _commit_in_turn(self, group: _Group) -> None:
        async with self._turn:
            if self._group is group:
                await self._commit(group)

    async def _commit(self, group: _Group) -> None:
        """Only with the turn. Not to be cut short: the connection is in use by another thread."""
        committing = asyncio.ensure_future(self._committed(group))
        try:
            await asyncio.shield(committing)
        except asyncio.CancelledError:
            while not committing.done():
                await asyncio.wait([committing])
            raise

    async def _committed(self, group: _Group) -> None:
        connection = self._connection
        assert connection is not None
        try:
            await self._off_loop(connection.execute, "COMMIT")
        except sqlite3.Error as error:
            self._fail(connection, group, error)
        else:
            self._group = None
            group.done.set_result(None)


class Readers:
    """Connections that cannot write, and see one instant each."""

    def __init__(self, file: str, *, statements: Statements, off_loop: OffLoop) -> None:
        self._file = file
        self._statements = statements
        self._off_loop = off_loop
        self._places = asyncio.Semaphore(READERS)
        self._idle: list[sqlite3.Connection] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[OffLoopRun]:
        """Reads of one instant, off the loop."""
        async with self._places:
            connection = self._idle.pop() if self._idle else opened(self._file, writes=False)
            run = OffLoopRun(DirectRun(connection, self._statements), self._in_peace)
            try:
                connection.execute("BEGIN")
                yield run
            except sqlite3.Error as error:
                if is_trouble(error):
                    raise StorageUnavailable(str(error)) from error
                raise
            finally:
                self._give_back(connection)

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[DirectRun]:
        """Reads of a row or two, on the loop's own thread, each of an instant of its own."""
        connection = self._idle.pop() if self._idle else opened(self._file, writes=False)
        try:
            yield DirectRun(connection, self._statements)
        except sqlite3.Error as error:
            if is_trouble(error):
                raise StorageUnavailable(str(error)) from error
            raise
        finally:
            self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        # After some errors SQLite has ended the transaction itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        self._idle.append(connection)

    async def close(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop().close()

    async def _in_peace(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Off the loop, and not left before it ends: the connection goes back to the others afterwards."""
        running = asyncio.ensure_future(self._off_loop(function, *arguments))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if not running.done():
                await asyncio.wait([running])
            raise


def opened(file: str, *, writes: bool) -> sqlite3.Connection:
    """A connection as we want it. Raises `StorageUnavailable`."""
    try:
        connection = sqlite3.connect(
            file,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=CACHED,
        )
        for pragma in _WRITES if writes else _READS:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error as error:
        raise StorageUnavailable(str(error)) from error
    return connection
