"""SQLite by its own driver: one writer whose transactions share a commit, and readers beside it.

**Group commit.** What brings a transaction to the disk costs milliseconds; what it says, microseconds. So those that
wait while a commit is under way run one after the other within the next transaction of the database and share its
commit: with `synchronous=FULL`, nothing is confirmed that is not on the disk, and the price is divided by as many as
came meanwhile. Nobody waits for company: who comes alone commits at once.

**Each isolated from the failure of the others.** Most do not fail, so nothing is set up for it beforehand: when one
does, the group is taken back to its beginning and what the others wrote is written once more, in the same order, which
gives the same rows with the same numbers, since no statement of ours knows time or chance by itself. From then on each
of this group has a savepoint of its own, so that many failures cost no more than that.

Statements of a write run on the loop's own thread, since each takes a few microseconds and a hop to a thread ten times
that; only the commit, which waits for the disk, is off the loop. What reads whole tables belongs in a reader, every
statement of which is off the loop.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from storage.compiled import Statements
from storage.sqlite_run import DirectRun, OffLoop, OffLoopRun, StorageUnavailable, WritingRun, is_trouble

log = structlog.get_logger()

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

AfterCommit = Callable[[], None]
"""Called once, when the transaction is on the disk, and never otherwise."""


def call_all(after: Iterable[AfterCommit]) -> None:
    """The commit is done. What one of them raises is logged, and fails nobody else: it is too late for that."""
    for act in after:
        try:
            act()
        except Exception:
            log.exception("after_commit_failed")


@dataclass(slots=True)
class _Group:
    """Transactions that will be committed together. `parted`: each has a savepoint of its own; `now`: the instant of
    those that share one."""

    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    after: list[AfterCommit] = field(default_factory=list)
    parted: bool = False
    now: datetime | None = None


class Writer:
    """The only connection of this process that writes."""

    def __init__(self, file: str, *, statements: Statements, off_loop: OffLoop) -> None:
        self._file = file
        self._statements = statements
        self._off_loop = off_loop
        self._turn = asyncio.Lock()
        self._run: WritingRun | None = None
        self._group: _Group | None = None
        self._committing: set[asyncio.Task[None]] = set()
        self._noted = 0
        self._version: int | None = None

    async def begin(self) -> WritingRun:
        """Begin one transaction, when it is its turn; it ends with `end`. Raises `StorageUnavailable`."""
        await self._turn.acquire()
        try:
            run, group = await self._joined()
            self._noted = len(run.noted)
            if group.parted:
                run.connection.execute("SAVEPOINT one")
        except BaseException as error:
            if isinstance(error, sqlite3.Error) and self._run is not None and self._group is not None:
                self._fail(self._run, self._group, error)
            self._turn.release()
            if isinstance(error, sqlite3.Error) and is_trouble(error):
                raise StorageUnavailable(str(error)) from error
            raise
        return run

    def instant(self, now: Callable[[], datetime]) -> datetime:
        """The instant of the commit under way: that of the first who asks for it."""
        group = self._group
        assert group is not None
        if group.now is None:
            group.now = now()
        return group.now

    async def end(self, after: list[AfterCommit]) -> None:
        """The transaction has done what it is for: on the disk when this returns. Raises `StorageUnavailable` when it
        is not."""
        run, group = self._run, self._group
        assert run is not None
        if group is None:
            # The database itself has ended it, with all that were in it.
            self._turn.release()
            raise StorageUnavailable("the transaction was lost")
        done = asyncio.get_running_loop().create_future()
        try:
            if group.parted:
                run.connection.execute("RELEASE one")
            elif not run.connection.in_transaction:
                raise sqlite3.OperationalError("the database has ended the transaction")
        except sqlite3.Error as error:
            self._undo(run, group, error)
            self._turn.release()
            raise StorageUnavailable(str(error)) from error
        group.waiting.append(done)
        if after:
            group.after += after
        self._turn.release()
        try:
            await done
        except (sqlite3.Error, StorageUnavailable) as error:
            # Many may raise it: each its own.
            raise StorageUnavailable(str(error)) from error

    def abandon(self, error: BaseException) -> None:
        """The transaction has failed: take it back, and only it."""
        if self._run is not None and self._group is not None:
            self._undo(self._run, self._group, error)
        self._turn.release()

    async def close(self) -> None:
        """Commit what is under way, and close the file."""
        async with self._turn:
            if self._group is not None:
                await self._commit(self._group)
            if self._run is not None:
                self._run.connection.close()
                self._run = None

    async def _joined(self) -> tuple[WritingRun, _Group]:
        """The group that this transaction belongs to, begun if there is none."""
        if self._run is None:
            self._run = WritingRun(opened(self._file, writes=True), self._statements)
        group = self._group
        if group is not None and (len(group.waiting) >= MOST_SHARING or not (group.parted or self._run.noted_all)):
            await self._commit(group)
            group = self._group
        if group is None:
            await self._begin(self._run)
            group = self._group = _Group()
            # It queues for its turn behind all who wait already: they share this commit.
            task = asyncio.create_task(self._commit_in_turn(group))
            self._committing.add(task)
            task.add_done_callback(self._committing.discard)
        return self._run, group

    async def _begin(self, run: WritingRun) -> None:
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                while True:
                    try:
                        run.connection.execute("BEGIN IMMEDIATE")
                    except sqlite3.OperationalError as error:
                        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                            raise StorageUnavailable(str(error)) from error
                    else:
                        break
                    await asyncio.sleep(BUSY_PAUSE)
        except TimeoutError:
            raise StorageUnavailable("another process has kept the database locked") from None
        try:
            run.connection.execute("SAVEPOINT everyone")
            # It changes when another process has committed; none can, as long as this group is under way.
            ((version,),) = run.connection.execute("PRAGMA data_version").fetchall()
        except sqlite3.Error:
            if run.connection.in_transaction:
                run.connection.execute("ROLLBACK")
            raise
        if version != self._version:
            self._version = version
            run.standing.clear()
        run.noted.clear()

    def _undo(self, run: WritingRun, group: _Group, cause: BaseException) -> None:
        """Take one transaction back; its group goes on, unless the database itself has ended it."""
        run.standing.clear()
        try:
            if group.parted:
                run.connection.execute("ROLLBACK TO one")
                run.connection.execute("RELEASE one")
                return
            run.connection.execute("ROLLBACK TO everyone")
            del run.noted[self._noted :]
            if run.noted:
                group.parted = True
                run.redo()
        except sqlite3.Error as error:
            known = isinstance(cause, sqlite3.Error | StorageUnavailable)
            self._fail(run, group, cause if known else error)

    def _fail(self, run: WritingRun, group: _Group, error: BaseException) -> None:
        if self._group is group:
            self._group = None
        run.standing.clear()
        run.noted.clear()
        if run.connection.in_transaction:
            run.connection.execute("ROLLBACK")
        for done in group.waiting:
            if not done.done():
                done.set_exception(error)
                # Who was cancelled meanwhile asks no more.
                done.exception()

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
        run = self._run
        assert run is not None
        try:
            await self._off_loop(run.connection.execute, "COMMIT")
        except sqlite3.Error as error:
            self._fail(run, group, error)
            return
        self._group = None
        run.noted.clear()
        for done in group.waiting:
            if not done.done():
                done.set_result(None)
        call_all(group.after)


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
