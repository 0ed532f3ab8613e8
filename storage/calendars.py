"""When the next round of each top committee opens: a dated fact that the tick finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, select, update

from bot.domain.ids import UnitId
from storage.database import Tx, insert_new
from storage.schema import calendars


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A calendar that is due: rounds are opened for the cells after `window_at`."""

    unit_id: UnitId
    window_at: int
    next_due_at: datetime


_start = insert_new(calendars, "unit_id")
# What was due before stays due since then: it tells what passed unnoticed meanwhile.
_poke = update(calendars).values(
    window_at=0,
    next_due_at=case(
        (calendars.c.next_due_at < bindparam("to_due"), calendars.c.next_due_at), else_=bindparam("to_due")
    ),
)
_due = select(calendars.c.unit_id).where(calendars.c.next_due_at <= bindparam("now")).order_by(calendars.c.unit_id)
_claim = (
    select(calendars)
    .where(calendars.c.unit_id == bindparam("unit"), calendars.c.next_due_at <= bindparam("now"))
    .with_for_update(skip_locked=True)
)
_move = (
    update(calendars)
    .where(calendars.c.unit_id == bindparam("unit"))
    .values(window_at=bindparam("to_window"), next_due_at=bindparam("to_due"))
)
_coming = (
    select(calendars.c.next_due_at)
    .where(calendars.c.next_due_at.is_not(None))
    .order_by(calendars.c.next_due_at)
    .limit(1)
)


async def start_calendar(tx: Tx, unit: UnitId) -> None:
    """The committee opens rounds from now on; it is looked at with the next tick."""
    await tx.run(_start, {"unit_id": unit, "next_due_at": tx.now})


async def look_again(tx: Tx) -> None:
    """Something changed (a new cell, the calendar): let the next tick see whether a round is to be opened."""
    await tx.run(_poke, {"to_due": tx.now})


async def due_calendars(tx: Tx) -> Sequence[int]:
    """The units whose calendar is due now."""
    return [row.unit_id for row in await tx.all(_due, {"now": tx.now})]


async def claim_calendar(tx: Tx, unit: UnitId) -> Opening | None:
    """The calendar, locked for this transaction, if it is still due."""
    row = await tx.first(_claim, {"unit": unit, "now": tx.now})
    return Opening(unit_id=unit, window_at=row.window_at, next_due_at=row.next_due_at) if row else None


async def move_calendar(tx: Tx, unit: UnitId, *, next_due_at: datetime | None, window_at: int = 0) -> None:
    """When the calendar is looked at next, and after which cell it goes on (0: it begins anew)."""
    await tx.run(_move, {"unit": unit, "to_window": window_at, "to_due": next_due_at})


async def coming_calendar(tx: Tx) -> datetime | None:
    """When the next calendar is due."""
    due = await tx.scalar(_coming)
    assert due is None or isinstance(due, datetime)
    return due
