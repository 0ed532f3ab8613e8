"""The outbox as the sender needs it: rows claimed under a lease, and what became of them.

A sender that dies leaves its rows behind; when the lease has run out they are queued again and at worst said twice
(docs/decisions/0004-said-twice.md). Within a chat, rows go out by priority, then in the order they were written; a row
that waits for another try holds back those behind it. What was written for a person is said at no address that has
ceased to be theirs meanwhile: it is cancelled. So is what a message that moves said earlier than what stands there now.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.chat import Address, Claimed, OutboxState, Outcome, Priority, decode_message
from storage.database import Database, Row, Tx
from storage.outbox import block
from storage.schema import addresses, outbox

# States and priorities as the conditions of the indexes have them: what is bound could be anything to a planner.
_QUEUED: ColumnElement[str] = literal_column("'queued'")
_IN_FLIGHT: ColumnElement[str] = literal_column("'in_flight'")
_PRIORITIES: list[ColumnElement[int]] = [literal_column(str(int(priority))) for priority in Priority]
_other = outbox.alias("other")
_unfinished_before = (
    select(_other.c.id)
    .where(
        _other.c.account == outbox.c.account,
        _other.c.chat == outbox.c.chat,
        _other.c.state.in_([_QUEUED, _IN_FLIGHT]),
        or_(
            _other.c.state == _IN_FLIGHT,
            and_(
                or_(_other.c.due_at <= bindparam("now"), _other.c.failure.is_not(None)),
                or_(
                    _other.c.priority < outbox.c.priority,
                    and_(_other.c.priority == outbox.c.priority, _other.c.id < outbox.c.id),
                ),
            ),
        ),
    )
    .exists()
)
_claim = (
    update(outbox)
    .where(
        outbox.c.id.in_(
            select(outbox.c.id)
            .where(
                outbox.c.state == _QUEUED,
                outbox.c.account.in_(bindparam("accounts", expanding=True)),
                outbox.c.priority.in_(_PRIORITIES),
                outbox.c.due_at <= bindparam("now"),
                ~_unfinished_before,
            )
            .order_by(outbox.c.priority, outbox.c.due_at, outbox.c.id)
            .limit(bindparam("size", type_=Integer))
            .with_for_update(skip_locked=True)
        )
    )
    .values(state="in_flight", lease_until=bindparam("lease"), attempts=outbox.c.attempts + 1)
    .returning(
        outbox.c.id,
        outbox.c.account,
        outbox.c.chat,
        outbox.c.body,
        outbox.c.priority,
        outbox.c.replaces,
        outbox.c.slot,
        outbox.c.attempts,
        outbox.c.doubtful,
    )
)
_not_theirs_any_more = and_(
    outbox.c.person_id.is_not(None),
    ~exists().where(
        addresses.c.account == outbox.c.account,
        addresses.c.chat == outbox.c.chat,
        addresses.c.person_id == outbox.c.person_id,
        addresses.c.unlinked_at.is_(None),
    ),
)
_overtaken = and_(
    outbox.c.slot.is_not(None),
    outbox.c.priority != int(Priority.ANSWER),
    exists().where(
        _other.c.account == outbox.c.account,
        _other.c.chat == outbox.c.chat,
        _other.c.id > outbox.c.id,
        _other.c.slot == outbox.c.slot,
        _other.c.external_id.is_not(None),
    ),
)
_withdraw = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("claimed", expanding=True)), or_(_not_theirs_any_more, _overtaken))
    .values(state="cancelled", lease_until=None, finished_at=bindparam("now"))
    .returning(outbox.c.id)
)
_release = (
    update(outbox)
    .where(outbox.c.state == _IN_FLIGHT, outbox.c.lease_until < bindparam("now"))
    .values(state="queued", lease_until=None, doubtful=True)
)
_miss = (
    update(outbox)
    .where(outbox.c.state == _QUEUED, outbox.c.expires_at < bindparam("now"))
    .values(state="missed", finished_at=bindparam("now"))
)
_newest_in_slot = (
    select(outbox.c.external_id)
    .where(
        outbox.c.account == bindparam("account"),
        outbox.c.chat == bindparam("chat"),
        outbox.c.slot == bindparam("slot"),
        outbox.c.external_id.is_not(None),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_settle = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.state == "in_flight")
    .values(
        state=bindparam("to_state"),
        due_at=func.coalesce(bindparam("to_due", type_=outbox.c.due_at.type), outbox.c.due_at),
        lease_until=None,
        external_id=bindparam("to_external"),
        failure=bindparam("to_failure"),
        attempts=outbox.c.attempts - bindparam("uncounted", type_=Integer),
        doubtful=or_(outbox.c.doubtful, bindparam("to_doubtful", type_=Boolean)),
        finished_at=bindparam("to_finished"),
    )
)
_forget_sent = delete(outbox).where(outbox.c.id == bindparam("row"), outbox.c.forget, outbox.c.state != "queued")
_where_is = select(outbox.c.account, outbox.c.chat).where(outbox.c.id == bindparam("row"))


async def claim(tx: Tx, *, accounts: Iterable[str], size: int, lease: timedelta) -> Sequence[Claimed]:
    """Claim up to `size` rows that may go out now, at most one a chat, for the time of the lease."""
    await tx.run(_release, {"now": tx.now})
    await tx.run(_miss, {"now": tx.now})
    values = {"now": tx.now, "accounts": list(accounts), "size": size, "lease": tx.now + lease}
    while rows := await tx.all(_claim, values):
        # An address may be unlinked while a transaction that writes to it is under way.
        withdrawn = {row.id for row in await tx.all(_withdraw, {"claimed": [row.id for row in rows], "now": tx.now})}
        theirs = [row for row in rows if row.id not in withdrawn]
        if theirs:
            return [await _claimed(tx, row) for row in sorted(theirs, key=lambda row: (row.priority, row.id))]
    return []


async def _claimed(tx: Tx, row: Row) -> Claimed:
    replaces = row.replaces
    if row.slot is not None and row.priority != Priority.ANSWER:
        replaces = await tx.scalar(_newest_in_slot, {"account": row.account, "chat": row.chat, "slot": row.slot})
    return Claimed(
        id=row.id,
        address=Address(row.account, row.chat),
        message=decode_message(row.body),
        priority=Priority(row.priority),
        replaces=replaces,
        attempts=row.attempts,
        doubtful=row.doubtful,
    )


async def release_all(tx: Tx) -> None:
    """Queue again every row in flight: for the start of the only process on a database."""
    await tx.run(_release, {"now": datetime.max.replace(tzinfo=tx.now.tzinfo)})


async def settle(tx: Tx, outcomes: Iterable[Outcome]) -> None:
    """Write down what became of claimed rows; of one that is not in flight (any more), nothing. BLOCKED also marks the
    address and all that waits for it."""
    for outcome in outcomes:
        values = {
            "row": outcome.id,
            "to_state": outcome.state.value,
            "to_due": outcome.due_at,
            "to_external": outcome.external_id,
            "to_failure": outcome.failure,
            "uncounted": 0 if outcome.counts else 1,
            "to_doubtful": outcome.doubtful,
            "to_finished": None if outcome.state is OutboxState.QUEUED else tx.now,
        }
        if not await tx.run(_settle, values):
            continue
        if outcome.state is OutboxState.BLOCKED:
            where = await tx.first(_where_is, {"row": outcome.id})
            if where is not None:
                await block(tx, Address(where.account, where.chat))
        await tx.run(_forget_sent, {"row": outcome.id})


class StoredOutbox:
    """Implements `bot.delivery.Outbox`: every call a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, *, accounts: Iterable[str], size: int, lease: timedelta) -> Sequence[Claimed]:
        async with self._database.write() as tx:
            return await claim(tx, accounts=accounts, size=size, lease=lease)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        async with self._database.write() as tx:
            await settle(tx, outcomes)


async def release_leases(database: Database) -> None:
    """On SQLite, where this process is the only one: what an earlier run had in flight goes out again at once.
    On PostgreSQL others may be sending; there the leases run out by themselves."""
    if database.is_sqlite:
        async with database.write() as tx:
            await release_all(tx)
