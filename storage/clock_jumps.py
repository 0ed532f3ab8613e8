"""After the clock was set back: what was to happen at once by the old clock must not wait until it says so again.

What was planned for a time of day (a step of a ladder, a reminder that somebody put off) stays where it is. Nothing is
said a second time: rows are only made due, and their unique keys stay.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, or_, update

from bot.domain.roster_import import LEASE, ImportState
from storage.database import Tx
from storage.schema import broadcasts, calendars, imports, outbox, rounds, sayings

SLACK = timedelta(minutes=1)
"""Machines that write to one database may differ by so much."""
LONGEST_PAUSE = timedelta(hours=6)
"""No message waits longer for another try."""

_now: BindParameter[Any] = bindparam("at")
_ahead: BindParameter[Any] = bindparam("ahead")
_letters = (
    update(outbox)
    .where(
        outbox.c.state == "queued",
        outbox.c.due_at > _now,
        or_(
            and_(outbox.c.created_at > _ahead, outbox.c.due_at <= outbox.c.created_at),
            and_(outbox.c.failure.is_not(None), outbox.c.due_at > bindparam("of_trial")),
        ),
    )
    .values(due_at=_now)
)
_opened = update(rounds).where(rounds.c.opened_at > _ahead).values(opened_at=_now)
_confirmed = (
    update(broadcasts)
    .where(broadcasts.c.confirmed_at > _ahead, broadcasts.c.due_at <= broadcasts.c.confirmed_at)
    .values(due_at=_now)
)
_moving = update(broadcasts).where(broadcasts.c.next_due_at > _now).values(next_due_at=_now)
_opening = update(calendars).where(calendars.c.next_due_at > _now).values(next_due_at=_now)
_saying = update(sayings).where(sayings.c.next_due_at > _now).values(next_due_at=_now)
_checking = (
    update(imports)
    .where(imports.c.state == ImportState.RECEIVED.value, imports.c.next_due_at > bindparam("leased"))
    .values(next_due_at=_now)
)


async def mend(tx: Tx, *, seen: bool = True) -> None:
    """Make due now what an older clock, ahead of this one, put off. `seen`: the clock was seen going back; without it
    (at the start of the program) only what no right clock can have written."""
    now = tx.now
    ahead = now if seen else now + SLACK
    await tx.run(_letters, {"at": now, "ahead": ahead, "of_trial": now if seen else now + LONGEST_PAUSE})
    await tx.run(_opened, {"at": now, "ahead": ahead})
    await tx.run(_confirmed, {"at": now, "ahead": ahead})
    for statement in (_moving, _opening, _saying):
        await tx.run(statement, {"at": now})
    await tx.run(_checking, {"at": now, "leased": now + LEASE})
