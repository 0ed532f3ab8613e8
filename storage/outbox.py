"""The outbox: every word said is a row here before it is said.

    queued -> in_flight -> sent | blocked | failed | uncertain
       ^          |
       +- retry --+            queued -> cancelled | missed

A row in flight is claimed under a lease. A sender that dies leaves its rows behind; when the lease has run out
they are queued again and at worst said twice (docs/decisions/0004-said-twice.md). Within a chat, rows go out by
priority, then in the order they were written; a row that waits for another try holds back those behind it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Integer, and_, bindparam, delete, func, or_, select, update

from bot.chat import (
    Address,
    Choice,
    Claimed,
    Message,
    OutboxState,
    Outcome,
    Priority,
    decode_message,
    encode_message,
)
from bot.domain.ids import PersonId
from storage.database import Tx, insert_new
from storage.schema import addresses, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to be said at one address. `unique_key`: said once, however often it is put; after
    `expires_at` it is not said any more, and missed."""

    address: Address
    message: Message
    person_id: PersonId | None = None
    priority: Priority = Priority.ANSWER
    replaces: str | None = None
    batch: str | None = None
    unique_key: str | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None
    forget: bool = False


_put = insert_new(outbox, "unique_key").returning(outbox.c.id)
_put_many = insert_new(outbox, "unique_key")

_other = outbox.alias("other")
_unfinished_before = (
    select(_other.c.id)
    .where(
        _other.c.account == outbox.c.account,
        _other.c.chat == outbox.c.chat,
        _other.c.state.in_(["queued", "in_flight"]),
        or_(
            _other.c.state == "in_flight",
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
                outbox.c.state == "queued",
                outbox.c.due_at <= bindparam("now"),
                outbox.c.account.in_(bindparam("accounts", expanding=True)),
                ~_unfinished_before,
            )
            .order_by(outbox.c.priority, outbox.c.id)
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
_release = (
    update(outbox)
    .where(outbox.c.state == "in_flight", outbox.c.lease_until < bindparam("now"))
    .values(state="queued", lease_until=None, doubtful=True)
)
_miss = (
    update(outbox)
    .where(outbox.c.state == "queued", outbox.c.expires_at < bindparam("now"))
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
_block_address = (
    update(addresses)
    .where(
        addresses.c.account == bindparam("of_account"),
        addresses.c.chat == bindparam("of_chat"),
        addresses.c.unlinked_at.is_(None),
        addresses.c.blocked_at.is_(None),
    )
    .values(blocked_at=bindparam("at"))
)
_block_waiting = (
    update(outbox)
    .where(
        outbox.c.account == bindparam("of_account"),
        outbox.c.chat == bindparam("of_chat"),
        outbox.c.state == "queued",
    )
    .values(state="blocked", finished_at=bindparam("at"))
)
_where_is = select(outbox.c.account, outbox.c.chat).where(outbox.c.id == bindparam("row"))
_stood_before = (
    select(_other.c.id)
    .where(
        _other.c.account == outbox.c.account,
        _other.c.chat == outbox.c.chat,
        _other.c.slot == outbox.c.slot,
        _other.c.external_id == outbox.c.external_id,
        _other.c.id < outbox.c.id,
    )
    .exists()
)
_newest_question = (
    select(outbox.c.body)
    .where(
        outbox.c.account == bindparam("account"),
        outbox.c.chat == bindparam("chat"),
        outbox.c.has_choices,
        outbox.c.state.in_(["sent", "uncertain"]),
        # A message that moves where it stands is no new question: else a number would answer it, and not what was
        # asked below it.
        or_(outbox.c.slot.is_(None), outbox.c.priority == int(Priority.ANSWER), ~_stood_before),
    )
    .order_by(outbox.c.finished_at.desc(), outbox.c.id.desc())
    .limit(1)
)
_said = select(outbox.c.unique_key).where(outbox.c.unique_key.in_(bindparam("keys", expanding=True)))
_cancel = (
    update(outbox)
    .where(outbox.c.batch.in_(bindparam("of_batches", expanding=True)), outbox.c.state == "queued")
    .values(state="cancelled", finished_at=bindparam("at"))
)
_batch_counts = (
    select(outbox.c.state, func.count().label("rows"))
    .where(outbox.c.batch == bindparam("batch"))
    .group_by(outbox.c.state)
)
_all_counts = select(outbox.c.state, func.count().label("rows")).group_by(outbox.c.state)
_next_due = select(func.min(outbox.c.due_at)).where(outbox.c.state == "queued")


def letter_values(letter: Letter, *, now: datetime) -> dict[str, Any]:
    """The row of a letter."""
    message = letter.message
    return {
        "account": letter.address.account,
        "chat": letter.address.chat,
        "person_id": letter.person_id,
        "priority": int(letter.priority),
        "body": encode_message(message),
        "has_choices": bool(message.choices),
        "slot": message.slot,
        "replaces": letter.replaces,
        "batch": letter.batch,
        "unique_key": letter.unique_key,
        "forget": letter.forget,
        "state": OutboxState.QUEUED.value,
        "due_at": letter.due_at or now,
        "expires_at": letter.expires_at,
        "attempts": 0,
        "doubtful": False,
        "created_at": now,
    }


async def put(tx: Tx, letter: Letter) -> bool:
    """Write the letter; False when one with its `unique_key` is there already."""
    return await tx.first(_put, letter_values(letter, now=tx.now)) is not None


async def put_many(tx: Tx, letters: Sequence[Letter]) -> None:
    """Write many letters at once; those whose `unique_key` is there already are left out."""
    if letters:
        await tx.run(_put_many, [letter_values(letter, now=tx.now) for letter in letters])


async def claim(tx: Tx, *, accounts: Iterable[str], size: int, lease: timedelta) -> Sequence[Claimed]:
    """Claim up to `size` rows that may go out now, at most one a chat, for the time of the lease."""
    await tx.run(_release, {"now": tx.now})
    await tx.run(_miss, {"now": tx.now})
    values = {"now": tx.now, "accounts": list(accounts), "size": size, "lease": tx.now + lease}
    rows = await tx.all(_claim, values)
    claimed = []
    for row in sorted(rows, key=lambda row: (row.priority, row.id)):
        replaces = row.replaces
        if row.slot is not None and row.priority != Priority.ANSWER:
            replaces = await tx.scalar(_newest_in_slot, {"account": row.account, "chat": row.chat, "slot": row.slot})
        claimed.append(
            Claimed(
                id=row.id,
                address=Address(row.account, row.chat),
                message=decode_message(row.body),
                priority=Priority(row.priority),
                replaces=replaces,
                attempts=row.attempts,
                doubtful=row.doubtful,
            )
        )
    return claimed


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


async def block(tx: Tx, address: Address) -> None:
    """The person blocked the bot at this address: nothing waits for it any more."""
    values = {"of_account": address.account, "of_chat": address.chat, "at": tx.now}
    await tx.run(_block_address, values)
    await tx.run(_block_waiting, values)


async def newest_choices(tx: Tx, address: Address) -> tuple[Choice, ...]:
    """The choices of the newest question that was said at this address; digits and words answer only these."""
    body = await tx.scalar(_newest_question, {"account": address.account, "chat": address.chat})
    return decode_message(body).choices if body else ()


async def said(tx: Tx, keys: Sequence[str]) -> frozenset[str]:
    """Those of these unique keys under which something was put already."""
    return frozenset(row.unique_key for row in await tx.all(_said, {"keys": list(keys)}))


def further_parts(batch: str) -> str:
    """The name under which the further parts of a batch's long messages go, so that the batch counts people."""
    return f"{batch}+"


async def cancel_batch(tx: Tx, batch: str) -> None:
    """Cancel what still waits of a batch."""
    await tx.run(_cancel, {"of_batches": [batch, further_parts(batch)], "at": tx.now})


async def batch_counts(tx: Tx, batch: str) -> Mapping[OutboxState, int]:
    """How many rows of the batch are in which state."""
    return {OutboxState(row.state): row.rows for row in await tx.all(_batch_counts, {"batch": batch})}


async def counts(tx: Tx) -> Mapping[OutboxState, int]:
    """How many rows of all are in which state."""
    return {OutboxState(row.state): row.rows for row in await tx.all(_all_counts)}


async def next_due(tx: Tx) -> datetime | None:
    """When the earliest waiting row is due."""
    due = await tx.scalar(_next_due)
    assert due is None or isinstance(due, datetime)
    return due
