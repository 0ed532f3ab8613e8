"""How long a webhook's call waits for its durable commit when 500 events a second come in, whatever is answered."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from bench.commune import found
from bench.figures import Figure, figure, percentile
from bench.messenger import TOKEN, Messenger
from bench.people import SECRET, Phone, pledges, side_by_side
from bench.plan import Plan, folder
from bench.processes import install, ours
from bench.scenarios.webhook import WARM_UP, connected

RATE = 500
ACTIVE = 400
CONNECTIONS = 100
"""As many as Telegram makes at most."""
EVENTS_EACH = 8


class Beat:
    """Lets somebody act at a steady rate; whoever cannot act in time acts late, and the rate is kept."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._places = asyncio.Semaphore(0)
        self.late = 0.0

    async def __call__(self) -> None:
        await self._places.acquire()

    async def run(self, seconds: float) -> int:
        """Let people act for so long; how many could."""
        begun, given = perf_counter(), 0
        while (passed := perf_counter() - begun) < seconds:
            while given < passed * self._rate:
                self._places.release()
                given += 1
            await asyncio.sleep(0.001)
        return given


async def measure(plan: Plan) -> Sequence[Figure]:
    """The slowest of a hundred, the one in the middle, and whether the rate was kept."""
    people = WARM_UP + ACTIVE + int(plan.seconds * RATE / EVENTS_EACH)
    with folder() as place:
        members = await found(place / "bon-tot.db", members=people)
        async with Messenger() as messenger:
            settings = install(place, url=messenger.url, token=TOKEN, secret=SECRET, paced=False)
            async with ours(place, settings) as process:
                await messenger.knows_webhook()
                telegram = await connected(messenger, process, "/telegram/telegram", width=CONNECTIONS)
                await side_by_side([Phone(chat, telegram) for chat in members[:WARM_UP]], pledges, width=20)
                telegram.seconds.clear()
                beat = Beat(RATE)
                phones = [Phone(chat, telegram, paced=beat) for chat in members[WARM_UP:]]
                living = asyncio.create_task(side_by_side(phones, pledges, width=ACTIVE))
                begun = perf_counter()
                offered = await beat.run(plan.seconds)
                while len(telegram.seconds) < offered and not living.done():
                    await asyncio.sleep(0.01)
                took = perf_counter() - begun
                living.cancel()
                await asyncio.wait([living])
                telegram.client.close()
    what = f"durable confirmation at {RATE} events a second"
    kept = figure(f"{what}, confirmed", len(telegram.seconds) / took, "events/s", f"≥ {RATE * 0.98:g}")
    slowest = figure(f"{what}, p99", percentile(telegram.seconds, 0.99) * 1000, "ms", "≤ 50")
    return [
        # At a lower rate than the one that was meant, it proves nothing.
        replace(slowest, met=slowest.met and kept.met),
        figure(f"{what}, median", percentile(telegram.seconds, 0.5) * 1000, "ms"),
        kept,
    ]
