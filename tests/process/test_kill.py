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
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from tests.process.commune import found_commune
from tests.process.phones import Person, WatchedTelegram
from tests.process.programs import Nursery, environment, opened, says_no_token
from tests.process.reckoning import (
    Kill,
    check_events,
    check_pledges,
    check_replies,
    check_words,
    count_answers,
    in_flight,
    stored_events,
    until_all_is_said,
)

pytestmark = pytest.mark.process

MEMBERS = 20
KILLS = 16
EVENTS = 200
SEED = "BON_TOT_TEST_SEED"
"""The environment variable that repeats a run, as far as chance of our own goes."""


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
                await until_all_is_said(database)
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
