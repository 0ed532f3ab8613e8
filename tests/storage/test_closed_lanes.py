"""A lane that is closed rests until it opens, and opens when what closed it is over."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.chat import Delivery, Outcome, RateLimited
from bot.clock import LoopTimer, MovableClock
from bot.delivery import Sender
from bot.domain.pausing import FAILURES
from bot.outgoing import Batch, Terms, Wish
from storage import schema
from storage.database import Database
from storage.sending import StoredOutbox
from tests.fakes.handling import stop
from tests.storage.letters import ACCOUNT, Mouth, letter, put, states
from tests.storage.test_sender import no_papers

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Counting(LoopTimer):
    """Counts how often it is waited."""

    def __init__(self) -> None:
        self.waits = 0

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        self.waits += 1
        await super().wait(event, seconds)


class Slow(StoredOutbox):
    """Its answers can be held up."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()

    async def exchange(self, terms: Terms, outcomes: Callable[[], Sequence[Outcome]], wish: Wish | None) -> Batch:
        batch = await super().exchange(terms, outcomes, wish)
        self.asked.set()
        await self.gate.wait()
        return batch


async def test_who_is_told_to_wait_while_the_outbox_is_asked_rests(database: Database, clock: MovableClock) -> None:
    """What the outbox gives then is not said but given back, and the lane does not look again and again until the time
    is over."""
    mouth, kept, timer = Mouth(), Slow(database), Counting()
    mouth.gates = {"an": asyncio.Event()}
    mouth.fails["an"] = [RateLimited(3600)]
    sender = Sender(outbox=kept, channels={ACCOUNT: mouth}, make_file=no_papers, clock=clock, timer=timer)
    await put(database, letter("một", chat="an"))
    running = asyncio.create_task(sender.run())
    await mouth.until_tried(1)
    await put(database, letter("hai", chat="binh"))
    kept.gate.clear()
    kept.asked.clear()
    sender.wake()
    await kept.asked.wait()
    mouth.gates["an"].set()  # the messenger answers, while the outbox has not
    await asyncio.sleep(0.02)
    kept.gate.set()
    async with asyncio.timeout(5):
        while await states(database) != ["queued", "queued"]:
            await asyncio.sleep(0.01)
    before = timer.waits
    await asyncio.sleep(0.3)
    assert timer.waits - before < 10
    await stop(running)
    assert [one.chat for one in mouth.tried] == ["an"]


async def test_an_account_that_is_well_again_speaks_at_once(database: Database, clock: MovableClock) -> None:
    """One message is tried after a pause; when it is heard, nobody waits for the end of the next and longer pause,
    which had begun meanwhile."""
    async with database.write() as tx:
        failing = {"failures": FAILURES, "failing_since": tx.now, "why": "no answer"}
        pause = {"pauses": 3, "paused_until": tx.now - timedelta(seconds=1)}
        await tx.run(insert(schema.lanes), {"account": ACCOUNT, **failing, **pause})

    class Hangs(Mouth):
        async def send(self, delivery: Delivery) -> str | None:
            if delivery.chat == "an":
                # While it is on its way, the outbox is asked again, and says that the account pauses.
                await put(database, letter("hai", chat="binh"))
                sender.wake()
                await asyncio.sleep(0.05)
            return await super().send(delivery)

    mouth = Hangs()
    sender = Sender(outbox=StoredOutbox(database), channels={ACCOUNT: mouth}, make_file=no_papers, clock=clock)
    await put(database, letter("một", chat="an"))
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(5):
        await mouth.until_tried(2)
    await stop(running)
    assert mouth.texts() == ["một", "hai"]
