"""Dead letters: events whose handling failed, kept with what was said until they are handled after all, or too old.

    kept -> replayed            nothing of what was said is left, only that it happened
      ^ |
      +-+ failed again

What is kept is what the person said, in full: it is deleted when it is replayed or dropped, when the person leaves
(`forget_at`), and after `KEPT` in any case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from bot.chat import (
    Address,
    Blocked,
    FileSent,
    Incoming,
    Payload,
    Pressed,
    Started,
    Text,
    Unblocked,
    Unsupported,
)
from bot.domain.ids import DeadLetterId, PersonId
from storage.database import Row, Tx
from storage.schema import dead_letters

KEPT = timedelta(days=14)
"""After so long a letter is deleted, replayed or not."""
_AT_ONCE = 500

_PAYLOADS: dict[str, type[Payload]] = {
    kind.__name__: kind for kind in (Text, Pressed, Started, FileSent, Blocked, Unblocked, Unsupported)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One event that failed. `payload` is None when it was replayed; `kind` is of what it was (`Text`, `Pressed` …),
    empty then; `context`: what typed words answered; `error`: the kind of failure, without a word of a person."""

    id: DeadLetterId
    incident: str
    address: Address
    person_id: PersonId | None
    kind: str
    payload: Payload | None
    context: str
    error: str
    failed_at: datetime
    tries: int
    replayed_at: datetime | None


class _Kept(msgspec.Struct):
    kind: str
    said: msgspec.Raw


_keep = insert(dead_letters)
_by_incident = select(dead_letters).where(dead_letters.c.incident == bindparam("incident"))
_waiting = select(dead_letters).where(dead_letters.c.payload.is_not(None)).order_by(dead_letters.c.id)
_claim = (
    update(dead_letters)
    .where(dead_letters.c.id == bindparam("letter"), dead_letters.c.payload.is_not(None))
    .values(payload=None, replayed_at=bindparam("at"))
)
_failed = (
    update(dead_letters)
    .where(dead_letters.c.id == bindparam("letter"))
    .values(tries=dead_letters.c.tries + 1, tried_at=bindparam("at"), error=bindparam("why"))
)
_drop = delete(dead_letters).where(dead_letters.c.id == bindparam("letter"))
_forget_at = delete(dead_letters).where(
    dead_letters.c.account == bindparam("of_account"), dead_letters.c.chat == bindparam("of_chat")
)
_old = (
    select(dead_letters.c.id)
    .where(dead_letters.c.failed_at <= bindparam("until"))
    .order_by(dead_letters.c.failed_at)
    .limit(_AT_ONCE)
)


async def keep(tx: Tx, incoming: Incoming, *, incident: str, person: PersonId | None, context: str, error: str) -> None:
    """Keep an event that has failed."""
    kept = _Kept(kind=type(incoming.payload).__name__, said=msgspec.Raw(msgspec.json.encode(incoming.payload)))
    await tx.run(
        _keep,
        {
            "incident": incident,
            "account": incoming.address.account,
            "chat": incoming.address.chat,
            "event_id": incoming.event_id,
            "person_id": person,
            "payload": msgspec.json.encode(kept).decode(),
            "context": context,
            "error": error,
            "failed_at": tx.now,
            "tries": 0,
        },
    )


async def letter_of(tx: Tx, incident: str) -> DeadLetter | None:
    """The letter with this incident number, replayed or not; None when there is none (any more)."""
    row = await tx.first(_by_incident, {"incident": incident})
    return _to_letter(row) if row else None


async def waiting(tx: Tx) -> Sequence[DeadLetter]:
    """All that can be replayed, the oldest first."""
    return [_to_letter(row) for row in await tx.all(_waiting)]


async def claim(tx: Tx, letter: DeadLetterId) -> bool:
    """It is being replayed in this transaction: what was said is deleted with it. Of several who try, one succeeds."""
    return await tx.run(_claim, {"letter": letter, "at": tx.now}) == 1


async def failed_again(tx: Tx, letter: DeadLetterId, *, error: str) -> None:
    """It failed once more, and stays."""
    await tx.run(_failed, {"letter": letter, "at": tx.now, "why": error})


async def drop(tx: Tx, letter: DeadLetterId) -> bool:
    """Delete it; False when there is none (any more)."""
    return await tx.run(_drop, {"letter": letter}) == 1


async def forget_at(tx: Tx, address: Address) -> None:
    """Delete what was said at an address that is nobody's, or no longer its person's."""
    await tx.run(_forget_at, {"of_account": address.account, "of_chat": address.chat})


async def too_old(tx: Tx) -> Sequence[DeadLetterId]:
    """Those that have been kept long enough, some at a time."""
    return [DeadLetterId(row.id) for row in await tx.all(_old, {"until": tx.now - KEPT})]


def _to_letter(row: Row) -> DeadLetter:
    kept = msgspec.json.decode(row.payload, type=_Kept) if row.payload is not None else None
    return DeadLetter(
        id=DeadLetterId(row.id),
        incident=row.incident,
        address=Address(row.account, row.chat),
        person_id=PersonId(row.person_id) if row.person_id is not None else None,
        kind=kept.kind if kept else "",
        payload=msgspec.json.decode(kept.said, type=_PAYLOADS[kept.kind]) if kept else None,
        context=row.context,
        error=row.error,
        failed_at=row.failed_at,
        tries=row.tries,
        replayed_at=row.replayed_at,
    )
