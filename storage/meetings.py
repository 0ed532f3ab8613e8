"""Meetings of cells: their notices, version by version, and when each speaks next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from bot.chat import Address
from bot.domain.ids import MeetingId, PersonId, UnitId
from bot.domain.meeting import MeetingKind, Plan
from bot.domain.reminder import Planned
from storage.database import Row, Tx, insert_new
from storage.schema import meeting_versions, meetings, units


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One meeting as its newest notice says. Replies count that were given to `asked_version` or later.

    `sent_by` sent the newest notice and follows the replies at the address `follow`."""

    id: MeetingId
    unit_id: UnitId
    plan: Plan
    version: int
    asked_version: int
    created_at: datetime
    sent_by: PersonId
    follow: Address
    cancelled_at: datetime | None
    next_due_at: datetime | None
    next_step: str | None

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        return self.plan.starts_at

    @property
    def batch(self) -> str:
        """What all words about this version are counted under."""
        return batch_of(self.id, self.version)


_by_id = select(meetings).where(meetings.c.id == bindparam("meeting"))
_by_key = select(meetings).where(meetings.c.confirm_key == bindparam("key"))
_lock_cell = select(units.c.id).where(units.c.id == bindparam("unit")).with_for_update()
_held = meetings.c.cancelled_at.is_(None)
_between = (
    select(meetings)
    .where(
        _held,
        meetings.c.unit_id == bindparam("unit"),
        meetings.c.starts_at >= bindparam("since"),
        meetings.c.starts_at < bindparam("until"),
    )
    .order_by(meetings.c.starts_at, meetings.c.id)
)
_coming_of = (
    select(meetings)
    .where(
        _held,
        meetings.c.unit_id.in_(bindparam("units", expanding=True)),
        meetings.c.starts_at > bindparam("now"),
    )
    .order_by(meetings.c.starts_at, meetings.c.id)
)
_last_place = (
    select(meetings.c.place).where(meetings.c.unit_id == bindparam("unit")).order_by(meetings.c.id.desc()).limit(1)
)
_add = insert_new(meetings, "confirm_key").returning(meetings.c.id)
_add_version = insert(meeting_versions)
_versions = select(meeting_versions).where(meeting_versions.c.meeting_id == bindparam("meeting"))
_change = (
    update(meetings)
    .where(meetings.c.id == bindparam("meeting"), meetings.c.version == bindparam("from_version"), _held)
    .values(
        starts_at=bindparam("to_start"),
        place=bindparam("to_place"),
        agenda=bindparam("to_agenda"),
        version=bindparam("to_version"),
        asked_version=bindparam("to_asked"),
        sent_by=bindparam("by"),
        account=bindparam("to_account"),
        chat=bindparam("to_chat"),
        next_due_at=bindparam("to_due"),
        next_step=bindparam("to_step"),
    )
)
_cancel = (
    update(meetings)
    .where(meetings.c.id == bindparam("meeting"), _held, meetings.c.starts_at > bindparam("at"))
    .values(cancelled_at=bindparam("at"), next_due_at=None, next_step=None)
)
_move = (
    update(meetings)
    .where(meetings.c.id == bindparam("meeting"))
    .values(next_due_at=bindparam("to_due"), next_step=bindparam("to_step"))
)
_due = (
    select(meetings.c.id)
    .where(meetings.c.next_due_at <= bindparam("now"))
    .order_by(meetings.c.next_due_at, meetings.c.id)
    .limit(500)
)
_claim = select(meetings).where(meetings.c.id == bindparam("meeting")).with_for_update(skip_locked=True)
_coming_due = (
    select(meetings).where(meetings.c.next_due_at.is_not(None)).order_by(meetings.c.next_due_at, meetings.c.id).limit(5)
)


def batch_of(meeting: MeetingId, version: int) -> str:
    """The batch of all words about one version of a meeting."""
    return f"meeting:{meeting}:v{version}"


def _to_meeting(row: Row) -> Meeting:
    return Meeting(
        id=MeetingId(row.id),
        unit_id=UnitId(row.unit_id),
        plan=Plan(kind=MeetingKind(row.kind), starts_at=row.starts_at, place=row.place, agenda=row.agenda),
        version=row.version,
        asked_version=row.asked_version,
        created_at=row.created_at,
        sent_by=PersonId(row.sent_by),
        follow=Address(row.account, row.chat),
        cancelled_at=row.cancelled_at,
        next_due_at=row.next_due_at,
        next_step=row.next_step,
    )


async def meeting_by_id(tx: Tx, meeting: MeetingId) -> Meeting | None:
    """The meeting, cancelled or not; None when there is none with this id."""
    row = await tx.first(_by_id, {"meeting": meeting})
    return _to_meeting(row) if row else None


async def lock_cell(tx: Tx, unit: UnitId) -> None:
    """Let nobody else add a meeting of this cell until the transaction ends, so that two who lead it see each
    other's."""
    await tx.first(_lock_cell, {"unit": unit})


async def meetings_between(tx: Tx, unit: UnitId, since: datetime, until: datetime) -> Sequence[Meeting]:
    """The cell's meetings that start in this time and are not cancelled."""
    return [_to_meeting(row) for row in await tx.all(_between, {"unit": unit, "since": since, "until": until})]


async def coming_meetings(tx: Tx, cells: Sequence[UnitId]) -> Sequence[Meeting]:
    """The meetings of these cells that have not started and are not cancelled, soonest first."""
    return [_to_meeting(row) for row in await tx.all(_coming_of, {"units": list(cells), "now": tx.now})]


async def last_place(tx: Tx, unit: UnitId) -> str:
    """Where the cell's newest meeting was called to; empty before the first."""
    return str(await tx.scalar(_last_place, {"unit": unit}) or "")


async def add_meeting(
    tx: Tx, *, key: str, unit: UnitId, plan: Plan, sent_by: PersonId, follow: Address, reminder: Planned | None
) -> tuple[Meeting, bool]:
    """The meeting confirmed under this key, and whether that happened just now: a key counts once."""
    values = {
        "unit_id": unit,
        "kind": plan.kind.value,
        "starts_at": plan.starts_at,
        "place": plan.place,
        "agenda": plan.agenda,
        "version": 1,
        "asked_version": 1,
        "confirm_key": key,
        "created_at": tx.now,
        "sent_by": sent_by,
        "account": follow.account,
        "chat": follow.chat,
        "next_due_at": reminder.at if reminder else None,
        "next_step": reminder.step if reminder else None,
    }
    new = await tx.first(_add, values) is not None
    row = await tx.first(_by_key, {"key": key})
    assert row is not None
    found = _to_meeting(row)
    if new:
        await _keep_version(tx, found)
    return found, new


async def change_meeting(
    tx: Tx, old: Meeting, *, plan: Plan, asks_again: bool, sent_by: PersonId, follow: Address, reminder: Planned | None
) -> Meeting | None:
    """The meeting with a new notice; None when another has changed or cancelled it since `old` was read.

    With `asks_again` what was replied so far does not count for it."""
    version = old.version + 1
    values = {
        "meeting": old.id,
        "from_version": old.version,
        "to_start": plan.starts_at,
        "to_place": plan.place,
        "to_agenda": plan.agenda,
        "to_version": version,
        "to_asked": version if asks_again else old.asked_version,
        "by": sent_by,
        "to_account": follow.account,
        "to_chat": follow.chat,
        "to_due": reminder.at if reminder else None,
        "to_step": reminder.step if reminder else None,
    }
    if await tx.run(_change, values) != 1:
        return None
    changed = await meeting_by_id(tx, old.id)
    assert changed is not None
    await _keep_version(tx, changed)
    return changed


async def _keep_version(tx: Tx, found: Meeting) -> None:
    values = {
        "meeting_id": found.id,
        "version": found.version,
        "starts_at": found.plan.starts_at,
        "place": found.plan.place,
        "agenda": found.plan.agenda,
        "sent_by": found.sent_by,
        "sent_at": tx.now,
    }
    await tx.run(_add_version, values)


async def plans_of(tx: Tx, found: Meeting) -> Mapping[int, Plan]:
    """What each version of the notice said."""
    return {
        row.version: Plan(kind=found.plan.kind, starts_at=row.starts_at, place=row.place, agenda=row.agenda)
        for row in await tx.all(_versions, {"meeting": found.id})
    }


async def cancel_meeting(tx: Tx, meeting: MeetingId) -> bool:
    """The meeting will not be held; False when it was cancelled before or has started."""
    return await tx.run(_cancel, {"meeting": meeting, "at": tx.now}) == 1


# ------------------------------------------------------------------------------------- reminders


async def due_meetings(tx: Tx) -> Sequence[int]:
    """The ids of meetings whose next reminder is due now."""
    return [row.id for row in await tx.all(_due, {"now": tx.now})]


async def claim_due(tx: Tx, meeting: MeetingId) -> Meeting | None:
    """The meeting, locked for this transaction, if it is still due now; None when another has acted."""
    row = await tx.first(_claim, {"meeting": meeting})
    if row is None or row.next_due_at is None or row.next_due_at > tx.now:
        return None
    return _to_meeting(row)


async def coming_reminders(tx: Tx) -> Sequence[Meeting]:
    """The meetings that speak next, soonest first, five at most."""
    return [_to_meeting(row) for row in await tx.all(_coming_due)]


async def move_on(tx: Tx, meeting: MeetingId, reminder: Planned | None) -> None:
    """When the meeting speaks next, and with which step; None: never again."""
    values = {
        "meeting": meeting,
        "to_due": reminder.at if reminder else None,
        "to_step": reminder.step if reminder else None,
    }
    await tx.run(_move, values)
