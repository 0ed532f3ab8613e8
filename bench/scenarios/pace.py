"""The outbox drained at Telegram's pace: close under thirty in any second, never over it, and nearly for nothing."""

import asyncio
from collections.abc import Sequence
from time import perf_counter

from bench.commune import put_letters
from bench.figures import Figure, figure
from bench.messenger import TOKEN, Messenger
from bench.people import SECRET
from bench.plan import Plan, folder
from bench.processes import install, ours
from bench.profile import profiled

LIMIT = 30
SETTLING = 5.0
"""Seconds after the first message in which the program ends its start."""


async def measure(plan: Plan) -> Sequence[Figure]:
    """Four figures of one drain, watched at the messenger, who refuses what comes too fast."""
    seconds = plan.minutes * 60
    with folder() as place:
        await put_letters(place / "bon-tot.db", letters=int((seconds + 2 * SETTLING) * LIMIT))
        async with Messenger(limit=LIMIT) as messenger:
            settings = install(place, url=messenger.url, token=TOKEN, secret=SECRET, paced=True)
            async with ours(place, settings) as process:
                await messenger.heard(1)
                await asyncio.sleep(SETTLING)
                async with profiled(process, "pace", spy=plan.spy, events=lambda: len(messenger.times)):
                    begun, said, cpu = perf_counter(), len(messenger.times), process.cpu()
                    await asyncio.sleep(seconds)
                    took, said, used = perf_counter() - begun, len(messenger.times) - said, process.cpu() - cpu
    what = f"drain at {LIMIT} a second for {plan.minutes:g} min"
    return [
        figure(what, said / took, "messages/s", "≥ 29.7"),
        figure(f"{what}, most in any second", most_in_a_second(messenger.times), "messages", f"≤ {LIMIT}"),
        figure(f"{what}, refused with 429", messenger.refused, "messages", "= 0"),
        figure(f"{what}, of a core", used / took * 100, "%", "≤ 3"),
    ]


def most_in_a_second(times: Sequence[float]) -> int:
    """The largest number of instants in any second, wherever it begins."""
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
