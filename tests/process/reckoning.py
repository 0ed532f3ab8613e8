"""The reckoning after kills: what the database holds is compared with what the messenger knows."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select

from bot.chat import decode_message
from bot.domain.ids import PersonId
from bot.texts import pledge
from handlers.receipts import shown
from storage import schema
from storage.database import Database
from tests.process.commune import ACCOUNT
from tests.process.phones import Person, WatchedTelegram


@dataclass
class Kill:
    """What a kill left: events that were not stored, and the chats that something was on its way to."""

    life: int
    not_stored: frozenset[int]
    in_flight: Counter[int]


async def stored_events(database: Database) -> set[int]:
    """The updates of which the database knows."""
    async with database.read() as tx:
        rows = await tx.all(select(schema.events))
    assert {row.account for row in rows} <= {ACCOUNT}
    assert [row.event_id for row in rows if row.incident] == []
    assert len({row.event_id for row in rows}) == len(rows)
    return {int(row.event_id) for row in rows}


async def in_flight(database: Database) -> Counter[int]:
    """How many messages are on their way to each chat."""
    async with database.read() as tx:
        rows = await tx.all(select(schema.outbox.c.chat).where(schema.outbox.c.state == "in_flight"))
    return Counter(int(row.chat) for row in rows)


async def count_answers(database: Database, answered: Counter[int]) -> None:
    """Keep the counts of what was said as the database has them."""
    said = (
        select(schema.outbox.c.chat, func.count().label("rows"))
        .where(schema.outbox.c.state.in_(["sent", "uncertain"]))
        .group_by(schema.outbox.c.chat)
    )
    while True:
        async with database.read() as tx:
            answered.update({int(row.chat): row.rows - answered[int(row.chat)] for row in await tx.all(said)})
        await asyncio.sleep(0.1)


async def until_all_is_said(database: Database) -> None:
    """Wait for what gave way to answers: the notices to secretaries."""
    waits = select(func.count()).select_from(schema.outbox).where(schema.outbox.c.state.in_(["queued", "in_flight"]))
    async with asyncio.timeout(60):
        while True:
            async with database.read() as tx:
                if not await tx.scalar(waits):
                    return
            await asyncio.sleep(0.1)


async def check_events(database: Database, telegram: WatchedTelegram, events: list[int], kills: list[Kill]) -> None:
    """Telegram and the database agree on every event, and what a kill left unstored came again in a later life."""
    assert sorted(telegram.updates.confirmed) == sorted(events)
    assert await stored_events(database) == set(events)
    last = {number: life for life, number in telegram.handed}
    assert [event for kill in kills for event in kill.not_stored if last[event] <= kill.life] == []


async def check_pledges(database: Database, telegram: WatchedTelegram, members: dict[int, PersonId]) -> None:
    """Everybody has one pledge, recorded once, with the code that they were told."""
    async with database.read() as tx:
        pledges = await tx.all(select(schema.pledges).where(schema.pledges.c.voided_at.is_(None)))
        recorded = await tx.all(select(schema.audit.c.subject).where(schema.audit.c.action == "pledge_recorded"))
        receipts = {row.code for row in await tx.all(select(schema.receipts))}
        drafts = await tx.all(select(schema.dialogues.c.id).where(schema.dialogues.c.state != "ended"))
    assert sorted(row.person_id for row in pledges) == sorted(members.values())
    assert sorted(row.subject for row in recorded) == sorted(f"person:{person}" for person in members.values())
    assert receipts == {row.code for row in pledges}
    assert drafts == []
    codes = {row.person_id: shown(row.code) for row in pledges}
    for chat, person in members.items():
        told = [text for text in telegram.said[chat] if text.startswith(pledge.RECEIPT_TITLE)]
        assert told and all(codes[person] in text for text in told)


async def check_replies(database: Database, members: dict[int, PersonId]) -> None:
    """Everybody's answer to the notice of the meeting is there, recorded once."""
    async with database.read() as tx:
        replies = await tx.all(select(schema.meeting_replies))
        recorded = await tx.all(select(schema.audit.c.subject).where(schema.audit.c.action == "meeting_answered"))
    wanted = {person: "present" if chat % 2 else "excused" for chat, person in members.items()}
    assert sorted((row.person_id, row.answer) for row in replies) == sorted(wanted.items())
    assert len(recorded) == len(replies)


async def check_words(
    database: Database,
    telegram: WatchedTelegram,
    people: list[Person],
    kills: list[Kill],
    *,
    states: frozenset[str] = frozenset({"sent"}),
) -> int:
    """Every event has one answer; every answer was said, in order, at least once, and again at most as often as one
    was on its way at a kill. How many were said again."""
    async with database.read() as tx:
        rows = await tx.all(select(schema.outbox).order_by(schema.outbox.c.id))
    assert {row.state for row in rows} <= states
    answers: dict[int, list[str]] = {}
    for row in rows:
        answers.setdefault(int(row.chat), []).append(decode_message(row.body).plain)
    twice = 0
    for person in people:
        written, said = answers[person.chat], telegram.said[person.chat]
        assert len(written) == len(person.events)
        in_runs = [(text, len(list(same))) for text, same in groupby(written)]
        heard = [(text, len(list(same))) for text, same in groupby(said)]
        assert [text for text, _ in heard] == [text for text, _ in in_runs]
        assert all(often >= once for (_, often), (_, once) in zip(heard, in_runs, strict=True))
        again = len(said) - len(written)
        assert again <= sum(kill.in_flight[person.chat] for kill in kills)
        twice += again
    return twice
