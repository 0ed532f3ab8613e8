"""The program wired as in service, inside the bench's process: a messenger that says nothing, and a clock of ours."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter, process_time

from bench.nation import ACCOUNT
from bot.app import App
from bot.channels.telegram import CAPABILITIES
from bot.chat import Delivery
from bot.clock import MovableClock
from bot.content.loader import load_content
from bot.domain.ids import PersonId
from bot.loops import rest_the_collector
from storage import people
from storage.database import Database, sqlite_url


class Silent:
    """A messenger that can what Telegram can, and to which nobody sends anything."""

    account = ACCOUNT
    capabilities = CAPABILITIES

    async def send(self, delivery: Delivery) -> str | None:
        raise AssertionError("no sender runs here")

    async def typing(self, chat: str) -> None:
        raise AssertionError("no sender runs here")


@asynccontextmanager
async def wired(file: Path, clock: MovableClock) -> AsyncIterator[App]:
    """The program over a database that is there."""
    app = App.build(
        database=Database(sqlite_url(file), clock=clock),
        clock=clock,
        channels=[Silent()],
        content=load_content(None),
        random=os.urandom,
        pepper=b"pepper of the bench, not a secret",
    )
    # As the program does before it serves.
    rest_the_collector()
    try:
        yield app
    finally:
        await app.database.close()


class Bystander:
    """Somebody who asks for something small again and again, and how long each time it took: an answer's delay."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.seconds: list[float] = []

    @asynccontextmanager
    async def there(self) -> AsyncIterator[None]:
        """Ask as long as this lasts."""
        asking = asyncio.create_task(self._ask())
        try:
            yield
        finally:
            asking.cancel()
            await asyncio.wait([asking])

    async def _ask(self) -> None:
        while True:
            begun = perf_counter()
            async with self._app.database.write() as tx:
                await people.who_is(tx, PersonId(1))
            self.seconds.append(perf_counter() - begun)
            await asyncio.sleep(0.02)


class Cost:
    """Seconds of CPU and of the clock on the wall since this was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = process_time(), perf_counter()

    @property
    def cpu(self) -> float:
        return process_time() - self._cpu

    @property
    def wall(self) -> float:
        return perf_counter() - self._wall
