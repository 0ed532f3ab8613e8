"""The outbox drained without a limit, for one core."""

import asyncio
from collections.abc import Sequence

from bench.commune import put_letters
from bench.figures import Figure, figure
from bench.messenger import TOKEN, Messenger
from bench.people import SECRET
from bench.plan import Plan, folder
from bench.processes import QUIET_SECONDS, install, ours
from bench.profile import profiled

LETTERS = 12_000
FIRST = 2_000
"""Said before anything is measured: the program starts meanwhile."""


async def measure(plan: Plan) -> Sequence[Figure]:
    """Messages said for a second of CPU."""
    with folder() as place:
        await put_letters(place / "bon-tot.db", letters=LETTERS)
        async with Messenger() as messenger:
            settings = install(place, url=messenger.url, token=TOKEN, secret=SECRET, paced=False)
            async with ours(place, settings) as process:
                await messenger.heard(FIRST)
                async with profiled(process, "drain", spy=plan.spy, events=lambda: len(messenger.times)):
                    before, cpu = len(messenger.times), process.cpu()
                    await messenger.heard(LETTERS)
                    await asyncio.sleep(QUIET_SECONDS)
                said, used = len(messenger.times) - before, process.cpu() - cpu
    return [
        figure("drain without a limit", said / used, "messages per CPU second", "≥ 1000"),
        figure("said more than once while draining", len(messenger.times) - LETTERS, "messages", "= 0"),
    ]
