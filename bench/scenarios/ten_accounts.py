"""Ten accounts in one program, one of them hanging and one answering 500 to everything: the others' delays.

Somebody new writes to every account ten times a second, and what is measured is the time from their message to the
answer at the messenger. Both states take turns, and the best round of each counts.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from time import perf_counter

import msgspec

from bench.figures import Figure, figure, percentile
from bench.messenger import TOKEN, Messenger
from bench.plan import Plan, folder
from bench.wire import port_of, serve
from bot.app import App
from bot.channels.http import new_session
from bot.channels.telegram import TelegramChannel
from bot.chat import Address, Incoming, Text
from bot.clock import SystemClock
from bot.content.loader import load_content
from storage.database import Database, sqlite_url
from storage.migrate import upgrade

ACCOUNTS = 10
HANGING, BROKEN = "bot-0", "bot-1"
EVERY = 0.1
ROUNDS = 3
WORDS = "/trogiup"
SICK = msgspec.json.encode({"ok": False, "error_code": 500, "description": "Internal Server Error"})


async def measure(plan: Plan) -> Sequence[Figure]:
    """The answers' delays with all ten well, and with two of them in trouble."""
    seconds = min(plan.seconds, 20.0) / 4
    well, trouble = [], []
    for _ in range(ROUNDS):
        well.append(await delays(seconds, trouble=False))
        trouble.append(await delays(seconds, trouble=True))
    p50, p99 = [[_best(rounds, part) for rounds in (well, trouble)] for part in (0.5, 0.99)]
    return [
        figure("ten accounts, all well: to the answer, p50", p50[0], "ms"),
        figure("ten accounts, one hanging, one answering 500: the other eight, p50", p50[1], "ms"),
        figure("the same, as a multiple of all well", p50[1] / p50[0], "times", "≤ 1.25"),
        figure("ten accounts, all well: to the answer, p99", p99[0], "ms"),
        figure("ten accounts, one hanging, one answering 500: the other eight, p99", p99[1], "ms"),
        figure("answers measured there", min(map(len, trouble)), "answers"),
    ]


async def delays(seconds: float, *, trouble: bool) -> list[float]:
    """One round: the seconds to each answer of the eight accounts that are well in either state."""
    with folder() as place:
        async with AsyncExitStack() as stack:
            urls = {f"bot-{place}": "" for place in range(ACCOUNTS)}
            messengers = {}
            for account in urls:
                if trouble and account in (HANGING, BROKEN):
                    urls[account] = await stack.enter_async_context(_sick(hangs=account == HANGING))
                else:
                    messengers[account] = await stack.enter_async_context(Messenger())
                    urls[account] = messengers[account].url
            app = await stack.enter_async_context(_program(place, urls))
            found = await asyncio.gather(
                *[_strangers(app, account, messengers.get(account), seconds) for account in urls]
            )
    measured = [taken for account, taken in zip(urls, found, strict=True) if account not in (HANGING, BROKEN)]
    return [one for taken in measured for one in taken]


def _best(rounds: Sequence[Sequence[float]], part: float) -> float:
    """Of the best round, in milliseconds."""
    return min(percentile(one, part) for one in rounds) * 1000


async def _strangers(app: App, account: str, messenger: Messenger | None, seconds: float) -> list[float]:
    """People who write to one account, one after the other, and how long each waited; where nothing answers, nobody
    waits."""
    taken: list[float] = []
    waiting: list[asyncio.Task[None]] = []

    async def one(chat: int) -> None:
        answer = messenger.next_in(chat) if messenger else None
        begun = perf_counter()
        await app.router.handle(Incoming(address=Address(account, str(chat)), event_id=str(chat), payload=Text(WORDS)))
        if answer is not None:
            await answer
            taken.append(perf_counter() - begun)

    for chat in range(1, int(seconds / EVERY) + 1):
        waiting.append(asyncio.create_task(one(chat)))
        await asyncio.sleep(EVERY)
    await asyncio.gather(*waiting)
    return taken


@asynccontextmanager
async def _program(place: Path, urls: dict[str, str]) -> AsyncIterator[App]:
    """The program with an account at each of these addresses, its sender running."""
    clock = SystemClock()
    database = Database(sqlite_url(place / "bon-tot.db"), clock=clock)
    await upgrade(database)
    async with new_session() as session:
        app = App.build(
            database=database,
            clock=clock,
            channels=[
                TelegramChannel(account=account, token=TOKEN, session=session, base_url=url)
                for account, url in urls.items()
            ],
            content=load_content(None),
            random=os.urandom,
            pepper=b"pepper of the bench, not a secret",
        )
        sending = asyncio.create_task(app.sender.run())
        try:
            yield app
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
            await database.close()


@asynccontextmanager
async def _sick(*, hangs: bool) -> AsyncIterator[str]:
    """A messenger that takes every request and never answers, or answers 500; its address."""
    server = await (_silent() if hangs else serve(lambda _path, _head, _body: (500, SICK)))
    try:
        yield f"http://127.0.0.1:{port_of(server)}"
    finally:
        server.close()


async def _silent() -> asyncio.Server:
    make: Callable[[], asyncio.Protocol] = asyncio.Protocol
    return await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
