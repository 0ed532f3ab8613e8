"""What can be seen of a running installation at any moment, cheaply: what waits, what is overdue, does it answer.

Every statement goes by a partial index over what is unfinished, so that it costs the same however much was said before.
"""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, literal, literal_column, select, union_all

from storage import kept
from storage.database import Database, Mistaken, StorageUnavailable, Tx, sqlite_file
from storage.lanes import Lane, all_lanes
from storage.schema import metadata, outbox

PATIENCE_SECONDS = 5.0
_TRIED = "written"
"""The name under which it is kept when somebody last tried to write."""

_phase = case(
    (outbox.c.state == "in_flight", "in_flight"),
    (outbox.c.due_at <= bindparam("now"), "waiting"),
    else_="planned",
)
_waiting = (
    select(
        outbox.c.account, _phase.label("phase"), func.count().label("rows"), func.min(outbox.c.due_at).label("oldest")
    )
    .where(outbox.c.finished_at.is_(None))
    .group_by(outbox.c.account, literal_column("phase"))
    .order_by(outbox.c.account, literal_column("phase"))
)
_dated = [table for table in metadata.sorted_tables if "next_due_at" in table.c]
_overdue = union_all(
    *(
        select(
            literal(table.name).label("kind"),
            func.count().label("rows"),
            func.min(table.c.next_due_at).label("oldest"),
        ).where(table.c.next_due_at < bindparam("before", type_=table.c.next_due_at.type))
        for table in _dated
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The unfinished rows of an account's outbox: `waiting` are due, `planned` later, `in_flight` with the sender.
    `oldest`: since when the first of them is due."""

    account: str
    state: str
    rows: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Dated facts of one kind (the table's name) that should have acted."""

    kind: str
    rows: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What was seen at an instant."""

    at: datetime
    waiting: Sequence[Waiting]
    overdue: Sequence[Overdue]
    lanes: Sequence[Lane]


async def waiting(tx: Tx) -> Sequence[Waiting]:
    """What of the outbox is unfinished."""
    return [
        Waiting(account=row.account, state=row.phase, rows=row.rows, oldest=row.oldest)
        for row in await tx.all(_waiting, {"now": tx.now})
    ]


async def overdue(tx: Tx, *, before: datetime) -> Sequence[Overdue]:
    """Every kind of dated fact, with those that were due before the instant and have not acted."""
    return [
        Overdue(kind=row.kind, rows=row.rows, oldest=row.oldest) for row in await tx.all(_overdue, {"before": before})
    ]


async def look(database: Database, *, overdue_before: datetime) -> Vitals | None:
    """What is to be seen now; None when the database does not answer in time."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), database.read() as tx:
            return Vitals(
                at=tx.now,
                waiting=await waiting(tx),
                overdue=await overdue(tx, before=overdue_before),
                lanes=await all_lanes(tx),
            )
    except (StorageUnavailable, *Mistaken, OSError):  # a time-out is an OSError
        return None


async def cannot_write(database: Database) -> str | None:
    """Why nothing can be written; None: it can. It is tried only after a write has failed: so whoever asks often costs
    nothing, and the end of the trouble is seen also while nobody speaks."""
    if database.trouble is None:
        return None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), database.write() as tx:
            await kept.put(tx, _TRIED, tx.now.isoformat())
    except (StorageUnavailable, TimeoutError):
        return database.trouble
    return None


async def free_bytes(database: Database) -> int | None:
    """The room on the disk of a SQLite database; None for PostgreSQL, whose disk is elsewhere."""
    file = sqlite_file(database.url)
    return (await asyncio.to_thread(shutil.disk_usage, file.parent)).free if file else None
