"""Whole copies of a SQLite database, made while others write, and the checks that a file is one.

`VACUUM INTO` reads one instant of the database: what commits meanwhile is in the next copy. It never holds the writer
up, and unlike SQLite's stepwise backup it ends also under a writer that never rests.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.faults import OperatorFault
from storage.migrate import revisions

BUSY_SECONDS = 10
MAGIC = b"SQLite format 3\0"
"""How every file of SQLite begins."""
GROWING = ("audit", "consents", "pledges", "rounds", "self_reports", "unit_versions")
"""Tables from which no row is ever deleted: a copy has at least what was there before it, and at most what was there
after."""

_WAITING = "SELECT count(*), min(due_at) FROM outbox WHERE finished_at IS NULL"


class CopyFault(OperatorFault):
    """A copy could not be made, or a file is none of this program's databases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a database file holds. `waiting`: messages that are still to be said, and since when the oldest is due."""

    revision: str
    rows: Mapping[str, int]
    size: int
    waiting: int
    waiting_since: str | None

    def __str__(self) -> str:
        return f"{self.size / 1e6:.1f} MB, {len(self.rows)} tables, {sum(self.rows.values())} rows"


def copy_database(source: Path, target: Path) -> Contents:
    """Copy the database as it is at this instant into a new file (0600), check the copy, and bring it to the disk.

    Raises `CopyFault` in words; then nothing is left of the target.
    """
    if not source.is_file():
        raise CopyFault(f"there is no database {source}")
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise CopyFault(f"{target} cannot be made: {error.strerror}") from None
    try:
        with _opened(source, "rw") as live:
            _find_room(live, target.parent)
            before = _count(live, GROWING)
            live.execute("VACUUM INTO ?", (str(target),))
            after = _count(live, GROWING)
        contents = check_copy(target)
        _compare(before, contents.rows, after)
        sync(target)
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise CopyFault(f"{source} could not be copied to {target.parent}: {error}") from None
    except CopyFault:
        target.unlink(missing_ok=True)
        raise
    return contents


def check_copy(file: Path) -> Contents:
    """Read the whole file and say what it holds. Raises `CopyFault` when it is damaged, or no database of this program,
    or of a newer version of it."""
    if not file.is_file():
        raise CopyFault(f"there is no file {file}")
    try:
        with _opened(file, "ro") as connection:
            return _contents(connection, file)
    except sqlite3.Error as error:
        raise CopyFault(f"{file} is not a database that can be read whole: {error}") from None


def fold_in(file: Path) -> bool:
    """Make the file whole by itself, without a write-ahead log beside it, if nobody else has it open; False when it
    is too damaged to be opened. Raises `CopyFault` when somebody has it open."""
    with file.open("rb") as content:
        if content.read(len(MAGIC)) != MAGIC:
            return False  # SQLite would throw its log away
    try:
        with _opened(file, "rw", seconds=1) as connection:
            # SQLite leaves the write-ahead log only for whoever is alone.
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise CopyFault(f"another program has {file} open; close it first") from None
        return False
    return True


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _opened(file: Path, mode: str, *, seconds: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
    address = f"{file.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=seconds)
    try:
        yield connection
    finally:
        connection.close()


def _contents(connection: sqlite3.Connection, file: Path) -> Contents:
    faults = [line for (line,) in connection.execute("PRAGMA integrity_check(3)")]
    if faults != ["ok"]:
        raise CopyFault(f"{file} is damaged: {'; '.join(faults)}")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if not {"alembic_version", "events", "outbox", "people"} <= set(tables):
        raise CopyFault(f"{file} is no database of this program")
    (revision,) = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()
    if revision not in revisions():
        raise CopyFault(f"{file} is of a newer version of this program (schema {revision}); update the program first")
    waiting, since = connection.execute(_WAITING).fetchone()
    return Contents(
        revision=revision,
        rows=_count(connection, [table for table in tables if not table.startswith("sqlite_")]),
        size=file.stat().st_size,
        waiting=waiting,
        waiting_since=since[:16] if since else None,
    )


def _find_room(live: sqlite3.Connection, folder: Path) -> None:
    (needed,) = live.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise CopyFault(f"{folder} has {free // 1_000_000} MB free, and the copy may need {needed // 1_000_000} MB")


def _compare(before: Mapping[str, int], copied: Mapping[str, int], after: Mapping[str, int]) -> None:
    for table, least in before.items():
        if not least <= copied.get(table, -1) <= after[table]:
            raise CopyFault(f"the copy has {copied.get(table, 0)} rows of {table}, and the database has {after[table]}")


def _count(connection: sqlite3.Connection, tables: Sequence[str]) -> dict[str, int]:
    counted = {}
    for table in tables:
        # The names come from the schema itself.
        (counted[table],) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
    return counted
