"""Killed at random moments while many people speak: nothing that was confirmed is lost, and nothing acts twice.

The program is the real one, in processes of its own, over a Telegram of our own on a socket. People press the buttons
that they really see. After every kill, and at the end, the database is compared with what Telegram knows.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.chat import decode_message
from bot.domain.ids import PersonId
from bot.texts import pledge
from handlers.receipts import shown
from storage import schema
from storage.database import Database
from tests.process.commune import ACCOUNT, found_commune
from tests.process.phones import Person, WatchedTelegram
from tests.process.programs import Nursery, environment, opened, says_no_token

pytestmark = pytest.mark.process

MEMBERS = 20
KILLS = 16
EVENTS = 200
SEED = "BON_TOT_TEST_SEED"
"""The environment variable that repeats a run, as far as chance of our own goes."""


@dataclass
class Kill:
    """What a kill left: events that were not stored, and the chats that something was on its way to."""

    life: int
    not_stored: frozenset[int]
    in_flight: Counter[int]


async def kill_at_a_random_moment(
    nursery: Nursery, telegram: WatchedTelegram, database: Database, chance: random.Random
) -> Kill:
    """Let it live for some calls or only for a moment, kill it, and look at what it left."""
    telegram.life += 1
    calls = len(telegram.calls)
    await nursery.bears()
    if chance.random() < 0.8:
        wanted = calls + chance.randint(1, 40)
        await telegram.until(lambda: len(telegram.calls) >= wanted, seconds=60)
    await asyncio.sleep(chance.uniform(0, 0.3))
    assert await nursery.ends(signal.SIGKILL) == -signal.SIGKILL
    confirmed, waiting = set(telegram.updates.confirmed), set(telegram.updates.waiting)
    stored = await stored_events(database)
    assert confirmed <= stored
    return Kill(telegram.life, frozenset(waiting - stored), await in_flight(database))


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


async def test_killed_again_and_again_while_twenty_people_speak(tmp_path: Path, record_property: Any) -> None:
    """Every event that was confirmed is stored, every event that was not stored is delivered again, no event acts
    twice; and what is said twice was on its way out when the program was killed."""
    seed = int(os.environ.get(SEED) or random.randrange(10**6))
    sys.stdout.write(f"{SEED}={seed}\n")
    chance = random.Random(seed)
    begun = time.monotonic()
    async with WatchedTelegram() as telegram:
        settings = environment(tmp_path, telegram)
        async with opened(settings["BON_TOT_DATABASE"]) as database:
            members = await found_commune(database, members=MEMBERS)
            answered: Counter[int] = Counter()
            people = [Person(chat, telegram, answered, random.Random(chance.random())) for chat in members]
            async with Nursery.open(tmp_path, settings) as nursery, asyncio.TaskGroup() as group:
                enough = asyncio.Event()
                counting = group.create_task(count_answers(database, answered))
                lives = [group.create_task(person.lives(enough)) for person in people]
                kills = [await kill_at_a_random_moment(nursery, telegram, database, chance) for _ in range(KILLS)]
                telegram.life += 1
                await nursery.bears()
                enough.set()
                await asyncio.wait(lives)
                counting.cancel()
                assert await nursery.ends(signal.SIGTERM) == 0
            events = [event for person in people for event in person.events]
            await check_events(database, telegram, events, kills)
            await check_pledges(database, telegram, members)
            await check_replies(database, members)
            twice = await check_words(database, telegram, people, kills)
    figures = {
        "events": len(events),
        "kills": len(kills),
        "handed out more than once": sum(count > 1 for count in Counter(n for _, n in telegram.handed).values()),
        "not stored at a kill": sum(len(kill.not_stored) for kill in kills),
        "in flight at the kills": sum(kill.in_flight.total() for kill in kills),
        "messages": sum(len(said) for said in telegram.said.values()),
        "messages said twice": twice,
        "seconds": round(time.monotonic() - begun, 1),
    }
    record_property("figures", figures)
    sys.stdout.write(f"{figures}\n")
    assert len(events) >= EVENTS
    says_no_token((tmp_path / "output").read_text("utf-8"))


async def count_answers(database: Database, answered: Counter[int]) -> None:
    """Keep the counts of what was said as the database has them."""
    said = (
        select(schema.outbox.c.chat, func.count().label("rows"))
        .where(schema.outbox.c.state == "sent")
        .group_by(schema.outbox.c.chat)
    )
    while True:
        async with database.read() as tx:
            answered.update({int(row.chat): row.rows - answered[int(row.chat)] for row in await tx.all(said)})
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


async def check_words(database: Database, telegram: WatchedTelegram, people: list[Person], kills: list[Kill]) -> int:
    """Every event has one answer; every answer was said, in order, at least once, and again at most as often as one
    was on its way at a kill. How many were said again."""
    async with database.read() as tx:
        rows = await tx.all(select(schema.outbox).order_by(schema.outbox.c.id))
    assert {row.state for row in rows} == {"sent"}
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
