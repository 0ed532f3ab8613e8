"""A broadcast to five million people: confirmed at once, its window filled in small transactions while others are
answered, stopped at once, and taken up again where it was after a kill."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time, thread_time

from bench.figures import Figure, figure, percentile
from bench.inside import Bystander, wired
from bench.nation import ACCOUNT, Nation, found
from bench.plan import Plan, folder
from bot.app import App
from bot.chat import Address, Incoming, Pressed, Text
from bot.clock import MovableClock
from bot.domain.ids import UnitId
from bot.domain.rights import Role
from storage import addresses, people
from storage.database import Tx

NATION = Nation(cells=200_000, size=25)
NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # noon in Viet Nam, on a working day
DRAINS = 40
"""The window is emptied so often, as a messenger would, and filled again."""
TICK = timedelta(seconds=5)
MS = 1000
OFFICER = Address(ACCOUNT, "officer")
TOLD = "SELECT COUNT(*), COUNT(DISTINCT person_id) FROM outbox WHERE batch = 'broadcast:2'"
SAY = "UPDATE outbox SET state = 'sent', finished_at = due_at WHERE state = 'queued' AND batch = 'broadcast:2'"


class Stopwatch:
    """How long each transaction held the writer: seconds of CPU of the thread on which it runs."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.seconds: list[float] = []

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Measure every write as long as this lasts, from having the writer to giving it back."""
        database = self._app.database
        plain = database.write

        @asynccontextmanager
        async def measured() -> AsyncIterator[Tx]:
            async with plain() as tx:
                begun = thread_time()
                yield tx
                self.seconds.append(thread_time() - begun)

        object.__setattr__(database, "write", measured)
        try:
            yield
        finally:
            object.__delattr__(database, "write")


async def measure(_plan: Plan) -> Sequence[Figure]:
    """What confirming, filling, waiting beside it, and stopping take."""
    with folder() as place:
        file = place / "bon-tot.db"
        begun = perf_counter()
        await found(file, NATION)
        built = perf_counter() - begun
        clock = MovableClock(start=NOW)
        async with wired(file, clock) as app:
            async with app.database.write() as tx:
                officer = await people.add_person(tx, full_name="Phạm Thị Văn Phòng")
                await people.add_role(tx, person=officer, unit=UnitId(1), role=Role.COMMITTEE_OFFICER)
                await addresses.link(tx, person=officer, address=OFFICER)
            # The first one is where every statement is made; it is stopped.
            await _compose(app)
            await _says(app, Pressed("broadcast-stop:1", None))
            created = await _compose(app)
            held, waits = await _drain(app, clock)
        # The program is gone without a word, and another takes over.
        async with wired(file, clock) as app:
            again, more = await _drain(app, clock)
            rows, told = await _told(app)
            stopped = await _says(app, Pressed("broadcast-stop:2", None))
    held, waits = [*held, *again], [*waits, *more]
    what = f"a broadcast for {NATION.people:,}"
    return [
        figure(f"{what}: confirmed", created * MS, "ms of CPU", "≤ 50"),
        figure(f"{what}: filling holds the writer, p99", percentile(held, 0.99) * MS, "ms of CPU", "≤ 25"),
        figure(f"{what}: filling holds the writer, at most", max(held) * MS, "ms of CPU"),
        figure(f"{what}: somebody's answer meanwhile, p99", percentile(waits, 0.99) * MS, "ms", "≤ 2,000"),
        figure(f"{what}: told twice, with a kill between", rows - told, "people", "= 0"),
        figure(f"{what}: people told so far", told, "people"),
        figure(f"{what}: stopped", stopped * MS, "ms of CPU"),
        figure("five million people made by the database", built, "s", "≤ 60"),
    ]


async def _compose(app: App) -> float:
    """From /thongbao to the confirmation; how long the last step took."""
    for text in ("/thongbao", "1", "Ngày mai tổng vệ sinh."):
        await _says(app, Text(text))
    await _says(app, Text("1"))
    return await _says(app, Text("1"))


async def _says(app: App, payload: Text | Pressed) -> float:
    """The officer says or presses something; the seconds of CPU until it is answered and on the disk."""
    begun = process_time()
    await app.router.handle(Incoming(address=OFFICER, event_id=f"e{begun}", payload=payload))
    took = process_time() - begun
    async with app.database.write() as tx:
        # What was asked in answer counts as said: digits answer what was said.
        await tx.sql(
            "UPDATE outbox SET state = 'sent', finished_at = due_at WHERE chat = 'officer' AND state = 'queued'"
        )
    return took


async def _drain(app: App, clock: MovableClock) -> tuple[list[float], list[float]]:
    """Tick after tick while all that waits is said; how long the writer was held, and how long somebody waited."""
    watch, somebody = Stopwatch(app), Bystander(app)
    async with somebody.there():
        for _ in range(DRAINS):
            clock.move_to(clock.now() + TICK)
            async with watch.watching():
                await app.ticker.tick()
            async with app.database.write() as tx:
                await tx.sql(SAY)
            await asyncio.sleep(0)
    return watch.seconds, somebody.seconds


async def _told(app: App) -> tuple[int, int]:
    async with app.database.read() as tx:
        [(rows, told)] = await tx.sql(TOLD)
    return int(rows), int(told)
