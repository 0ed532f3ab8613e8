"""Messages that waited until it was too late to say them: they become missed, as dated facts of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, literal, literal_column, select, update

from bot.domain.ids import PersonId, UnitId
from bot.domain.member import PRESENT
from storage.database import Tx
from storage.lists import padded
from storage.organisation import today, valid_on
from storage.outbox import STOPPED
from storage.schema import memberships, outbox

_queued = outbox.c.state == literal_column("'queued'")
_late = (
    select(outbox.c.id)
    .where(_queued, outbox.c.expires_at < bindparam("now"))
    .order_by(outbox.c.expires_at, outbox.c.id)
    .limit(500)
)
_miss = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("rows", expanding=True)), _queued, outbox.c.expires_at < bindparam("at"))
    .values(
        state=case((outbox.c.expires_at == literal(STOPPED, outbox.c.expires_at.type), "cancelled"), else_="missed"),
        finished_at=bindparam("at"),
    )
    .returning(outbox.c.id, outbox.c.person_id, outbox.c.due_at, outbox.c.state)
)
_cells = select(memberships.c.person_id, memberships.c.unit_id).where(
    memberships.c.person_id.in_(bindparam("persons", expanding=True)),
    memberships.c.status.in_(sorted(status.value for status in PRESENT)),
    valid_on(memberships, bindparam("day")),
)


@dataclass(frozen=True, slots=True)
class Late:
    """A message that was not said, and when it should have been; to nobody in particular without a person."""

    person_id: PersonId | None
    due_at: datetime


async def late_messages(tx: Tx) -> Sequence[int]:
    """The rows of the outbox that are too late now, some at a time."""
    return [row.id for row in await tx.all(_late, {"now": tx.now})]


async def miss(tx: Tx, rows: Sequence[int]) -> Sequence[Late]:
    """Let those of these rows be missed that still wait and are too late; these. What was stopped on its way is
    cancelled."""
    missed = await tx.all(_miss, {"rows": list(rows), "at": tx.now})
    return [
        Late(PersonId(row.person_id) if row.person_id is not None else None, row.due_at)
        for row in missed
        if row.state == "missed"
    ]


async def cells_of(tx: Tx, persons: Sequence[PersonId]) -> dict[PersonId, UnitId]:
    """The cell of each of these people today; those without one are left out."""
    if not persons:
        return {}
    rows = await tx.all(_cells, {"persons": padded(persons), "day": today(tx)})
    return {PersonId(row.person_id): UnitId(row.unit_id) for row in rows}
