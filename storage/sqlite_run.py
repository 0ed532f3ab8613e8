"""How one transaction executes on SQLite's own driver: on the thread that asks, or off the loop.

A writer's run notes what it wrote, so that it can be done once more when somebody who shares its commit fails
(storage/sqlite.py); and it keeps rows that every event asks for and that hardly ever change (storage/standing.py).
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Executable

from storage.compiled import ANY_TABLE, Statements, Values, only_reads
from storage.standing import WATCHED, Standing

OffLoop = Callable[..., Any]
"""`await off_loop(function, *arguments)` runs the function without holding the loop: `asyncio.to_thread`."""

MOST_NOTED = 4096
"""Executions that are noted; who writes more than that shares its commit with nobody behind it."""
_NOTHING: Values = {}


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


class DirectRun:
    """Statements on the thread that asks."""

    __slots__ = ("connection", "statements")

    def __init__(self, connection: sqlite3.Connection, statements: Statements) -> None:
        self.connection = connection
        self.statements = statements

    async def rows(self, statement: Executable, values: Values | None) -> Sequence[Any]:
        return self.rows_now(statement, values)

    async def touched(self, statement: Executable, values: Values | Sequence[Values] | None) -> int:
        return self.touched_now(statement, values)

    async def rows_of_many(self, statement: Executable, values: Sequence[Values]) -> Sequence[Any]:
        return [row for one in values for row in self.rows_now(statement, one)]

    async def sql(self, text: str, values: Sequence[Any]) -> Sequence[Any]:
        return self.connection.execute(text, values).fetchall()

    def rows_now(self, statement: Executable, values: Values | None) -> Sequence[Any]:
        """All rows."""
        values = values or _NOTHING
        compiled = self.statements.of(statement, values)
        sql, bound = compiled.bound(values)
        try:
            found = self.connection.execute(sql, bound).fetchall()
        except sqlite3.Error as error:
            raise _judged(error) from error
        if compiled.writes is not None:
            self._has_written(compiled.writes, sql, bound)
        return found if compiled.make_rows is None else compiled.make_rows(found)

    def touched_now(self, statement: Executable, values: Values | Sequence[Values] | None) -> int:
        """How many rows were touched."""
        if isinstance(values, Sequence):
            return self._many(statement, values)
        values = values or _NOTHING
        compiled = self.statements.of(statement, values)
        sql, bound = compiled.bound(values)
        try:
            cursor = self.connection.execute(sql, bound)
            # Until its rows are fetched, a statement that returns some has not ended.
            count = len(cursor.fetchall()) if compiled.returns else cursor.rowcount
        except sqlite3.Error as error:
            raise _judged(error) from error
        if compiled.writes is not None:
            self._has_written(compiled.writes, sql, bound)
        return count

    def inserted_now(self, statement: Executable, values: Values) -> int | None:
        """The number of the row that was inserted, None when none was."""
        compiled = self.statements.of(statement, values)
        sql, bound = compiled.bound(values)
        try:
            cursor = self.connection.execute(sql, bound)
        except sqlite3.Error as error:
            raise _judged(error) from error
        if compiled.writes is not None:
            self._has_written(compiled.writes, sql, bound)
        return cursor.lastrowid if cursor.rowcount == 1 else None

    def _many(self, statement: Executable, values: Sequence[Values]) -> int:
        if not values:
            return 0
        compiled = self.statements.of(statement, values[0])
        many = None if compiled.returns else compiled.bound_many(values)
        if many is None:
            return sum(self.touched_now(statement, one) for one in values)
        try:
            count = self.connection.executemany(*many).rowcount
        except sqlite3.Error as error:
            raise _judged(error) from error
        if compiled.writes is not None:
            self._has_written(compiled.writes, *many, many=True)
        return count

    def _has_written(self, table: str, sql: str, bound: Sequence[Any], *, many: bool = False) -> None:
        """This was executed without an error, and writes the table."""


def _judged(error: sqlite3.Error) -> Exception:
    return StorageUnavailable(str(error)) if is_trouble(error) else error


class WritingRun(DirectRun):
    """The same for the writer's connection: notes what it wrote, and keeps what stands."""

    __slots__ = ("noted", "standing")

    def __init__(self, connection: sqlite3.Connection, statements: Statements) -> None:
        super().__init__(connection, statements)
        self.standing = Standing()
        self.noted: list[tuple[str, Sequence[Any], bool]] = []
        """What was written since the group began, in order; at most `MOST_NOTED` and one."""

    @property
    def noted_all(self) -> bool:
        """Whether everything that was written can be done once more."""
        return len(self.noted) <= MOST_NOTED

    async def sql(self, text: str, values: Sequence[Any]) -> Sequence[Any]:
        found = self.connection.execute(text, values).fetchall()
        if not only_reads(text):
            self._has_written(ANY_TABLE, text, values)
        return found

    def _has_written(self, table: str, sql: str, bound: Sequence[Any], *, many: bool = False) -> None:
        if table in WATCHED:
            self.standing.clear()
        if len(self.noted) <= MOST_NOTED:
            self.noted.append((sql, bound, many))

    def redo(self) -> None:
        """Execute once more what is noted, in its order. Raises the driver's error."""
        for sql, bound, many in self.noted:
            if many:
                self.connection.executemany(sql, bound)
            else:
                self.connection.execute(sql, bound).fetchall()


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


async def to_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """The usual `OffLoop`."""
    return await asyncio.to_thread(function, *arguments)
