"""A machine that fails under the program: no room, a file system that turned read-only, errors of the disk, a database
that another process has locked; and a backup that is made under load, put back, and compared.

The program is the real one; updates come by its webhook. While the machine fails, nothing may be confirmed that is not
stored and nothing refused for ever: the answer is 503, or none. Afterwards the same updates come again, and everybody
must have been answered once.
"""

import asyncio
import errno
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from chaos.disk import built, under
from chaos.figures import Figure, at_least, none_of, say
from storage.database import sqlite_file, sqlite_url
from tests.process.commune import FIRST_CHAT, found_commune
from tests.process.phones import WatchedTelegram
from tests.process.programs import Program, environment, opened

MEMBERS = 12
TEMPLATE = "commune.db"
WEBHOOK = "/telegram/telegram"
PEOPLE = range(FIRST_CHAT, FIRST_CHAT + MEMBERS)
FAILURES = (("no room", errno.ENOSPC), ("read-only", errno.EROFS), ("errors of the disk", errno.EIO))
FOREVER = ("events", "audit", "receipts", "pledges", "meeting_replies")
"""Tables whose rows stay as they are written."""


@dataclass
class Seen:
    """What the messenger was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    restarts: int = 0
    lost: int = 0
    unanswered: int = 0
    while_failing: Counter[int] = field(default_factory=Counter)


class Service:
    """The program as a supervisor has it: started again when it ends."""

    def __init__(self, folder: Path, settings: dict[str, str], telegram: WatchedTelegram) -> None:
        self._folder = folder
        self._telegram = telegram
        self.settings = settings
        self.program: Program
        self.address = ""
        self.restarts = 0
        self.stopping = False

    async def start(self) -> None:
        """Start it, again if it ends at once, and wait until it takes connections."""
        before = len(list(self.program.lines("web_ready"))) if self.address else 0
        self.program = await Program.start(self._folder, self.settings)
        async with asyncio.timeout(60):
            while len(ready := list(self.program.lines("web_ready"))) <= before:
                if self.program.returncode is not None:
                    await asyncio.sleep(0.2)
                    self.program = await Program.start(self._folder, self.settings)
                await asyncio.sleep(0.05)
        self.address = ready[-1]["address"]
        await self._telegram.until(lambda: self._telegram.webhook, seconds=60)

    async def supervised(self) -> None:
        """Start it again whenever it ends, until cancelled."""
        while True:
            await asyncio.sleep(0.1)
            if self.program.returncode is not None and not self.stopping:
                self.restarts += 1
                with suppress(TimeoutError):
                    await self.start()


@asynccontextmanager
async def serving(folder: Path, library: Path | None) -> AsyncIterator[tuple[Service, WatchedTelegram, Path]]:
    """The program over a commune, by webhook, supervised; and the file that says how the disk fails."""
    folder.mkdir(parents=True)
    async with WatchedTelegram() as telegram:
        settings = environment(folder, telegram, TELEGRAM_MODE="webhook", TELEGRAM_WEBHOOK_URL="https://bot.example/x")
        file = sqlite_file(settings["BON_TOT_DATABASE"])
        assert file is not None
        shutil.copy(folder.parent / TEMPLATE, file)
        if library is not None:
            settings |= under(library, files=file, fault=folder / "fault")
        service = Service(folder, settings, telegram)
        await service.start()
        supervising = asyncio.create_task(service.supervised())
        try:
            yield service, telegram, file
        finally:
            service.stopping = True
            supervising.cancel()
            if service.program.returncode is None:
                await service.program.stop()


async def push(service: Service, telegram: WatchedTelegram, seen: Seen, *, seconds: float = 20.0) -> None:
    """Deliver what waits once, side by side; what gets 2xx is confirmed."""

    async def one(session: aiohttp.ClientSession, number: int, update: dict[str, Any]) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": telegram.webhook["secret_token"]}
        try:
            async with session.post(f"{service.address}{WEBHOOK}", json=update, headers=headers) as answer:
                seen.statuses[answer.status] += 1
                confirmed = 200 <= answer.status < 300
        except (aiohttp.ClientError, OSError, TimeoutError):
            seen.statuses[0] += 1
            return
        if confirmed:
            del telegram.updates.waiting[number]
            telegram.updates.confirmed.append(number)

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session:
        await asyncio.gather(*[one(session, *item) for item in sorted(telegram.updates.waiting.items())])


async def push_until_confirmed(service: Service, telegram: WatchedTelegram, seen: Seen) -> None:
    """Deliver again and again, as Telegram does."""
    async with asyncio.timeout(90):
        while telegram.updates.waiting:
            await push(service, telegram, seen)
            await asyncio.sleep(0.2)


async def fails(folder: Path, library: Path, number: int, *, seconds: float) -> Seen:
    """The disk fails while people speak, and is well again."""
    seen = Seen()
    async with serving(folder, library) as (service, telegram, file):
        events = [telegram.updates.says(chat, "/toi") for chat in PEOPLE]
        await push_until_confirmed(service, telegram, seen)
        seen.statuses.clear()
        fault = folder / "fault"
        fault.write_text(str(number))
        for _ in range(3):
            events += [telegram.updates.says(chat, "/trogiup") for chat in PEOPLE]
            await push(service, telegram, seen)
            await asyncio.sleep(seconds / 3)
        seen.while_failing = Counter(seen.statuses)
        fault.unlink()
        events += [telegram.updates.says(chat, "/toi") for chat in PEOPLE]
        await push_until_confirmed(service, telegram, seen)
        await _reckon(file, telegram, events, seen)
        seen.restarts = service.restarts
    return seen


async def is_locked(folder: Path, *, seconds: float) -> Seen:
    """Another process writes for so long; meanwhile people speak."""
    seen = Seen()
    async with serving(folder, None) as (service, telegram, file):
        events = [telegram.updates.says(chat, "/toi") for chat in PEOPLE]
        await push_until_confirmed(service, telegram, seen)
        seen.statuses.clear()
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            events += [telegram.updates.says(chat, "/trogiup") for chat in PEOPLE]
            pushing = asyncio.create_task(push(service, telegram, seen, seconds=seconds + 20))
            await asyncio.sleep(seconds)
            other.execute("ROLLBACK")
        await pushing
        seen.while_failing = Counter(seen.statuses)
        await push_until_confirmed(service, telegram, seen)
        await _reckon(file, telegram, events, seen)
        seen.restarts = service.restarts
    return seen


async def _reckon(file: Path, telegram: WatchedTelegram, events: list[int], seen: Seen) -> None:
    """Wait until all is said, then count what is missing."""
    with suppress(TimeoutError):
        async with asyncio.timeout(90):
            while _read(file, "SELECT id FROM outbox WHERE state IN ('queued', 'in_flight')"):
                await asyncio.sleep(0.2)
    assert _read(file, "PRAGMA integrity_check") == [("ok",)]
    stored = {int(event) for (event,) in _read(file, "SELECT event_id FROM events")}
    seen.lost = len((set(telegram.updates.confirmed) | set(events)) - stored)
    asked = len(events) // MEMBERS
    seen.unanswered = sum(max(0, asked - len(telegram.said.get(chat, ()))) for chat in PEOPLE)
    if any(_read(file, "SELECT incident FROM events WHERE incident IS NOT NULL")):
        say("      an event ended as an incident")
        seen.lost += 1


def _read(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql).fetchall()


@dataclass
class Copies:
    """What backups under load held."""

    made: int = 0
    failed: int = 0
    confirmed_missing: int = 0
    rows_changed: int = 0
    restored: int = 0


async def is_copied(folder: Path, *, backups: int) -> Copies:
    """Backups while people speak without a pause; each is put back into a place of its own, started, and compared."""
    found, seen = Copies(), Seen()
    async with serving(folder, None) as (service, telegram, file):
        speaking = asyncio.create_task(_speak_on(service, telegram, seen))
        for number in range(backups):
            await asyncio.sleep(1.0)
            confirmed = set(telegram.updates.confirmed)
            made = await _command(folder, service.settings, "backup", "--to", str(folder / f"copy-{number}"))
            found.made += made == 0
            found.failed += made != 0
            for copy in (folder / f"copy-{number}").glob("*.db"):
                stored = {int(event) for (event,) in _read(copy, "SELECT event_id FROM events")}
                found.confirmed_missing += len(confirmed - stored)
        speaking.cancel()
        await asyncio.wait([speaking])
        await push_until_confirmed(service, telegram, seen)
        for number in range(backups):
            (copy,) = (folder / f"copy-{number}").glob("*.db")
            place = folder / f"restored-{number}"
            place.mkdir()
            settings = environment(place)
            if await _command(place, settings, "restore", str(copy)) == 0:
                restored = sqlite_file(settings["BON_TOT_DATABASE"])
                assert restored is not None
                found.restored += _read(restored, "PRAGMA integrity_check") == [("ok",)]
                found.rows_changed += sum(_changed(restored, file, table) for table in FOREVER)
    return found


async def _speak_on(service: Service, telegram: WatchedTelegram, seen: Seen) -> None:
    while True:
        for chat in PEOPLE:
            telegram.updates.says(chat, "/toi")
        await push(service, telegram, seen)


def _changed(copy: Path, file: Path, table: str) -> int:
    """How many rows of the copy are not the same in the database that went on."""
    rows = set(_read(copy, f'SELECT * FROM "{table}"'))  # noqa: S608
    return len(rows - set(_read(file, f'SELECT * FROM "{table}"')))  # noqa: S608


async def _command(folder: Path, settings: dict[str, str], *args: str) -> int:
    program = await Program.start(folder, settings, *args)
    return await program.ended(seconds=60)


async def try_the_machine(folder: Path, *, seed: int, seconds: float, locked: Sequence[float]) -> Sequence[Figure]:
    """All of it. Raises `NoCompiler`."""
    folder.mkdir(parents=True)
    library = built(folder)
    async with opened(sqlite_url(folder / TEMPLATE)) as database:
        await found_commune(database, members=MEMBERS)
    failing = [fails(folder / errno.errorcode[number], library, number, seconds=seconds) for _, number in FAILURES]
    locking = [is_locked(folder / f"locked-{number}", seconds=long) for number, long in enumerate(locked)]
    # Side by side: each has a program of its own, and mostly waits.
    seen = await asyncio.gather(*failing, *locking)
    figures = []
    for (name, _), one in zip(FAILURES, seen, strict=False):
        figures += _figures(name, one, seed, refused=True)
    for long, one in zip(locked, seen[len(FAILURES) :], strict=True):
        figures += _figures(f"locked for {long:g} s", one, seed, refused=False)
    copies = await is_copied(folder / "copied", backups=3)
    say(f"      {copies}")
    figures += [
        at_least("machine: backups under load, put back and sound", copies.restored, 3, unit="backups", seed=seed),
        none_of("machine: confirmed events missing in a backup", copies.confirmed_missing, unit="events", seed=seed),
        none_of("machine: rows of a backup that are others later", copies.rows_changed, unit="rows", seed=seed),
    ]
    return figures


def _figures(name: str, seen: Seen, seed: int, *, refused: bool) -> list[Figure]:
    """While the machine fails every answer is 503 or none; what is confirmed is there afterwards, and answered."""
    failing = {status or "none": count for status, count in seen.while_failing.items()}
    say(f"      {name}: answers meanwhile {failing}, {seen.restarts} restarts")
    wrong = sum(count for status, count in seen.while_failing.items() if 400 <= status < 500 or status == 500)
    figures = [
        none_of(f"machine: {name}: answers but 2xx and 503", wrong, unit="answers", seed=seed),
        none_of(f"machine: {name}: events or answers lost", seen.lost + seen.unanswered, unit="events", seed=seed),
        none_of(f"machine: {name}: had to be started again", seen.restarts, unit="restarts", seed=seed),
    ]
    if refused:
        told = seen.while_failing[503]
        figures.append(at_least(f"machine: {name}: answered with 503", told, 1, unit="answers", seed=seed))
    return figures
