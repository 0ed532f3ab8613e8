"""Steps of a ladder that came too late to be said: reported to the secretaries, never sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from storage.database import Tx, insert_new
from storage.schema import missed_steps


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedStep:
    """A step that was not said, and when it should have been."""

    step: str
    planned_at: datetime


_add = insert_new(missed_steps, "kind", "subject_id", "step", "planned_at")
_of = (
    select(missed_steps.c.step, missed_steps.c.planned_at)
    .where(missed_steps.c.kind == bindparam("of_kind"), missed_steps.c.subject_id == bindparam("subject"))
    .order_by(missed_steps.c.planned_at)
)


async def add_missed(tx: Tx, *, kind: str, subject: int, step: str, planned_at: datetime) -> None:
    """Write down a missed step, once."""
    values = {"kind": kind, "subject_id": subject, "step": step, "planned_at": planned_at, "noticed_at": tx.now}
    await tx.run(_add, values)


async def missed_of(tx: Tx, *, kind: str, subject: int) -> Sequence[MissedStep]:
    """The missed steps of a subject ("pledge" and the round's id; "meeting" and the meeting's), oldest first."""
    rows = await tx.all(_of, {"of_kind": kind, "subject": subject})
    return [MissedStep(step=row.step, planned_at=row.planned_at) for row in rows]
