"""Killed, again and again, while people speak: nothing confirmed is lost, every word is said, nothing acts twice.

The program is the real one over a Telegram of our own on sockets, by polling and by webhook in turn, under some bad
weather (429, 500, answers cut off). Some lives end at a random moment, the others at a fault point at which none ended
yet (chaos/points.py). After every kill, and at the end of every round, the database is compared with what Telegram
knows.
"""

import asyncio
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from chaos.figures import Figure, at_least, at_most, none_of, say
from chaos.points import KILLED, SEEN, Marks, Spine
from storage.database import Database
from tests.fakes.telegram_faults import CUT, SERVER_ERROR, too_many
from tests.process.commune import found_commune
from tests.process.phones import SAYING, Person, WatchedTelegram
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

MEMBERS = 16
LIVES = 14
"""Kills in one round, over one commune."""
PATIENCE = 4.0
"""Seconds after which a life that met no point where it should end is ended from outside."""
SCRIPT = Path(__file__).with_name("nursery.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many kills, and for how long they may be tried."""

    random_kills: int
    point_kills: int
    passed: float
    """Of all fault points, how many in a hundred must be passed: the others are what happens on PostgreSQL, when a
    messenger is out of reach for long, and the like."""
    seconds: float


@dataclass
class Tally:
    """What all rounds together found."""

    random_kills: int = 0
    point_kills: int = 0
    rounds: int = 0
    events: int = 0
    messages: int = 0
    twice: int = 0
    in_flight: int = 0
    cut: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """All of them."""
        return self.random_kills + self.point_kills


class StormyTelegram(WatchedTelegram):
    """Counts what was carried out without an answer: by our doing, not the program's, it is said twice."""

    def __init__(self) -> None:
        super().__init__()
        self.cut: Counter[int] = Counter()

    def _fault(self, method: str, params: dict[str, Any]) -> Any:
        fault = super()._fault(method, params)
        if fault is not None and fault.done and method in SAYING:
            self.cut[int(params["chat_id"])] += 1
        return fault

    async def storms(self, chance: random.Random) -> None:
        """Misbehave now and then, until cancelled."""
        while True:
            await asyncio.sleep(chance.uniform(0.3, 1.5))
            self._faults.clear()  # never more than one at a time
            self.fail(chance.choice(SAYING[:2]), chance.choice([too_many(1), SERVER_ERROR, SERVER_ERROR, CUT]))


async def kill_often(folder: Path, *, seed: int, plan: Plan) -> Sequence[Figure]:
    """Rounds of kills until there were enough of both kinds, or no time is left."""
    chance = random.Random(seed)
    spine = Spine()
    folder.mkdir(parents=True)
    marks = Marks(folder / "marks", len(spine.points))
    tally, begun = Tally(), time.monotonic()
    while not _enough(tally, plan, marks) and time.monotonic() - begun < plan.seconds:
        place = folder / f"round-{tally.rounds}"
        place.mkdir()
        before = tally.kills
        try:
            async with asyncio.timeout(300):
                await _round(place, chance, tally, marks, plan)
        except (AssertionError, TimeoutError, ExceptionGroup) as error:
            tally.faults.append(f"round {tally.rounds}: {error!r:.300}")
            say(f"      {tally.faults[-1]}")
        tally.rounds += 1
        if tally.kills == before:
            break
    seen, killed = len(marks.numbers(SEEN)), len(marks.numbers(KILLED))
    (folder / "points.txt").write_text(
        "".join(f"{marks[number]} {name}\n" for number, name in enumerate(spine.points)), encoding="utf-8"
    )
    say(f"      {tally}")
    say(f"      fault points: {len(spine.points)} in all, {seen} passed, {killed} killed at")
    wanted = min(plan.point_kills, seen)
    return (
        at_least("kills: SIGKILLs at random moments", tally.random_kills, plan.random_kills, unit="kills", seed=seed),
        at_least("kills: SIGKILLs at fault points", killed, wanted, unit="points", seed=seed),
        at_least(
            "kills: fault points passed, of all there are",
            100 * seen / len(spine.points),
            plan.passed,
            unit="%",
            seed=seed,
        ),
        at_least("kills: events confirmed", tally.events, 4 * tally.kills, unit="events", seed=seed),
        none_of("kills: rounds with anything lost, or done twice", len(tally.faults), unit="rounds", seed=seed),
        at_most("kills: messages said twice", tally.twice, tally.in_flight + tally.cut, unit="messages", seed=seed),
    )


def _enough(tally: Tally, plan: Plan, marks: Marks) -> bool:
    at_points = len(marks.numbers(KILLED))
    left = len(marks.numbers(SEEN)) - at_points
    enough_points = at_points >= plan.point_kills or (tally.rounds > 3 and left == 0)
    return tally.random_kills >= plan.random_kills and enough_points


async def _round(folder: Path, chance: random.Random, tally: Tally, marks: Marks, plan: Plan) -> None:
    """One commune, from its first word to the last check."""
    port = _free_port()
    by_webhook = bool(tally.rounds % 2)
    more = {"WEB_PORT": str(port)}
    if by_webhook:
        more |= {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_URL": "https://bot.example/telegram/telegram"}
    async with StormyTelegram() as telegram:
        settings = environment(folder, telegram, **more) | {"CHAOS_MARKS": str(folder.parent / "marks")}
        async with opened(settings["BON_TOT_DATABASE"]) as database, _nursed(folder, settings) as nursery:
            members = await found_commune(database, members=MEMBERS)
            answered: Counter[int] = Counter()
            people = [Person(chat, telegram, answered, random.Random(chance.random())) for chat in members]
            async with asyncio.TaskGroup() as group:
                enough = asyncio.Event()
                helping = [
                    group.create_task(count_answers(database, answered)),
                    group.create_task(telegram.storms(random.Random(chance.random()))),
                ]
                if by_webhook:
                    helping.append(group.create_task(deliver(telegram, f"http://127.0.0.1:{port}/telegram/telegram")))
                lives = [group.create_task(person.lives(enough)) for person in people]
                kills = [await _one_life(nursery, telegram, database, chance, tally, marks, plan) for _ in range(LIVES)]
                telegram.life += 1
                await nursery.bears("-1")
                enough.set()
                helping[1].cancel()
                telegram._faults.clear()
                await asyncio.wait(lives)
                for task in helping:
                    task.cancel()
                await until_all_is_said(database)
                assert await nursery.ends(signal.SIGTERM) == 0
            events = [event for person in people for event in person.events]
            await check_events(database, telegram, events, kills)
            await check_pledges(database, telegram, members)
            await check_replies(database, members)
            cut = Kill(life=0, not_stored=frozenset(), in_flight=telegram.cut)
            # An answer that is cut off after a kill has left it in doubt already is not said a third time.
            states = frozenset({"sent", "uncertain"})
            tally.twice += await check_words(database, telegram, people, [*kills, cut], states=states)
    says_no_token((folder / "output").read_text("utf-8"))
    tally.events += len(events)
    tally.messages += sum(len(said) for said in telegram.said.values())
    tally.in_flight += sum(kill.in_flight.total() for kill in kills)
    tally.cut += telegram.cut.total()


@asynccontextmanager
async def _nursed(folder: Path, settings: dict[str, str]) -> AsyncIterator[Nursery]:
    async with Nursery.open(folder, settings, script=SCRIPT) as nursery:
        yield nursery


async def _one_life(
    nursery: Nursery,
    telegram: WatchedTelegram,
    database: Database,
    chance: random.Random,
    tally: Tally,
    marks: Marks,
    plan: Plan,
) -> Kill:
    """Let it live until it is killed, and look at what it left."""
    telegram.life += 1
    calls = len(telegram.calls)
    at_a_point = _at_a_point(chance, tally, marks, plan)
    await nursery.bears(str(chance.choice((0, 0, 50, 500, 2_000)) if at_a_point else -1))
    if at_a_point:
        ending = asyncio.ensure_future(nursery.ended())
        done, _ = await asyncio.wait([ending], timeout=PATIENCE)
        if done:
            assert ending.result() == -signal.SIGKILL, f"the program ended by itself: {ending.result()}"
            tally.point_kills += 1
        else:
            nursery.signals(signal.SIGKILL)
            assert await ending == -signal.SIGKILL
            tally.random_kills += 1
    else:
        wanted = calls + chance.randint(1, 40)
        if chance.random() < 0.8:
            with suppress(TimeoutError):
                await telegram.until(lambda: len(telegram.calls) >= wanted, seconds=8)
        await asyncio.sleep(chance.uniform(0, 0.3))
        code = await nursery.ends(signal.SIGKILL)
        assert code == -signal.SIGKILL, f"the program ended by itself: {code}"
        tally.random_kills += 1
    await asyncio.sleep(0)  # what was answered before the kill is written down
    confirmed, waiting = set(telegram.updates.confirmed), set(telegram.updates.waiting)
    stored = await stored_events(database)
    assert confirmed <= stored, f"confirmed and lost: {sorted(confirmed - stored)}"
    return Kill(telegram.life, frozenset(waiting - stored), await in_flight(database))


def _at_a_point(chance: random.Random, tally: Tally, marks: Marks, plan: Plan) -> bool:
    """Whether this life ends at a point: the kinds are mixed as long as both are wanted."""
    wants_random = tally.random_kills < plan.random_kills
    wants_points = len(marks.numbers(KILLED)) < plan.point_kills
    if wants_random and wants_points:
        share = plan.point_kills / (plan.point_kills + plan.random_kills)
        return chance.random() < share
    return wants_points


async def deliver(telegram: WatchedTelegram, address: str) -> None:
    """Push what waits to the webhook, as Telegram does, until cancelled: one chat's updates in order, chats side by
    side. What gets 2xx is confirmed; whatever else comes is tried again."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        while True:
            chats: dict[int, list[int]] = {}
            for number, update in sorted(telegram.updates.waiting.items()):
                chats.setdefault(_chat_of(update), []).append(number)
            if telegram.webhook:
                await asyncio.gather(*[_push(telegram, session, address, numbers) for numbers in chats.values()])
            await asyncio.sleep(0.02)


async def _push(telegram: WatchedTelegram, session: aiohttp.ClientSession, address: str, numbers: list[int]) -> None:
    for number in numbers:
        telegram.handed.append((telegram.life, number))
        headers = {"X-Telegram-Bot-Api-Secret-Token": telegram.webhook["secret_token"]}
        try:
            async with session.post(address, json=telegram.updates.waiting[number], headers=headers) as answer:
                status, _ = answer.status, await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError):
            status = 0
        if not 200 <= status < 300:
            assert not 400 <= status < 500, status
            await asyncio.sleep(0.05)
            return
        del telegram.updates.waiting[number]
        telegram.updates.confirmed.append(number)


def _chat_of(update: dict[str, Any]) -> int:
    carried = update.get("message") or update["callback_query"]["message"]
    return int(carried["chat"]["id"])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
