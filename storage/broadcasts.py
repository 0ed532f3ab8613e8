"""Broadcasts: the rule, how far the window has moved, and what became of every message.

However large the audience, confirming writes one row. Messages are put into the outbox some hundred at a time, in
the transaction that moves the window (`window_at`: the last person passed), so nobody is told twice or left out. Whom
the rule means is asked by storage/walks.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, update

from bot.chat import Address, OutboxState
from bot.domain.broadcast import Audience, BroadcastState, decode_audience, encode_audience
from bot.domain.ids import BroadcastId, FileId, PersonId, UnitId
from storage import outbox, walks
from storage.database import Row, Tx, insert_new
from storage.schema import broadcasts
from storage.schema import outbox as outbox_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """A confirmed broadcast. `follow`: where the author follows it; `known_to`: the newest membership (or role) when it
    was confirmed; `passed`: how many people its window has passed; `shown`: what is remembered between two moves."""

    id: BroadcastId
    author_id: PersonId
    unit_id: UnitId
    audience: Audience
    text: str
    file_id: FileId | None
    state: BroadcastState
    confirmed_at: datetime
    due_at: datetime
    window_at: int
    known_to: int
    passed: int
    total: int | None
    unreachable: int
    follow: Address
    shown: Mapping[str, Any]

    @property
    def batch(self) -> str:
        """The name of its messages in the outbox."""
        return batch_of(self.id)


def batch_of(broadcast: BroadcastId) -> str:
    """The name of a broadcast's messages in the outbox."""
    return f"broadcast:{broadcast}"


_add = insert_new(broadcasts, "confirm_key").returning(broadcasts.c.id)
_by_key = select(broadcasts).where(broadcasts.c.confirm_key == bindparam("key"))
_by_id = select(broadcasts).where(broadcasts.c.id == bindparam("broadcast"))
_claim = (
    select(broadcasts)
    .where(broadcasts.c.id == bindparam("broadcast"), broadcasts.c.next_due_at <= bindparam("now"))
    .with_for_update(skip_locked=True)
)
_due = select(broadcasts.c.id).where(broadcasts.c.next_due_at <= bindparam("now")).order_by(broadcasts.c.next_due_at)
_coming = (
    select(broadcasts.c.next_due_at)
    .where(broadcasts.c.next_due_at.is_not(None))
    .order_by(broadcasts.c.next_due_at)
    .limit(1)
)
_move = (
    update(broadcasts)
    .where(broadcasts.c.id == bindparam("broadcast"))
    .values(
        window_at=bindparam("to_window"),
        passed=bindparam("to_passed"),
        total=bindparam("to_total"),
        unreachable=bindparam("to_unreachable"),
        shown=bindparam("to_shown", type_=broadcasts.c.shown.type),
        next_due_at=bindparam("to_due"),
    )
)
_end = (
    update(broadcasts)
    .where(broadcasts.c.id == bindparam("broadcast"), broadcasts.c.state == BroadcastState.RUNNING.value)
    .values(state=bindparam("to_state"), finished_at=bindparam("at"), next_due_at=None)
)

_of_batch = select(func.count()).select_from(outbox_rows).where(outbox_rows.c.batch == bindparam("batch"))
_queued = _of_batch.where(outbox_rows.c.state == literal_column("'queued'"))
_in_flight = _of_batch.where(outbox_rows.c.state == literal_column("'in_flight'"))


def _to_broadcast(row: Row) -> Broadcast:
    return Broadcast(
        id=BroadcastId(row.id),
        author_id=PersonId(row.author_id),
        unit_id=UnitId(row.unit_id),
        audience=decode_audience(row.audience),
        text=row.text,
        file_id=FileId(row.file_id) if row.file_id is not None else None,
        state=BroadcastState(row.state),
        confirmed_at=row.confirmed_at,
        due_at=row.due_at,
        window_at=row.window_at,
        known_to=row.known_to,
        passed=row.passed,
        total=row.total,
        unreachable=row.unreachable,
        follow=Address(row.account, row.chat),
        shown=dict(row.shown),
    )


async def confirm(
    tx: Tx,
    *,
    key: str,
    author: PersonId,
    audience: Audience,
    text: str,
    file: FileId | None,
    total: int | None,
    due_at: datetime,
    follow: Address,
) -> tuple[Broadcast, bool]:
    """The broadcast confirmed under this key, and whether that happened just now: a key counts once. One row, however
    many it is for: those whom the rule means now, and who will still be meant when the window reaches them."""
    values = {
        "author_id": author,
        "unit_id": audience.unit,
        "audience": encode_audience(audience),
        "text": text,
        "file_id": file,
        "confirm_key": key,
        "state": BroadcastState.RUNNING.value,
        "confirmed_at": tx.now,
        "due_at": due_at,
        "window_at": 0,
        "known_to": await walks.newest_id(tx, audience.kind),
        "passed": 0,
        "total": total,
        "unreachable": 0,
        "account": follow.account,
        "chat": follow.chat,
        "shown": {},
        "next_due_at": tx.now,
    }
    new = await tx.first(_add, values) is not None
    row = await tx.first(_by_key, {"key": key})
    assert row is not None
    return _to_broadcast(row), new


async def broadcast_by_id(tx: Tx, broadcast: BroadcastId) -> Broadcast | None:
    """The broadcast; None when there is none."""
    row = await tx.first(_by_id, {"broadcast": broadcast})
    return _to_broadcast(row) if row else None


async def due_broadcasts(tx: Tx) -> Sequence[int]:
    """The broadcasts whose window or progress is to be moved now."""
    return [row.id for row in await tx.all(_due, {"now": tx.now})]


async def claim_due(tx: Tx, broadcast: BroadcastId) -> Broadcast | None:
    """The broadcast, locked for this transaction, if it is still due."""
    row = await tx.first(_claim, {"broadcast": broadcast, "now": tx.now})
    return _to_broadcast(row) if row else None


async def coming_broadcast(tx: Tx) -> datetime | None:
    """When the next broadcast moves on."""
    due = await tx.scalar(_coming)
    assert due is None or isinstance(due, datetime)
    return due


async def move_on(
    tx: Tx,
    broadcast: BroadcastId,
    *,
    window_at: int,
    passed: int,
    total: int | None,
    unreachable: int,
    shown: Mapping[str, Any],
    next_due_at: datetime | None,
) -> None:
    """How far the window is, how many it passed and how many of them have no address, how many there are, what is
    remembered, and when to go on."""
    values = {
        "broadcast": broadcast,
        "to_window": window_at,
        "to_passed": passed,
        "to_total": total,
        "to_unreachable": unreachable,
        "to_shown": dict(shown),
        "to_due": next_due_at,
    }
    await tx.run(_move, values)


async def end(tx: Tx, broadcast: BroadcastId, state: BroadcastState) -> bool:
    """The broadcast is over; False when it was before."""
    return await tx.run(_end, {"broadcast": broadcast, "to_state": state.value, "at": tx.now}) == 1


async def outcome_counts(tx: Tx, broadcast: Broadcast) -> Mapping[OutboxState, int]:
    """How many of its messages are in which state. This counts all of them: of a large one not within a transaction."""
    return await outbox.batch_counts(tx, broadcast.batch)


async def waiting(tx: Tx, broadcast: Broadcast) -> tuple[int, int]:
    """How many of its messages wait, and how many are on their way: however many were said, at once."""
    values = {"batch": broadcast.batch}
    return int(await tx.scalar(_queued, values)), int(await tx.scalar(_in_flight, values))
