"""What `bot.py doctor` reads: everything stored that tells whether the spine is well. Numbers, states, instants and
reasons; no name, no address, no word that anybody wrote.

These statements read whole tables: they are for somebody who asks now and then, not for a watcher.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import DateTime, Executable, bindparam, case, func, literal_column, select, text

from bot.faults import OperatorFault
from storage.accounts import Account, overview
from storage.database import Database, Mistaken, StorageUnavailable, Tx
from storage.schema import audit, dead_letters, events, missed_steps, outbox
from storage.vitals import Overdue, overdue

NEWEST_INCIDENTS = 10


class Unreadable(OperatorFault):
    """The database cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxCount:
    """An account's rows in one state; queued ones are `waiting` (due) or `planned` (later). `oldest`: when the first
    of them was due."""

    account: str
    state: str
    rows: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """Messages of an account that failed for one reason: ended so in the time that was asked about, or still tried
    (`queued`)."""

    account: str
    state: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An event whose handling failed; the log has the story under the number."""

    account: str
    number: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An event that failed and is kept, to be replayed; `error` is the kind of failure, `tries` the replays that failed
    too."""

    account: str
    number: str
    at: datetime
    error: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedCount:
    """Steps of ladders that came too late to be said."""

    kind: str
    step: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All of it. `heard`: the newest event of each account; `newest`: the newest instant that anything stored has;
    `server_now`: the database server's own clock, where it has one."""

    outbox: Sequence[OutboxCount]
    failures: Sequence[FailureCount]
    incidents: int
    newest_incidents: Sequence[Incident]
    letters: Sequence[Letter]
    overdue: Sequence[Overdue]
    missed: Sequence[MissedCount]
    accounts: Sequence[Account]
    heard: Mapping[str, datetime]
    newest: datetime | None
    server_now: datetime | None
    size: int


_phase = case(
    (outbox.c.state != "queued", outbox.c.state), (outbox.c.due_at <= bindparam("now"), "waiting"), else_="planned"
)
_outbox = (
    select(outbox.c.account, _phase.label("phase"), func.count().label("rows"), func.min(outbox.c.due_at).label("due"))
    .group_by(outbox.c.account, literal_column("phase"))
    .order_by(outbox.c.account, literal_column("phase"))
)
_failures = (
    select(outbox.c.account, outbox.c.state, outbox.c.failure, func.count().label("rows"))
    .where(
        outbox.c.state.in_(["blocked", "failed", "missed", "uncertain"]) & (outbox.c.finished_at >= bindparam("since"))
        | (outbox.c.state == "queued") & outbox.c.failure.is_not(None)
    )
    .group_by(outbox.c.account, outbox.c.state, outbox.c.failure)
    .order_by(func.count().desc())
)
_failed_events = select(events).where(events.c.incident.is_not(None), events.c.seen_at >= bindparam("since"))
_incidents = select(func.count()).select_from(_failed_events.subquery())
_newest_incidents = _failed_events.order_by(events.c.seen_at.desc()).limit(NEWEST_INCIDENTS)
_letters = (
    select(
        dead_letters.c.account,
        dead_letters.c.incident,
        dead_letters.c.failed_at,
        dead_letters.c.error,
        dead_letters.c.tries,
    )
    .where(dead_letters.c.payload.is_not(None))
    .order_by(dead_letters.c.id)
)
_missed = (
    select(missed_steps.c.kind, missed_steps.c.step, func.count().label("rows"))
    .where(missed_steps.c.noticed_at >= bindparam("since"))
    .group_by(missed_steps.c.kind, missed_steps.c.step)
    .order_by(missed_steps.c.kind, missed_steps.c.step)
)
_heard = select(events.c.account, func.max(events.c.seen_at).label("at")).group_by(events.c.account)
_newest = [select(func.max(column)) for column in (outbox.c.created_at, audit.c.at)]
_size = {
    True: text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"),
    False: text("SELECT pg_database_size(current_database())"),
}
_server_now = select(func.now(type_=DateTime(timezone=True)))
_revision = text("SELECT version_num FROM alembic_version")


async def revision_of(database: Database) -> str | None:
    """The form of the tables; None when there are none yet. Raises `Unreadable`."""
    try:
        async with database.read() as tx:
            await tx.scalar(select(1))
            found = await _or_none(tx, _revision)
    except (StorageUnavailable, *Mistaken, OSError) as error:
        raise Unreadable(f"the database cannot be read ({type(error).__name__})") from None
    return str(found) if found else None


async def diagnose(database: Database, *, since: datetime, overdue_before: datetime) -> Diagnosis:
    """Read it all, from tables of the newest form. Raises `Unreadable`."""
    try:
        async with database.read() as tx:
            return await _diagnose(tx, sqlite=database.is_sqlite, since=since, overdue_before=overdue_before)
    except (StorageUnavailable, *Mistaken, OSError) as error:
        raise Unreadable(f"the database cannot be read ({type(error).__name__})") from None


async def _diagnose(tx: Tx, *, sqlite: bool, since: datetime, overdue_before: datetime) -> Diagnosis:
    heard = {row.account: row.at for row in await tx.all(_heard)}
    newest = [*heard.values(), *[at for statement in _newest if (at := await tx.scalar(statement)) is not None]]
    return Diagnosis(
        outbox=[
            OutboxCount(account=row.account, state=row.phase, rows=row.rows, oldest=row.due)
            for row in await tx.all(_outbox, {"now": tx.now})
        ],
        failures=[
            FailureCount(account=row.account, state=row.state, reason=row.failure or "", rows=row.rows)
            for row in await tx.all(_failures, {"since": since})
        ],
        incidents=int(await tx.scalar(_incidents, {"since": since})),
        newest_incidents=[
            Incident(account=row.account, number=row.incident, at=row.seen_at)
            for row in await tx.all(_newest_incidents, {"since": since})
        ],
        letters=[
            Letter(account=row.account, number=row.incident, at=row.failed_at, error=row.error, tries=row.tries)
            for row in await tx.all(_letters)
        ],
        overdue=[found for found in await overdue(tx, before=overdue_before) if found.rows],
        missed=[
            MissedCount(kind=row.kind, step=row.step, rows=row.rows) for row in await tx.all(_missed, {"since": since})
        ],
        accounts=await overview(tx),
        heard=heard,
        newest=max(newest, default=None),
        server_now=None if sqlite else await tx.scalar(_server_now),
        size=int(await tx.scalar(_size[sqlite])),
    )


async def _or_none(tx: Tx, statement: Executable) -> object:
    try:
        return await tx.scalar(statement)
    except (StorageUnavailable, *Mistaken):
        return None
