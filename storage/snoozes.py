"""What people asked for themselves: "nhắc lại sau". One for a person and subject at a time; a new one replaces it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from bot.domain.ids import PersonId, SnoozeId
from storage.database import Row, Tx
from storage.lists import padded
from storage.schema import snoozes


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """A reminder that a person put off; `kind` and `subject_id` name what it is about ("pledge", a round)."""

    id: SnoozeId
    person_id: PersonId
    kind: str
    subject_id: int
    next_due_at: datetime


_same = (
    snoozes.c.person_id == bindparam("person"),
    snoozes.c.kind == bindparam("of_kind"),
    snoozes.c.subject_id == bindparam("subject"),
)
_drop = delete(snoozes).where(*_same)
_add = insert(snoozes)
_due = (
    select(snoozes.c.id)
    .where(snoozes.c.next_due_at <= bindparam("now"))
    .order_by(snoozes.c.next_due_at, snoozes.c.id)
    .limit(500)
)
_claim = select(snoozes).where(snoozes.c.id == bindparam("snooze")).with_for_update(skip_locked=True)
_done = delete(snoozes).where(snoozes.c.id == bindparam("snooze"))
_waiting = select(snoozes.c.person_id).where(
    snoozes.c.person_id.in_(bindparam("persons", expanding=True)),
    snoozes.c.kind == bindparam("of_kind"),
    snoozes.c.subject_id == bindparam("subject"),
)
_of_person = (
    select(snoozes)
    .where(snoozes.c.person_id == bindparam("person"), snoozes.c.next_due_at.is_not(None))
    .order_by(snoozes.c.next_due_at)
)
_coming = (
    select(snoozes.c.next_due_at).where(snoozes.c.next_due_at.is_not(None)).order_by(snoozes.c.next_due_at).limit(1)
)


def _to_snooze(row: Row) -> Snooze:
    return Snooze(
        id=SnoozeId(row.id),
        person_id=PersonId(row.person_id),
        kind=row.kind,
        subject_id=row.subject_id,
        next_due_at=row.next_due_at,
    )


async def put_off(tx: Tx, *, person: PersonId, kind: str, subject: int, until: datetime) -> None:
    """Remind the person of this subject at `until`, instead of any earlier wish about it."""
    await tx.run(_drop, {"person": person, "of_kind": kind, "subject": subject})
    values = {"person_id": person, "kind": kind, "subject_id": subject, "next_due_at": until, "created_at": tx.now}
    await tx.run(_add, values)


async def due_snoozes(tx: Tx) -> Sequence[int]:
    """The ids of snoozes that are due now."""
    return [row.id for row in await tx.all(_due, {"now": tx.now})]


async def take_due(tx: Tx, snooze: SnoozeId) -> Snooze | None:
    """The snooze if it is still due, taken: it will not be due again. None when another has taken it."""
    row = await tx.first(_claim, {"snooze": snooze})
    if row is None or row.next_due_at is None or row.next_due_at > tx.now:
        return None
    await tx.run(_done, {"snooze": snooze})
    return _to_snooze(row)


async def snoozing(tx: Tx, persons: Sequence[PersonId], *, kind: str, subject: int) -> frozenset[PersonId]:
    """Who of these has asked to be reminded of this subject later, and not yet been."""
    if not persons:
        return frozenset()
    rows = await tx.all(_waiting, {"persons": padded(persons), "of_kind": kind, "subject": subject})
    return frozenset(PersonId(row.person_id) for row in rows)


async def snoozes_of(tx: Tx, person: PersonId) -> Sequence[Snooze]:
    """What the person has put off, soonest first."""
    return [_to_snooze(row) for row in await tx.all(_of_person, {"person": person})]


async def coming_snooze(tx: Tx) -> datetime | None:
    """When the next snooze is due."""
    due = await tx.scalar(_coming)
    assert due is None or isinstance(due, datetime)
    return due
