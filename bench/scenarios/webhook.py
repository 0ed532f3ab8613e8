"""From a webhook's call to the durable commit and the answer that is said, for one core: the real pledge journey, many
people side by side, against bots of other libraries that keep nothing and answer one message with another."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select

from bench.commune import found
from bench.figures import Figure, figure
from bench.messenger import TOKEN, Messenger
from bench.people import SECRET, Life, Phone, Telegram, chats, pledges, side_by_side
from bench.plan import Plan, folder
from bench.processes import QUIET_SECONDS, Process, install, ours, peer
from bench.profile import profiled
from bench.wire import Client
from bot.clock import SystemClock
from handlers.receipts import shown
from storage import schema
from storage.database import Database, sqlite_url

WIDTH = 64
WARM_UP = 100
PEERS = (("ptb", "python-telegram-bot", 8), ("aiogram_bot", "aiogram", 3))
PEOPLE_OF_PEERS = 400
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Events, the seconds of CPU that they took, and the memory held after the first quarter and at the end."""

    events: int
    cpu: float
    quarter: int
    end: int

    @property
    def per_second(self) -> float:
        return self.events / self.cpu


async def measure(plan: Plan) -> Sequence[Figure]:
    """The figures, ours first. In every round each program has its turn; its best round counts, the one in which the
    machine had least else to do."""
    peers = PEERS if plan.peers and not plan.alone else ()
    mine: list[Cost] = []
    theirs: dict[str, list[Cost]] = {script: [] for script, _, _ in peers}
    for _ in range(plan.rounds):
        mine.append(await _ours(plan))
        for script, costs in theirs.items():
            assert plan.peers is not None
            costs.append(await peer_cost(plan.peers, script))
    best = max(cost.per_second for cost in mine)
    figures = [figure("webhook → durable commit → answer said, the pledge journey", best, "events per CPU second")]
    for script, library, times in peers:
        least = max(cost.per_second for cost in theirs[script])
        figures += [
            figure(f"{library}: webhook → answer said, one message, not durable", least, "events per CPU second"),
            figure(f"ours against {library}", best / least, "times", f"≥ {times}"),
            figure(f"memory of {library}", max(cost.end for cost in theirs[script]) / MEGABYTE, "MB"),
        ]
    return [*figures, *_memory(plan, mine)]


def _memory(plan: Plan, mine: Sequence[Cost]) -> Sequence[Figure]:
    grown = max(cost.end - cost.quarter for cost in mine) / MEGABYTE
    return [
        figure("memory under load", max(cost.end for cost in mine) / MEGABYTE, "MB", "≤ 90"),
        figure(f"memory grown from {plan.people // 4:,} to {plan.people:,} people", grown, "MB", "≤ 4"),
    ]


async def _ours(plan: Plan) -> Cost:
    with folder() as place:
        file = place / "bon-tot.db"
        members = await found(file, members=plan.people + WARM_UP)
        async with Messenger() as messenger:
            settings = install(place, url=messenger.url, token=TOKEN, secret=SECRET, paced=False)
            async with ours(place, settings) as process:
                await messenger.knows_webhook()
                telegram = await connected(messenger, process, "/telegram/telegram")
                phones = [Phone(chat, telegram) for chat in members]
                cost = await _load(telegram, process, phones, pledges, spy=plan.spy)
        await _check_pledges(file, phones)
        return cost


async def peer_cost(python: Path, script: str) -> Cost:
    """What a bot of `bench/peers` costs, with the libraries of this Python."""
    with folder() as place:
        async with Messenger() as messenger:
            settings = {"BENCH_URL": messenger.url, "BENCH_TOKEN": TOKEN, "BENCH_SECRET": SECRET}
            async with peer(python, script, place, settings) as process:
                await messenger.knows_webhook()
                telegram = await connected(messenger, process, "/telegram")
                phones = [Phone(chat, telegram) for chat in range(1, PEOPLE_OF_PEERS + WARM_UP + 1)]
                return await _load(telegram, process, phones, chats)


async def connected(messenger: Messenger, process: Process, path: str, *, width: int = WIDTH) -> Telegram:
    """Updates for a program."""
    where = urlsplit(process.address)
    assert where.hostname and where.port
    client = Client(where.hostname, where.port, width)
    await client.open()
    return Telegram(messenger, client, path)


async def _load(
    telegram: Telegram, process: Process, phones: Sequence[Phone], life: Life, *, spy: Path | None = None
) -> Cost:
    await side_by_side(phones[:WARM_UP], life, width=WIDTH)
    quarter = WARM_UP + (len(phones) - WARM_UP) // 4
    async with profiled(process, "webhook", spy=spy, events=lambda: telegram.answered):
        before, cpu = telegram.answered, process.cpu()
        await side_by_side(phones[WARM_UP:quarter], life, width=WIDTH)
        memory = process.memory()
        await side_by_side(phones[quarter:], life, width=WIDTH)
        await asyncio.sleep(QUIET_SECONDS)
    cost = Cost(telegram.answered - before, process.cpu() - cpu, memory, process.memory())
    telegram.client.close()
    return cost


async def _check_pledges(file: Path, phones: Sequence[Phone]) -> None:
    """Everybody's pledge is in the database, with the code that they were told."""
    database = Database(sqlite_url(file), clock=SystemClock())
    try:
        async with database.read() as tx:
            kept = {shown(row.code) for row in await tx.all(select(schema.pledges.c.code))}
    finally:
        await database.close()
    told = {code for code in kept for phone in phones[:1] if code in phone.receipt}
    told |= {line for phone in phones for word in phone.receipt.split() if (line := word.strip(".,;:()“”")) in kept}
    if len(kept) != len(phones) or told != kept:
        raise RuntimeError(f"{len(phones)} people signed, {len(kept)} pledges are kept, {len(told)} codes were told")
