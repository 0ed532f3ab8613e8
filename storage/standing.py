"""Rows that every event asks for and that hardly ever change: who is at an address, a round, where a unit stands.

A statement says of itself that its rows may be kept (`standing(statement)`). They are kept by the writer of a SQLite
database, beside its connection, and only as long as they are surely what the database would say: whatever writes a
table that such a statement reads forgets them all, and so does whatever is rolled back, and a commit of another process
(storage/sqlite.py asks for it once a group, while nobody else can write).
"""

from collections.abc import Hashable, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Executable, Table
from sqlalchemy.sql import visitors

MOST_KEPT = 256
"""Answers that are kept; more than that are forgotten together."""
STANDS = "bon_tot_stands"

S = TypeVar("S", bound=Executable)

_tables: set[str] = set()


def standing(statement: S) -> S:
    """The statement, whose rows may be kept as long as nothing is written to the tables that it reads."""
    _tables.update(part.name for part in visitors.iterate(cast("Any", statement)) if isinstance(part, Table))
    return statement.execution_options(**{STANDS: True})


class Standing:
    """What is kept."""

    __slots__ = ("_kept", "get")

    def __init__(self) -> None:
        self._kept: dict[Hashable, Sequence[Any]] = {}
        self.get = self._kept.get
        """The rows that are kept under this key, or None."""

    def keep(self, key: Hashable, rows: Sequence[Any]) -> None:
        """These are the rows."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = tuple(rows)

    def written(self, table: str) -> None:
        """Something was written to the table."""
        if self._kept and table in _tables:
            self._kept.clear()

    def clear(self) -> None:
        """Nothing is sure any more."""
        self._kept.clear()
