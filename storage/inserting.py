"""INSERT … ON CONFLICT, one form for both databases.

It is SQLite's of SQLAlchemy, which compiles for PostgreSQL as well, with the one thing that PostgreSQL's compiler asks
for beside: to have PostgreSQL's own is to load its dialect and all its drivers
(docs/decisions/0039-what-a-start-does-without.md).
"""

from typing import Any, Self

from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.schema import Table


class _DoNothing(OnConflictDoNothing):
    inherit_cache = True
    constraint_target = None
    """PostgreSQL could also be told the name of a constraint; SQLite could not."""


class _DoUpdate(OnConflictDoUpdate):
    inherit_cache = True
    constraint_target = None


class Insert(sqlite.Insert):
    """INSERT into a table, and what is done when a row with these keys is there already."""

    inherit_cache = True

    def on_conflict_do_nothing(self, index_elements: Any = None, index_where: Any = None) -> Self:
        """The row that is there stays as it is."""
        return self.ext(_DoNothing(index_elements, index_where))

    def on_conflict_do_update(
        self, index_elements: Any = None, index_where: Any = None, set_: Any = None, where: Any = None
    ) -> Self:
        """The row that is there gets these values."""
        return self.ext(_DoUpdate(index_elements, index_where, set_, where))


def insert(table: Table) -> Insert:
    """INSERT; for `excluded` and `on_conflict_do_update`."""
    return Insert(table)
