"""What people answered to the notice of a meeting, and who has heard of it.

Answers are added and never overwritten; the newest of a person counts, if it is to the time that holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from bot.domain.ids import PersonId
from bot.domain.meeting import Answer
from storage.database import Row, Tx
from storage.meetings import Meeting, batch_of
from storage.schema import meeting_replies, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What somebody answered; `on_behalf`: somebody else recorded it for them."""

    person_id: PersonId
    answer: Answer
    reason: str
    at: datetime
    recorded_by: PersonId
    on_behalf: bool


_add_reply = insert(meeting_replies)
_newest_replies = (
    select(func.max(meeting_replies.c.id))
    .where(meeting_replies.c.meeting_id == bindparam("meeting"), meeting_replies.c.version >= bindparam("asked"))
    .group_by(meeting_replies.c.person_id)
)
_replies = select(meeting_replies).where(meeting_replies.c.id.in_(_newest_replies)).order_by(meeting_replies.c.id)
_reply_of = (
    select(meeting_replies)
    .where(
        meeting_replies.c.meeting_id == bindparam("meeting"),
        meeting_replies.c.person_id == bindparam("person"),
        meeting_replies.c.version >= bindparam("asked"),
    )
    .order_by(meeting_replies.c.id.desc())
    .limit(1)
)
_heard = select(outbox.c.person_id, outbox.c.batch).where(
    outbox.c.batch.in_(bindparam("batches", expanding=True)),
    outbox.c.person_id.is_not(None),
    outbox.c.state.in_(["in_flight", "sent", "uncertain"]),
)


def _to_reply(row: Row) -> Reply:
    return Reply(
        person_id=PersonId(row.person_id),
        answer=Answer(row.answer),
        reason=row.reason,
        at=row.at,
        recorded_by=PersonId(row.recorded_by),
        on_behalf=row.on_behalf,
    )


async def add_reply(
    tx: Tx, found: Meeting, *, person: PersonId, answer: Answer, reason: str, recorded_by: PersonId
) -> None:
    """Write down an answer to the newest notice; what the person answered before stays as history."""
    values = {
        "meeting_id": found.id,
        "version": found.version,
        "person_id": person,
        "answer": answer.value,
        "reason": reason,
        "at": tx.now,
        "recorded_by": recorded_by,
        "on_behalf": recorded_by != person,
    }
    await tx.run(_add_reply, values)


async def reply_of(tx: Tx, found: Meeting, person: PersonId) -> Reply | None:
    """The person's answer that counts; None when they have not answered to the time that holds."""
    row = await tx.first(_reply_of, {"meeting": found.id, "person": person, "asked": found.asked_version})
    return _to_reply(row) if row else None


async def replies_to(tx: Tx, found: Meeting) -> Mapping[PersonId, Reply]:
    """The answers that count, by person, in the order in which they came; of whoever was asked then."""
    rows = await tx.all(_replies, {"meeting": found.id, "asked": found.asked_version})
    return {PersonId(row.person_id): _to_reply(row) for row in rows}


async def heard_of(tx: Tx, found: Meeting) -> Mapping[PersonId, int]:
    """Who has been told of the meeting, and the newest version that each was told."""
    versions = {batch_of(found.id, version): version for version in range(1, found.version + 1)}
    heard: dict[PersonId, int] = {}
    for row in await tx.all(_heard, {"batches": list(versions)}):
        person = PersonId(row.person_id)
        heard[person] = max(versions[row.batch], heard.get(person, 0))
    return heard
