"""Some minutes of a commune's life on a virtual clock: real router, sender, tick and storage, and a messenger that
fails.

All chance comes from the seed, and nothing from the machine: no thread, no socket, no time of day. So a run is the
same, byte for byte, wherever its seed is run again; its trace is hashed.
"""

import asyncio
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import structlog
import structlog.testing
from sqlalchemy import select, update

from bot.app import App
from bot.chat import Address, Message, Priority
from bot.clock import MovableClock
from bot.content.loader import Content, load_content
from bot.schedule import run_schedule
from chaos.figures import Figure, at_least, none_of, say
from chaos.messenger import CALM, Server, SimulatedChannel, Weather
from chaos.virtual import LoopClock, NothingComes, VirtualLoop
from storage import outbox, schema
from storage.database import Database, Row, sqlite_url
from tests.process.commune import ACCOUNT, found_commune

HOUSE = Path(__file__).parents[1]
MEMORY = next((folder for folder in (Path("/dev/shm"),) if folder.is_dir()), None)  # noqa: S108
"""A folder in memory, where there is one."""
START = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)  # Monday, 08:00 in Viet Nam
MEMBERS = 24
BUSY_SECONDS = 120.0
"""While people speak and the weather is bad."""
QUIET_SECONDS = 3_600.0
"""In which everything must have been said."""
BURST = 3
ROUNDED = 1e-4
"""A clock counts microseconds, and thirty places add them up."""
WORDS = ("/toi", "/camket", "/trogiup", "/hop", "hôm nay trời đẹp", "1", "có", "tiếp tục", "dừng lại", "/quyen")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a seed showed. `faults` are the invariants that did not hold, in words without content."""

    seed: int
    digest: str
    faults: tuple[str, ...]
    events: int
    calls: int
    hours: float


async def make_template(file: Path) -> None:
    """A commune that is there, with a step of its pledge round and one of its meetings to come in the first minutes."""
    database = Database(sqlite_url(file), clock=MovableClock(start=START))
    await found_commune(database, members=MEMBERS)
    async with database.write() as tx:
        await tx.run(update(schema.rounds).values(next_due_at=START + timedelta(seconds=40), next_step="T-7"))
        await tx.run(update(schema.meetings).values(next_due_at=START + timedelta(seconds=70), next_step="T-3"))
    await database.close()


def simulate(seed: int, *, template: Path, folder: Path) -> Outcome:
    """Live through one seed."""
    file = folder / f"sim-{seed}.db"
    shutil.copy(template, file)
    loop = VirtualLoop()
    try:
        asyncio.set_event_loop(loop)
        with structlog.testing.capture_logs() as logs:
            outcome = loop.run_until_complete(_Run(seed, loop, file).live())
        errors = {str(line["event"]) for line in logs if line["log_level"] in ("error", "critical")}
        return replace(outcome, faults=(*outcome.faults, *(f"logged: {event}" for event in sorted(errors))))
    except NothingComes:
        return Outcome(seed, "", ("everybody waits for ever",), 0, 0, 0.0)
    finally:
        asyncio.set_event_loop(None)
        loop.close()
        for left in folder.glob(f"{file.name}*"):
            left.unlink()


class _Run:
    def __init__(self, seed: int, loop: VirtualLoop, file: Path) -> None:
        self._seed = seed
        self._chance = random.Random(seed)
        self._server = Server(random.Random(self._chance.random()))
        self._database = Database(sqlite_url(file), clock=LoopClock(loop, start=START), off_loop=self._off_loop)
        self._channel = SimulatedChannel(self._server, account=ACCOUNT)
        chance = random.Random(self._chance.random())
        self._app = App.build(
            database=self._database,
            clock=LoopClock(loop, start=START),
            channels=[self._channel],
            content=_content(),
            random=chance.randbytes,
            pepper=b"pepper of the simulation, not a secret",
        )
        self._pushed: list[int] = []
        self._letters = 0

    async def _off_loop(self, function: Any, *arguments: Any) -> Any:
        """What is done off the loop takes some time, in which others go on."""
        done = function(*arguments)
        await asyncio.sleep(self._chance.expovariate(1 / 0.004))
        return done

    async def live(self) -> Outcome:
        app, server = self._app, self._server
        server.weather = self._draw_weather()
        running = [
            asyncio.ensure_future(work)
            for work in (
                app.sender.run(),
                run_schedule(app.ticker.tick, hurried=app.ticker.hurried),
                self._channel.poll(handle=app.router.handle, wants_file=app.router.wants_file),
            )
        ]
        people = [asyncio.ensure_future(self._speaks(chat)) for chat in await self._chats()]
        await asyncio.wait([*people, asyncio.ensure_future(self._broadcasts())])
        server.weather = CALM
        faults = [] if await self._converges(running) else ["something still waits after an hour"]
        for task in running:
            task.cancel()
        ends = await asyncio.gather(*running, return_exceptions=True)
        faults += [f"died: {end!r:.200}" for end in ends if not isinstance(end, asyncio.CancelledError)]
        faults += await self._faults()
        digest = await self._digest()
        await self._database.close()
        hours = asyncio.get_running_loop().time() / 3600
        return Outcome(self._seed, digest, tuple(faults), len(self._pushed), len(server.said), hours)

    def _draw_weather(self) -> Weather:
        chance = self._chance
        refused, before, after, storms, repeats, shuffles = (chance.choice((0.0, 0.0, 0.02, 0.1)) for _ in range(6))
        return Weather(
            refused=refused,
            cut_before=before,
            cut_after=after,
            storms=storms / 4,
            repeats=repeats,
            shuffles=shuffles,
            slow=chance.choice((0.01, 0.05, 0.5)),
        )

    async def _chats(self) -> list[int]:
        async with self._database.read() as tx:
            rows = await tx.all(select(schema.addresses.c.chat).order_by(schema.addresses.c.id))
        return [int(row.chat) for row in rows]

    # ---------------------------------------------------------------------------- what happens

    async def _speaks(self, chat: int) -> None:
        """Somebody who says this and that, presses what stands there, and may block the bot for a while."""
        chance = random.Random(self._chance.random())
        loop = asyncio.get_running_loop()
        while loop.time() < BUSY_SECONDS:
            await asyncio.sleep(chance.expovariate(1 / 25.0))
            updates, shown = self._server.updates, self._server.chats.shown(chat)
            buttons = [data for message in shown[-3:] for row in message.rows for _, data in row if ":" in data[:20]]
            if buttons and chance.random() < 0.6:
                self._pushed.append(updates.presses(chat, chance.choice(buttons), message=shown[-1].id))
            elif chance.random() < 0.03:
                await self._is_away(chat, chance)
            else:
                self._pushed.append(updates.says(chat, chance.choice(WORDS)))

    async def _is_away(self, chat: int, chance: random.Random) -> None:
        self._server.chats.blocked.add(chat)
        self._pushed.append(self._server.updates.blocks(chat))
        await asyncio.sleep(chance.uniform(1, 40))
        self._server.chats.blocked.discard(chat)
        self._pushed.append(self._server.updates.unblocks(chat))

    async def _broadcasts(self) -> None:
        """A few times something for everybody, so that the pace is reached."""
        for number in range(self._chance.randint(1, 3)):
            await asyncio.sleep(self._chance.uniform(1, BUSY_SECONDS / 3))
            async with self._database.write() as tx:
                letters = [
                    outbox.Letter(
                        address=Address(ACCOUNT, str(50_000 + chat)),
                        message=Message(text=f"Tin {number}"),
                        priority=Priority.BROADCAST,
                    )
                    for chat in range(self._chance.randint(10, 150))
                ]
                self._letters += len(letters)
                await outbox.put_many(tx, letters)
            self._app.sender.wake()

    async def _converges(self, running: Sequence["asyncio.Future[Any]"]) -> bool:
        loop = asyncio.get_running_loop()
        until = loop.time() + QUIET_SECONDS
        while loop.time() < until:
            if any(task.done() for task in running):
                return False
            # Asked first: whatever is confirmed by now stands in the rows that are read after it.
            comes_more = bool(self._server.updates.waiting)
            waiting = {row.state for row in await self._rows()} & {"queued", "in_flight"}
            if not waiting and not comes_more:
                return True
            await asyncio.sleep(5)
        return False

    # ------------------------------------------------------------------------ what must hold

    async def _rows(self) -> Sequence[Row]:
        async with self._database.read() as tx:
            return await tx.all(select(schema.outbox).order_by(schema.outbox.c.id))

    async def _faults(self) -> list[str]:
        rows = await self._rows()
        return [
            *await self._lost_events(),
            *self._lost_words(rows),
            *self._order(rows),
            *self._pace(),
            *await self._schedule(rows),
        ]

    async def _lost_events(self) -> list[str]:
        async with self._database.read() as tx:
            events = await tx.all(select(schema.events))
        stored = Counter(int(row.event_id) for row in events)
        faults = []
        if set(self._pushed) != set(stored) or any(count > 1 for count in stored.values()):
            faults.append("an event is not stored once")
        if sorted(self._server.updates.confirmed) != sorted(self._pushed):
            faults.append("an event is not confirmed once")
        incidents = sum(bool(row.incident) for row in events)
        return [*faults, f"{incidents} incidents"] if incidents else faults

    def _lost_words(self, rows: Sequence[Row]) -> list[str]:
        """Each row was said, and as often as the messenger cut off an answer once more; only who blocked the bot hears
        less, and what a cut left in doubt may have been heard."""
        said = Counter(one.key for one in self._server.said if one.done)
        cut, faults = self._server.cut, []
        states = Counter(row.state for row in rows)
        for row in rows:
            if said[row.id] > 1 + cut[row.id]:
                faults.append(f"row {row.id} was said {said[row.id]} times, cut off {cut[row.id]} times")
            if row.state == "sent" and not said[row.id]:
                faults.append(f"row {row.id} counts as sent and was not")
        odd = set(states) - {"sent", "blocked", "uncertain", "cancelled"}
        if odd:
            faults.append(f"rows ended as {sorted(odd)}")
        broadcasts = sum(row.priority == Priority.BROADCAST for row in rows)
        return faults if broadcasts == self._letters else [*faults, "letters of a broadcast are missing"]

    def _order(self, rows: Sequence[Row]) -> list[str]:
        """Of one priority nothing overtakes within a chat. What came from another address of the person, where it could
        not be said, stands behind what was said here meanwhile."""
        priority = {row.id: row.priority for row in rows}
        moved = {row.id for row in rows if row.tried}
        firsts: dict[tuple[int, int], list[int]] = defaultdict(list)
        seen = set()
        for one in self._server.said:
            if one.done and one.key not in seen and one.key not in moved:
                seen.add(one.key)
                firsts[one.chat, priority[one.key]].append(one.key)
        return [
            f"row {later} was said after {earlier}"
            for keys in firsts.values()
            for earlier, later in pairwise(keys)
            if later < earlier
        ]

    def _pace(self) -> list[str]:
        """Never more than 30 in any second, never more than the burst and one a second to a chat, nothing while told to
        wait."""
        faults, server = [], self._server
        begun = [one.begun for one in server.said]
        if any(begun[n + 30] - begun[n] < 1 - ROUNDED for n in range(len(begun) - 30)):
            faults.append("more than 30 in a second")
        chats: dict[int, list[float]] = defaultdict(list)
        for one in server.said:
            chats[one.chat].append(one.begun)
        if any(at[n + BURST] - at[n] < 1 - ROUNDED for at in chats.values() for n in range(len(at) - BURST)):
            faults.append("more than the burst to one chat in a second")
        held = sum(told < one.begun < until - 1e-6 for told, until in server.told_to_wait for one in server.said)
        if held:
            faults.append(f"{held} calls while told to wait")
        return [*faults, f"{server.own_making} 429 of our own making"] if server.own_making else faults

    async def _schedule(self, rows: Sequence[Row]) -> list[str]:
        """Every step was due once: nothing stays due, and each member heard of it once, or had done what it asks."""
        async with self._database.read() as tx:
            due = [
                row.next_due_at
                for table in (schema.rounds, schema.meetings)
                for row in await tx.all(select(table.c.next_due_at))
            ]
        now = self._app.clock.now()
        faults = ["a fact is still due"] if any(at is not None and at <= now for at in due) else []
        keys = Counter(row.unique_key for row in rows if row.unique_key)
        if any(count > 1 for count in keys.values()):
            faults.append("a step was said twice")
        if not any(row.priority == Priority.REMINDER for row in rows):
            faults.append("nobody was reminded")
        return faults

    async def _digest(self) -> str:
        rows = [tuple(row) for row in await self._rows()]
        return sha256("\n".join([*self._server.trace, *map(repr, rows)]).encode()).hexdigest()


_shipped: list[Content] = []


def _content() -> Content:
    if not _shipped:
        _shipped.append(load_content(HOUSE / "bot/content/sample"))
    return _shipped[0]


def _part(seeds: Sequence[int], template: Path, folder: Path) -> list[Outcome]:
    return [simulate(seed, template=template, folder=folder) for seed in seeds]


def simulate_many(folder: Path, *, seed: int, seeds: int, processes: int = 2) -> Sequence[Figure]:
    """Live through so many seeds, the first of them twice in different processes."""
    folder.mkdir(parents=True)
    template = folder / "template.db"
    asyncio.run(make_template(template))
    numbers = range(seed, seed + seeds)
    parts = [list(numbers[start::processes]) for start in range(processes)]
    parts[-1].append(seed)
    for number in range(processes):
        (folder / f"{number}").mkdir()
    with ProcessPoolExecutor(processes) as pool:
        running = [pool.submit(_part, part, template, folder / f"{n}") for n, part in enumerate(parts)]
        outcomes = [outcome for future in running for outcome in future.result()]
    first, again = outcomes[0], outcomes.pop()
    for outcome in outcomes:
        if outcome.faults:
            say(f"      seed {outcome.seed}: {'; '.join(outcome.faults[:4])}")
    say(f"      seed {first.seed} has the trace {first.digest}")
    say(
        f"      {sum(one.events for one in outcomes)} events, {sum(one.calls for one in outcomes)} messages,"
        f" {sum(one.hours for one in outcomes):.1f} hours of virtual time"
    )
    broken = sum(bool(outcome.faults) for outcome in outcomes)
    return (
        at_least("simulation: seeds", len(outcomes), seeds, unit="seeds", seed=seed),
        none_of("simulation: seeds that broke an invariant", broken, unit="seeds", seed=seed),
        none_of(
            "simulation: bytes of the trace that differ in a second run",
            int(first.digest != again.digest),
            unit="traces",
            seed=seed,
        ),
    )
