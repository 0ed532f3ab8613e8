"""Ten accounts in one program: one that hangs and one that answers 500 delay nobody else's words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path

import pytest

from bot.app import App
from bot.channels.http import new_session
from bot.channels.zalo import ZaloChannel
from bot.chat import Address, Message, OutboxState, Priority
from bot.clock import SystemClock
from bot.content.loader import load_content
from storage import outbox
from storage.database import Database
from storage.migrate import upgrade
from storage.outbox import Letter
from tests.fakes.zalo import FakeZalo
from tests.fakes.zalo_faults import HANG, Fault

HANGS, BROKEN = "bot-0", "bot-1"
PEOPLE = 3


@pytest.fixture
async def zalos() -> AsyncIterator[dict[str, FakeZalo]]:
    """Ten Zalo bots, each at a server of its own."""
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(FakeZalo(token=f"{place}:token-of-the-tests")) for place in range(10)
        ]
        yield {f"bot-{place}": server for place, server in enumerate(servers)}


@pytest.fixture
async def app(zalos: dict[str, FakeZalo], tmp_path: Path) -> AsyncIterator[App]:
    """The program over all of them, its sender running."""
    clock = SystemClock()
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'ten.db'}", clock=clock)
    await upgrade(database)
    async with new_session() as session:
        channels = [
            ZaloChannel(account=account, token=server.token, session=session, base_url=server.url, read_seconds=60)
            for account, server in zalos.items()
        ]
        app = App.build(
            database=database,
            clock=clock,
            channels=channels,
            content=load_content(None),
            random=bytes,
            pepper=b"pepper of the tests, not a secret",
        )
        sending = asyncio.create_task(app.sender.run())
        yield app
        # What hangs is let go of first: a sender waits for what is on its way.
        for server in zalos.values():
            server.stopped.set()
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        await database.close()


async def say(app: App, text: str, *, priority: Priority) -> None:
    """The same words for a few people at every account, in one transaction."""
    async with app.database.write() as tx:
        for account in app.channels:
            for person in range(PEOPLE):
                address = Address(account, f"{person}")
                await outbox.put(tx, Letter(address=address, message=Message(text=text), priority=priority))
    app.sender.wake()


@pytest.mark.parametrize("priority", [Priority.ANSWER, Priority.BROADCAST])
async def test_the_others_go_on(zalos: dict[str, FakeZalo], app: App, priority: Priority) -> None:
    """While one holds every request open and one refuses every request, all words of the other eight arrive, again and
    again; what the two could not say is kept."""
    zalos[HANGS].fail("sendMessage", HANG, times=10_000)
    zalos[BROKEN].fail("sendMessage", Fault(status=500, body=""), times=10_000)
    for text in ("một", "hai", "ba"):
        await say(app, text, priority=priority)
        for account, server in zalos.items():
            if account not in (HANGS, BROKEN):
                await server.until(partial(everybody_heard, server, text))
    assert zalos[BROKEN].shown == []
    assert zalos[HANGS].called("sendMessage")
    async with app.database.read() as tx:
        counts = await outbox.counts(tx)
    unsaid = counts.get(OutboxState.QUEUED, 0) + counts.get(OutboxState.IN_FLIGHT, 0)
    assert unsaid >= 2 * 3 * PEOPLE


def everybody_heard(server: FakeZalo, text: str) -> bool:
    """Whether all people there have heard it."""
    return sum(one.text == text for one in server.shown) == PEOPLE
