"""Many new rows that are alike but for a few columns, in few statements.

What they have in common is given once for all of them. A statement a row costs SQLite three times as much: it begins
and ends each, and is told every column of each.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Insert, bindparam, column, select, true, values
from sqlalchemy.schema import Table

from storage.database import Tx, Values
from storage.inserting import insert
from storage.lists import padded

AT_ONCE = 64
"""Rows of one statement. More would save little, and to compile it would hold the loop up for longer."""


class Alike:
    """New rows of a table whose `key` is not there yet. They differ in these columns, of which the key is one and is
    never None; all others of the table are given, or have no value."""

    def __init__(self, table: Table, *, key: str, differing: Sequence[str]) -> None:
        assert key in differing
        self._table = table
        self._key = key
        self._differing = differing
        self._made: dict[tuple[int, tuple[str, ...]], tuple[Insert, Sequence[str]]] = {}

    async def put(self, tx: Tx, same: Values, rows: Sequence[Sequence[Any]]) -> None:
        """Add a row for each of these, in their order: its values of the differing columns, and of the others what is
        the same. Those whose key is there already, or comes again, are left out."""
        same = {name: value for name, value in same.items() if name not in self._differing}
        for start in range(0, len(rows), AT_ONCE):
            # What is repeated to come to a round number is left out for its key.
            some = padded(rows[start : start + AT_ONCE])
            statement, names = self._statement(len(some), tuple(same))
            await tx.run(statement, {**same, **dict(zip(names, chain.from_iterable(some), strict=True))})

    def _statement(self, size: int, same: tuple[str, ...]) -> tuple[Insert, Sequence[str]]:
        """The statement for so many rows, and the names of their values, row by row."""
        made = self._made.get((size, same))
        if made is None:
            made = self._made[size, same] = self._make(size, same)
        return made

    def _make(self, size: int, same: tuple[str, ...]) -> tuple[Insert, Sequence[str]]:
        types = {one.key: one.type for one in self._table.columns}
        names = [[f"{name}_{row}" for name in self._differing] for row in range(size)]
        given = [
            tuple(bindparam(bound, type_=types[name]) for name, bound in zip(self._differing, row, strict=True))
            for row in names
        ]
        new = values(*(column(name, types[name]) for name in self._differing), name="given").data(given).cte("given")
        found = select(*new.c, *(bindparam(name, type_=types[name]) for name in same)).where(true())
        statement = (
            insert(self._table)
            .from_select([*self._differing, *same], found)
            .on_conflict_do_nothing([self._key], index_where=self._table.c[self._key].is_not(None))
        )
        return statement, list(chain.from_iterable(names))
