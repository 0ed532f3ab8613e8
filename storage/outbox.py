"""The outbox: every word said is a row here before it is said.

    queued -> in_flight -> sent | blocked | failed | uncertain
       ^          |
       +- retry --+            queued -> cancelled | missed

What is claimed, sent and settled is storage/sending.py's. Here it is written, looked up, counted and cancelled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import and_, bindparam, func, or_, select, update

from bot.chat import (
    Address,
    Choice,
    Message,
    OutboxState,
    Priority,
    decode_message,
    encode_message,
)
from bot.domain.ids import PersonId
from bot.template import Kind
from storage.alike import Alike
from storage.database import Tx, insert_new
from storage.schema import addresses, outbox


class Letter(msgspec.Struct, frozen=True, kw_only=True):
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


class Written(NamedTuple):
    """What one of many is told, at their address and under a unique key: a message of their own, encoded. A tuple,
    since there are as many as people."""

    person: PersonId
    address: Address
    key: str
    kind: Kind
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked last; `unasked`: it came by itself (a notice, a reminder), not as an answer to what was typed."""

    choices: tuple[Choice, ...]
    unasked: bool


_put = insert_new(outbox, "unique_key", where=outbox.c.unique_key.is_not(None))
_words = Alike(outbox, key="unique_key", differing=("unique_key", "person_id", "chat", "body"))
_copies = Alike(outbox, key="unique_key", differing=("unique_key", "person_id", "account", "chat"))
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
        outbox.c.finished_at.is_(None),
    )
    .values(state="blocked", finished_at=bindparam("at"))
)
_other = outbox.alias("other")
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
    select(outbox.c.body, outbox.c.priority)
    .where(
        outbox.c.account == bindparam("account"),
        outbox.c.chat == bindparam("chat"),
        outbox.c.has_choices,
        outbox.c.finished_at.is_not(None),
        outbox.c.state.in_(["sent", "uncertain"]),
        # A message that moves where it stands is no new question: else a number would answer it, and not what was
        # asked below it.
        or_(outbox.c.slot.is_(None), outbox.c.priority == int(Priority.ANSWER), ~_stood_before),
        # Nor is one that was changed because its question was answered elsewhere.
        or_(outbox.c.replaces.is_(None), outbox.c.priority == int(Priority.ANSWER)),
    )
    .order_by(outbox.c.finished_at.desc(), outbox.c.id.desc())
    .limit(1)
)
_asked_at = (
    select(outbox.c.account, outbox.c.chat, outbox.c.external_id)
    .join(
        addresses,
        and_(
            addresses.c.account == outbox.c.account,
            addresses.c.chat == outbox.c.chat,
            addresses.c.person_id == outbox.c.person_id,
            addresses.c.unlinked_at.is_(None),
            addresses.c.blocked_at.is_(None),
        ),
    )
    .where(
        outbox.c.person_id == bindparam("person"),
        outbox.c.about == bindparam("topic"),
        outbox.c.has_choices,
        outbox.c.external_id.is_not(None),
    )
    .order_by(outbox.c.id)
)
_said = select(outbox.c.unique_key).where(outbox.c.unique_key.in_(bindparam("keys", expanding=True)))
_cancel = (
    update(outbox)
    .where(outbox.c.batch.in_(bindparam("of_batches", expanding=True)), outbox.c.state == "queued")
    .values(state="cancelled", finished_at=bindparam("at"))
)
STOPPED = datetime(1970, 1, 1, tzinfo=UTC)
"""The `expires_at` of what was cancelled while it was on its way: it is not said again, and not missed either."""
_cancel_in_flight = (
    update(outbox)
    .where(outbox.c.batch.in_(bindparam("of_batches", expanding=True)), outbox.c.state == "in_flight")
    .values(expires_at=bindparam("at"))
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
        "about": message.about,
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
    tx.queued = True
    return await tx.run(_put, letter_values(letter, now=tx.now)) == 1


async def put_many(tx: Tx, letters: Sequence[Letter]) -> None:
    """Write many letters at once; those whose `unique_key` is there already are left out."""
    if letters:
        tx.queued = True
        await tx.run(_put, [letter_values(letter, now=tx.now) for letter in letters])


async def put_words(tx: Tx, like: Letter, words: Iterable[Written]) -> None:
    """Write these words; in all else as the letter. Those whose key is there already are left out."""
    tx.queued = True
    same = letter_values(like, now=tx.now)
    # Most of many words have these in common.
    account, kind = "", None
    rows: list[tuple[str, PersonId, str, str]] = []
    for person, address, key, its_kind, body in words:
        if its_kind != kind or address.account != account:
            if kind is not None:
                await _words.put(tx, {**same, "account": account, **kind._asdict()}, rows)
            account, kind, rows = address.account, its_kind, []
        rows.append((key, person, address.chat, body))
    if kind is not None:
        await _words.put(tx, {**same, "account": account, **kind._asdict()}, rows)


async def put_copies(tx: Tx, like: Letter, copies: Iterable[tuple[PersonId, Address, str]]) -> None:
    """Write the letter once for each of these people, at their address and under their unique key; those whose key is
    there already are left out."""
    tx.queued = True
    rows = [(key, person, address.account, address.chat) for person, address, key in copies]
    await _copies.put(tx, letter_values(like, now=tx.now), rows)


async def block(tx: Tx, address: Address) -> bool:
    """The person blocked the bot at this address: nothing waits for it any more. Whether somebody is linked there and
    it was not known before."""
    values = {"of_account": address.account, "of_chat": address.chat, "at": tx.now}
    was_not_known = await tx.run(_block_address, values) > 0
    await tx.run(_block_waiting, values)
    return was_not_known


async def newest_question(tx: Tx, address: Address) -> Question | None:
    """The newest question that was said at this address; digits and words answer only this one."""
    row = await tx.first(_newest_question, {"account": address.account, "chat": address.chat})
    if row is None:
        return None
    return Question(choices=decode_message(row.body).choices, unasked=row.priority != int(Priority.ANSWER))


async def newest_choices(tx: Tx, address: Address) -> tuple[Choice, ...]:
    """The choices of the newest question."""
    found = await newest_question(tx, address)
    return found.choices if found else ()


async def asked_at(tx: Tx, person: PersonId, topic: str) -> Mapping[Address, str]:
    """Where the person was asked about this (`Message.about`), and the newest such message at each of their places."""
    rows = await tx.all(_asked_at, {"person": person, "topic": topic})
    return {Address(row.account, row.chat): row.external_id for row in rows}


async def said(tx: Tx, keys: Sequence[str]) -> frozenset[str]:
    """Those of these unique keys under which something was put already."""
    return frozenset(row.unique_key for row in await tx.all(_said, {"keys": list(keys)}))


def further_parts(batch: str) -> str:
    """The name under which the further parts of a batch's long messages go, so that the batch counts people."""
    return f"{batch}+"


async def cancel_batch(tx: Tx, batch: str) -> None:
    """Cancel what still waits of a batch; what is just on its way is not tried again if it fails."""
    batches = [batch, further_parts(batch)]
    await tx.run(_cancel, {"of_batches": batches, "at": tx.now})
    await tx.run(_cancel_in_flight, {"of_batches": batches, "at": STOPPED})


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
