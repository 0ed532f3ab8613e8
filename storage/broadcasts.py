"""Broadcasts: the rule, how far the window has moved, and what became of every message.

However large the audience, confirming writes one row. Messages are put into the outbox some hundred at a time, in
the transaction that moves the window (`window_at`: the last person passed), so nobody is told twice or left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, select, update

from bot.chat import Address, OutboxState
from bot.domain.broadcast import Audience, AudienceKind, BroadcastState, decode_audience, encode_audience
from bot.domain.ids import BroadcastId, FileId, PersonId, UnitId
from bot.domain.rights import Role
from storage import outbox, pledges, self_reports
from storage.database import Row, Tx, insert_new
from storage.organisation import subtree, today, valid_on
from storage.people import members_select
from storage.rounds import round_by_id
from storage.schema import broadcasts, memberships, people, roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """A confirmed broadcast. `account` and `chat` are where the author follows it."""

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
    total: int
    unreachable: int
    follow: Address
    shown: Mapping[str, int]

    @property
    def batch(self) -> str:
        """The name of its messages in the outbox."""
        return batch_of(self.id)


def batch_of(broadcast: BroadcastId) -> str:
    """The name of a broadcast's messages in the outbox."""
    return f"broadcast:{broadcast}"


def _page(statement: Select[Any], person: Any) -> Select[Any]:
    """The distinct people of a statement, some at a time, in the order of their ids."""
    return (
        statement.with_only_columns(person.label("person_id"))
        .where(person > bindparam("after"))
        .order_by(None)
        .order_by(person)
        .distinct()
        .limit(bindparam("size", type_=Integer))
    )


def _count(statement: Select[Any], person: Any) -> Select[Any]:
    return statement.with_only_columns(func.count(person.distinct())).order_by(None)


_everybody = members_select()
_in_cells = members_select().where(memberships.c.unit_id.in_(bindparam("cells", expanding=True)))
_secretaries = select(roles.c.person_id).where(
    roles.c.role == Role.SECRETARY.value,
    valid_on(roles, bindparam("day")),
    roles.c.unit_id.in_(select(subtree().c.id)),
)
_person = people.c.id
_statements: dict[AudienceKind, tuple[Select[Any], Select[Any]]] = {
    AudienceKind.ALL: (_page(_everybody, _person), _count(_everybody, _person)),
    AudienceKind.CELLS: (_page(_in_cells, _person), _count(_in_cells, _person)),
    AudienceKind.SECRETARIES: (_page(_secretaries, roles.c.person_id), _count(_secretaries, roles.c.person_id)),
    AudienceKind.MISSING_PLEDGE: (
        _page(pledges.missing_select, _person),
        _count(pledges.missing_select, _person),
    ),
    AudienceKind.MISSING_REPORT: (
        _page(self_reports.missing_select, _person),
        _count(self_reports.missing_select, _person),
    ),
}
_add = insert_new(broadcasts, "confirm_key").returning(broadcasts.c.id)
_by_key = select(broadcasts).where(broadcasts.c.confirm_key == bindparam("key"))
_by_id = select(broadcasts).where(broadcasts.c.id == bindparam("broadcast"))
_claim = select(broadcasts).where(broadcasts.c.id == bindparam("broadcast")).with_for_update(skip_locked=True)
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
        total=row.total,
        unreachable=row.unreachable,
        follow=Address(row.account, row.chat),
        shown=dict(row.shown),
    )


async def _audience_values(tx: Tx, audience: Audience, *, text_hash: str) -> dict[str, Any] | None:
    """The bind values of an audience's statement; None when its round is gone."""
    values: dict[str, Any] = {"unit": audience.unit, "day": today(tx)}
    if audience.kind is AudienceKind.CELLS:
        values["cells"] = list(audience.cells)
    if audience.round_id is not None:
        found = await round_by_id(tx, audience.round_id)
        if found is None:
            return None
        if audience.kind is AudienceKind.MISSING_PLEDGE:
            return pledges.missing_values(tx, found, text_hash=text_hash, unit=audience.unit)
        return self_reports.missing_values(tx, found, unit=audience.unit)
    return values


async def audience_count(tx: Tx, audience: Audience, *, text_hash: str) -> int:
    """How many people the rule means now, reachable or not. `text_hash`: of the pledge text in force."""
    values = await _audience_values(tx, audience, text_hash=text_hash)
    return 0 if values is None else int(await tx.scalar(_statements[audience.kind][1], values))


async def audience_page(tx: Tx, audience: Audience, *, text_hash: str, after: int, size: int) -> Sequence[PersonId]:
    """The next people whom the rule means now, by id."""
    values = await _audience_values(tx, audience, text_hash=text_hash)
    if values is None:
        return []
    rows = await tx.all(_statements[audience.kind][0], {**values, "after": after, "size": size})
    return [PersonId(row.person_id) for row in rows]


async def confirm(
    tx: Tx,
    *,
    key: str,
    author: PersonId,
    audience: Audience,
    text: str,
    file: FileId | None,
    total: int,
    due_at: datetime,
    follow: Address,
) -> tuple[Broadcast, bool]:
    """The broadcast confirmed under this key, and whether that happened just now: a key counts once."""
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
    row = await tx.first(_claim, {"broadcast": broadcast})
    if row is None or row.next_due_at is None or row.next_due_at > tx.now:
        return None
    return _to_broadcast(row)


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
    unreachable: int,
    shown: Mapping[str, int],
    next_due_at: datetime | None,
) -> None:
    """How far the window is, how many without an address it passed, what the author saw last, and when to go on."""
    values = {
        "broadcast": broadcast,
        "to_window": window_at,
        "to_unreachable": unreachable,
        "to_shown": dict(shown),
        "to_due": next_due_at,
    }
    await tx.run(_move, values)


async def end(tx: Tx, broadcast: BroadcastId, state: BroadcastState) -> bool:
    """The broadcast is over; False when it was before."""
    return await tx.run(_end, {"broadcast": broadcast, "to_state": state.value, "at": tx.now}) == 1


async def outcome_counts(tx: Tx, broadcast: Broadcast) -> Mapping[OutboxState, int]:
    """How many of its messages are in which state."""
    return await outbox.batch_counts(tx, broadcast.batch)
