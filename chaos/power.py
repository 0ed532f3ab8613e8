"""Power cut at any instant: what was confirmed to Telegram, or told to somebody, is on the disk.

The real program runs over a disk whose journal is kept (chaos/disk.c) while people speak, and is killed now and then.
Then the power is cut in the journal, again and again: right behind words that went out, and anywhere. What a disk would
hold then is opened; the database must be sound, and hold every event whose confirmation had gone out and every pledge
whose receipt had.
"""

import asyncio
import random
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from chaos.disk import built, under
from chaos.figures import Figure, at_least, none_of, say
from chaos.journal import Disk, Record, records, write_out
from storage.database import sqlite_file
from tests.process.commune import found_commune
from tests.process.phones import Person, WatchedTelegram
from tests.process.programs import Nursery, environment, opened
from tests.process.reckoning import count_answers

MEMBERS = 12
OFFSET = re.compile(rb'"offset": ?(\d+)')
CODE = re.compile(rb"BN(?:-[0-9A-Z]{4}){2,4}")


@dataclass
class Promises:
    """What had gone out by some instant."""

    offset: int = 0
    codes: set[str] = field(default_factory=set)

    def take(self, record: Record) -> bool:
        """Something was sent; whether it promised anything."""
        offset = max([int(found) for found in OFFSET.findall(record.data)], default=0)
        codes = {found.decode() for found in CODE.findall(record.data)} - self.codes
        self.codes |= codes
        grown, self.offset = offset > self.offset, max(self.offset, offset)
        return grown or bool(codes)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One run of the program over a disk with a journal."""

    before: dict[str, bytes]
    journal: list[Record]
    events: list[int]
    codes: frozenset[str]
    """As people are told them."""


async def cut_often(folder: Path, *, seed: int, cuts: int, lives: int) -> Sequence[Figure]:
    """Record one run, and cut the power in it so often. Raises `NoCompiler`."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    library = built(folder)
    recorded = await _record(folder, library, chance, lives=lives)
    places = _places(recorded, chance, cuts)
    found = [_after_cuts(folder, recorded, places, chance, syncs=syncs) for syncs in (True, False)]
    (lost, unsound, promises), (would_be_lost, would_be_unsound, _) = found
    say(f"      {len(recorded.journal)} records, {len(recorded.events)} events, {len(recorded.codes)} receipts")
    return (
        at_least("power: cuts in what the program wrote", len(places), cuts, unit="cuts", seed=seed),
        at_least("power: promises looked for after the cuts", promises, cuts, unit="promises", seed=seed),
        none_of("power: confirmed events and receipts lost", lost, unit="promises", seed=seed),
        none_of("power: databases not sound after a cut", unsound, unit="databases", seed=seed),
        at_least(
            "power: lost or unsound if no sync were believed", would_be_lost + would_be_unsound, 1, unit="", seed=seed
        ),
    )


async def _record(folder: Path, library: Path, chance: random.Random, *, lives: int) -> Recorded:
    async with WatchedTelegram() as telegram:
        settings = environment(folder, telegram)
        file = sqlite_file(settings["BON_TOT_DATABASE"])
        assert file is not None
        async with opened(settings["BON_TOT_DATABASE"]) as database:
            members = await found_commune(database, members=MEMBERS)
        before = {str(file): file.read_bytes()}
        journal = folder / "journal"
        people: list[Person] = []
        # Opened only once the program has it open, and never written to: else not all that happens is in the journal.
        async with Nursery.open(folder, settings | under(library, files=file, journal=journal)) as nursery:
            await nursery.bears()
            await telegram.until(lambda: telegram.called("getUpdates"), seconds=60)
            async with opened(settings["BON_TOT_DATABASE"]) as database, asyncio.TaskGroup() as group:
                answered: Counter[int] = Counter()
                enough = asyncio.Event()
                counting = group.create_task(count_answers(database, answered))
                people = [Person(chat, telegram, answered, random.Random(chance.random())) for chat in members]
                speaking = [group.create_task(person.lives(enough)) for person in people]
                for _ in range(lives):
                    await asyncio.sleep(chance.uniform(2.0, 4.0))
                    assert await nursery.ends(signal.SIGKILL) == -signal.SIGKILL
                    await nursery.bears()
                await asyncio.sleep(4.0)
                enough.set()
                await asyncio.wait(speaking)
                counting.cancel()
                codes = frozenset(
                    found.decode()
                    for texts in telegram.said.values()
                    for text in texts
                    for found in CODE.findall(text.encode())
                )
                assert await nursery.ends(signal.SIGKILL) == -signal.SIGKILL
    events = [event for person in people for event in person.events]
    return Recorded(before, list(records(journal.read_bytes())), events, codes)


def _places(recorded: Recorded, chance: random.Random, cuts: int) -> list[int]:
    """Where to cut: half of the cuts right behind a promise, the others anywhere."""
    promises = Promises()
    behind = [number for number, record in enumerate(recorded.journal) if record.kind == ">" and promises.take(record)]
    chosen = set(chance.sample(behind, min(cuts // 2, len(behind))))
    anywhere = [number for number in range(len(recorded.journal)) if number not in chosen]
    return sorted([*chosen, *chance.sample(anywhere, min(cuts - len(chosen), len(anywhere)))])


def _after_cuts(
    folder: Path, recorded: Recorded, places: list[int], chance: random.Random, *, syncs: bool
) -> tuple[int, int, int]:
    """How many promises were lost, how many databases not sound, and how many promises were looked for."""
    disk, promises, wanted = Disk(recorded.before, syncs=syncs), Promises(), set(places)
    lost = unsound = looked_for = 0
    (name,) = recorded.before
    for number, record in enumerate(recorded.journal):
        disk.take(record)
        if record.kind == ">":
            promises.take(record)
        if number not in wanted:
            continue
        write_out(disk.cut(chance), folder / "cut")
        confirmed = {event for event in recorded.events if event < promises.offset}
        told = recorded.codes & promises.codes
        looked_for += len(confirmed) + len(told)
        try:
            events, codes = _read(folder / "cut" / Path(name).name)
        except sqlite3.Error:
            unsound += 1
            continue
        lost += len(confirmed - events) + len({code for code in told if code.replace("-", "") not in codes})
    return lost, unsound, looked_for


def _read(file: Path) -> tuple[set[int], set[str]]:
    """The events and the codes of receipts. Raises `sqlite3.Error` when the database is not sound."""
    with closing(sqlite3.connect(file)) as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if sound != "ok" or broken:
            raise sqlite3.DatabaseError(sound)
        events = {int(event) for (event,) in connection.execute("SELECT event_id FROM events")}
        codes = {str(code).replace("-", "") for (code,) in connection.execute("SELECT code FROM receipts")}
    return events, codes
