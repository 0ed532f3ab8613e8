"""A country that is there before anything starts: committees, cells and members by the million."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import SystemClock
from storage.database import Database, sqlite_url
from storage.migrate import upgrade

ACCOUNT = "telegram"
CELLS_EACH = 40
"""Cells of a commune."""
QUICK = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "foreign_keys = OFF",
    "cache_size = -400000",
    "temp_store = MEMORY",
    "threads = 2",
)
"""While it is made, nobody would miss it; afterwards the program has it as it always does."""
INDEXES = """
SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
AND tbl_name IN ('memberships', 'addresses', 'roles', 'people', 'unit_versions')
"""

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
# Unit 1 is the top, then the communes, then their cells; the first member of every cell is its secretary.
_SQL = """
{units} INSERT INTO units (id, created_at) SELECT i, '{now}' FROM n;

INSERT INTO unit_versions (unit_id, name, name_key, kind, cell_kind, parent_id, valid_from)
SELECT id, CASE WHEN id = 1 THEN 'Đảng bộ Mẫu' WHEN id <= 1 + {communes} THEN 'Đảng ủy xã ' || id
           ELSE 'Chi bộ thôn ' || id END,
       'mau ' || id, CASE WHEN id <= 1 + {communes} THEN 'committee' ELSE 'cell' END,
       CASE WHEN id <= 1 + {communes} THEN NULL ELSE 'village' END,
       CASE WHEN id = 1 THEN NULL WHEN id <= 1 + {communes} THEN 1 ELSE 2 + (id - 2 - {communes}) / {each} END,
       '2020-01-01'
FROM units;

{people} INSERT INTO people (id, full_name, name_key, created_at)
SELECT i, 'Nguyễn Văn Mẫu ' || i, 'nguyen van mau', '{now}' FROM n;

INSERT INTO memberships (person_id, unit_id, status, valid_from)
SELECT id, 2 + {communes} + (id - 1) / {size}, 'official', '2020-01-01' FROM people;

INSERT INTO addresses (account, chat, person_id, linked_at, preferred)
SELECT '{account}', CAST(1000000 + id AS TEXT), id, '{now}', 0 FROM people;

INSERT INTO roles (person_id, unit_id, role, valid_from)
SELECT person_id, unit_id, 'secretary', '2020-01-01' FROM memberships WHERE (person_id - 1) % {size} = 0;

INSERT INTO calendars (unit_id, window_at, next_due_at) VALUES (1, 0, NULL)
"""


@dataclass(frozen=True, slots=True)
class Nation:
    """How large it is. The top is unit 1."""

    cells: int
    size: int

    @property
    def people(self) -> int:
        return self.cells * self.size

    @property
    def communes(self) -> int:
        return -(-self.cells // CELLS_EACH)

    @property
    def first_cell(self) -> int:
        """The units from here on are cells."""
        return 2 + self.communes


async def found(file: Path, nation: Nation) -> None:
    """Make the database."""
    database = Database(sqlite_url(file), clock=SystemClock())
    try:
        await upgrade(database)
    finally:
        await database.close()
    await asyncio.to_thread(_fill, file, nation)


def _fill(file: Path, nation: Nation) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for setting in QUICK:
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        # Indexes are made when the rows are there: that is how so many are had in seconds.
        indexes = connection.execute(INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        for statement in _filled(nation).split(";"):
            connection.execute(statement)
        for _, text in indexes:
            connection.execute(text)
        connection.execute("COMMIT")


def _filled(nation: Nation) -> str:
    now = stored(datetime(2026, 1, 1, tzinfo=UTC))
    return _SQL.format(
        units=_NUMBERS.format(count=1 + nation.communes + nation.cells),
        people=_NUMBERS.format(count=nation.people),
        communes=nation.communes,
        each=CELLS_EACH,
        size=nation.size,
        account=ACCOUNT,
        now=now,
    )


def stored(instant: datetime) -> str:
    """An instant as SQLite keeps it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
