"""What every event asks for and what hardly ever changes: who is at an address, a round, where a unit stands.

Who makes such a thing of rows may keep it in `Tx.standing`, under a key that names all that the rows depend on beside
the tables (`standing(statement)` says which those are). It is kept by the writer of a SQLite database, beside its
connection, and only as long as it is surely what the database would say: whatever writes one of those tables forgets
everything, and so does whatever is rolled back, and a commit of another process (storage/sqlite.py asks for that once a
group, while nobody else can write). Elsewhere nothing is kept.
"""

from collections.abc import Hashable
from typing import Any, TypeVar, cast

from sqlalchemy import Executable, Table
from sqlalchemy.sql import visitors

from storage.compiled import ANY_TABLE

MOST_KEPT = 256
"""What is kept; more than that is forgotten together."""

S = TypeVar("S", bound=Executable)

WATCHED: set[str] = {ANY_TABLE}
"""The tables from whose rows something may be kept: who writes one of them calls `Standing.clear`."""


def standing(statement: S) -> S:
    """The statement, from whose rows something is kept: what writes a table that it reads is watched."""
    WATCHED.update(part.name for part in visitors.iterate(cast("Any", statement)) if isinstance(part, Table))
    return statement


class Standing:
    """What is kept."""

    __slots__ = ("_kept", "get")

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}
        self.get = self._kept.get
        """What is kept under this key, or None."""

    def keep(self, key: Hashable, made: Any) -> None:
        """This is what the database says. It is not changed by anybody."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = made

    def clear(self) -> None:
        """Nothing is sure any more."""
        self._kept.clear()


class Nothing(Standing):
    """Where nothing may be kept."""

    def keep(self, key: Hashable, made: Any) -> None:
        return
