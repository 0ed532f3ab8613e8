"""Steps of rounds that are being said, or, when they were missed, told: some people at a time, until nobody is left.

However many a round asks, its step costs one row; `window_at` is the last person (of a missed step: the last cell) for
whom everything is in the outbox, and moves in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from bot.domain.ids import RoundId, SayingId
from storage.database import Tx, insert_new
from storage.schema import sayings


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One step on its way. `due_at`: when it is said; None when it was missed and those who lead are told."""

    id: SayingId
    round_id: RoundId
    step: str
    planned_at: datetime
    due_at: datetime | None
    expires_at: datetime | None
    window_at: int


_add = insert_new(sayings, "round_id", "step", "planned_at")
_due = (
    select(sayings.c.id)
    .where(sayings.c.next_due_at <= bindparam("now"))
    .order_by(sayings.c.next_due_at, sayings.c.id)
    .limit(100)
)
_claim = (
    select(sayings)
    .where(sayings.c.id == bindparam("saying"), sayings.c.next_due_at <= bindparam("now"))
    .with_for_update(skip_locked=True)
)
_move = (
    update(sayings)
    .where(sayings.c.id == bindparam("saying"))
    .values(window_at=bindparam("to_window"), next_due_at=bindparam("to_due"))
)
_end = delete(sayings).where(sayings.c.id == bindparam("saying"))
_coming = select(sayings.c.next_due_at).order_by(sayings.c.next_due_at).limit(1)


async def begin(
    tx: Tx,
    round_id: RoundId,
    *,
    step: str,
    planned_at: datetime,
    due_at: datetime | None,
    expires_at: datetime | None,
) -> None:
    """The step is to be said, or (without `due_at`) was missed and is to be told; it begins with this tick."""
    values = {
        "round_id": round_id,
        "step": step,
        "planned_at": planned_at,
        "due_at": due_at,
        "expires_at": expires_at,
        "window_at": 0,
        "next_due_at": tx.now,
    }
    await tx.run(_add, values)


async def due_sayings(tx: Tx) -> Sequence[int]:
    """Steps of which the next people are to be told now."""
    return [row.id for row in await tx.all(_due, {"now": tx.now})]


async def claim_due(tx: Tx, saying: SayingId) -> Saying | None:
    """The step, locked for this transaction, if it still goes on now."""
    row = await tx.first(_claim, {"saying": saying, "now": tx.now})
    if row is None:
        return None
    return Saying(
        id=SayingId(row.id),
        round_id=RoundId(row.round_id),
        step=row.step,
        planned_at=row.planned_at,
        due_at=row.due_at,
        expires_at=row.expires_at,
        window_at=row.window_at,
    )


async def move_on(tx: Tx, saying: SayingId, *, window_at: int, next_due_at: datetime) -> None:
    """Everybody up to here has what is to be said in the outbox."""
    await tx.run(_move, {"saying": saying, "to_window": window_at, "to_due": next_due_at})


async def end(tx: Tx, saying: SayingId) -> None:
    """Everybody has."""
    await tx.run(_end, {"saying": saying})


async def coming_saying(tx: Tx) -> datetime | None:
    """When the next step goes on."""
    due = await tx.scalar(_coming)
    assert due is None or isinstance(due, datetime)
    return due
