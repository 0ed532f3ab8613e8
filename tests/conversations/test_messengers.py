"""The whole way in and out, from a messenger's socket to the database and back: both messengers, both ways in each."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
import pytest
import uvicorn
from inline_snapshot import snapshot
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels.http import new_session
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_setup import Webhook as TelegramWebhook
from bot.channels.zalo import ZaloChannel
from bot.channels.zalo_setup import Webhook as ZaloWebhook
from bot.chat import Incoming
from tests.fakes.handling import Pauses
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo import FakeZalo
from tests.world import World

SECRET = "secret-of-the-tests"
WAYS = pytest.mark.parametrize(
    "way", ["telegram webhook", "telegram polling", "zalo webhook", "zalo polling"], ids=lambda way: way
)


@dataclass
class Scene:
    """A bot of the program at a messenger of our own. `dies_after`: so many events are committed, and then the process
    dies before it can confirm."""

    world: World
    way: str
    messenger: FakeTelegram | FakeZalo
    dies_after: int = 0

    def says(self, who: int, text: str) -> str:
        """Somebody types something; it waits at the messenger under this name."""
        if isinstance(self.messenger, FakeTelegram):
            return str(self.messenger.updates.says(who, text))
        return self.messenger.updates.says(str(who), text)

    async def handle(self, incoming: Incoming) -> None:
        """The program's own door."""
        await self.world.app.router.handle(incoming)
        if self.dies_after > 0:
            self.dies_after -= 1
            raise RuntimeError("killed between the commit and the confirmation")

    async def arrives(self) -> None:
        """Until nothing waits at the messenger."""
        async with asyncio.timeout(20):
            while self.messenger.updates.waiting:
                if self.way.endswith("webhook"):
                    await self.messenger.deliver()
                await asyncio.sleep(0.01)

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What the database has."""
        async with self.world.app.database.read() as tx:
            return [tuple(row) for row in await tx.sql(sql)]


@pytest.fixture
async def scene(world: World, way: str) -> AsyncIterator[Scene]:
    """It runs."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(new_session())
        messenger = FakeTelegram() if way.startswith("telegram") else FakeZalo()
        await stack.enter_async_context(messenger)
        made = Scene(world, way, messenger)
        await stack.enter_async_context(_receiving(made, session))
        yield made


@asynccontextmanager
async def _receiving(scene: Scene, session: aiohttp.ClientSession) -> AsyncIterator[None]:
    bot, pauses, fake = scene.way.split()[0], Pauses(), scene.messenger
    here = {"account": bot, "token": fake.token, "session": session, "base_url": fake.url}
    telegram = TelegramChannel(**here, sleep=pauses) if bot == "telegram" else None  # type: ignore[arg-type]
    zalo = ZaloChannel(**here, sleep=pauses) if bot == "zalo" else None  # type: ignore[arg-type]
    channel = telegram or zalo
    assert channel is not None
    scene.world.app.open(channel)
    wants = scene.world.app.router.wants_file
    running: asyncio.Task[None]
    if scene.way.endswith("polling"):
        receiving = telegram.poll(handle=scene.handle, wants_file=wants) if telegram else zalo.poll(handle=scene.handle)  # type: ignore[union-attr]
        running = asyncio.create_task(receiving)
    else:
        if telegram:
            route = telegram.webhook_route(path="/in", secret=SECRET, handle=scene.handle, wants_file=wants)
        else:
            assert zalo is not None
            route = zalo.webhook_route(path="/in", secret=SECRET, handle=scene.handle)
        listening = socket.create_server(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/in"
        running = asyncio.create_task(_served(route, listening))
        if telegram:
            assert await telegram.set_webhook(TelegramWebhook(url=address, secret=SECRET))
        else:
            assert zalo is not None and await zalo.set_webhook(ZaloWebhook(url=address, secret=SECRET))
    try:
        yield
    finally:
        await scene.world.app.close(bot)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def _served(route: Route, listening: socket.socket) -> None:
    config = uvicorn.Config(Starlette(routes=[route]), log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
    finally:
        listening.close()


@WAYS
async def test_what_comes_again_does_nothing(scene: Scene) -> None:
    """The process dies three times between a commit and its confirmation: the events come again and are known."""
    scene.dies_after = 3
    for who in (501, 502):
        for text in ("xin chào", "/trogiup"):
            scene.says(who, text)
    await scene.arrives()
    await _quiet(scene)
    assert await scene.rows("SELECT count(*), count(DISTINCT event_id) FROM events") == [(4, 4)]
    assert await scene.rows("SELECT count(*) FROM outbox") == [(4,)], "each was answered once"


@WAYS
async def test_each_persons_events_are_handled_in_their_order(scene: Scene) -> None:
    """Twenty of each of three people, and the process dies five times on the way."""
    said: dict[int, list[str]] = {501: [], 502: [], 503: []}
    for number in range(20):
        for who, names in said.items():
            names.append(scene.says(who, f"/thamgia {number}"))
    scene.dies_after = 5
    await scene.arrives()
    await _quiet(scene)
    seen = [name for (name,) in await scene.rows("SELECT event_id FROM events ORDER BY seen_at")]
    assert len(seen) == 60
    for names in said.values():
        assert [name for name in seen if name in names] == names


@pytest.mark.parametrize("way", ["zalo webhook", "zalo polling"])
async def test_what_zalo_tells_nothing_of_is_answered_politely(scene: Scene) -> None:
    """A file, a place, or the words of somebody whose account is specially protected: said so, in a way to go on."""
    assert isinstance(scene.messenger, FakeZalo)
    scene.messenger.updates.sends_something_else("501")
    await scene.arrives()
    await _quiet(scene)
    await scene.world.app.sender.drain()
    assert scene.messenger.heard("501") == snapshot(
        [
            "Ứng dụng này không chuyển cho hệ thống nội dung đồng chí vừa gửi (tệp, vị trí, hoặc tin nhắn của tài khoản đang được bảo vệ đặc biệt). Mong đồng chí gõ bằng chữ. Nếu vẫn không được, xin nhờ bí thư chi bộ ghi giúp."
        ]
    )


@WAYS
async def test_it_is_said_where_it_was_asked(scene: Scene) -> None:
    """From the socket to the database and back to the socket."""
    scene.says(501, "/trogiup")
    await scene.arrives()
    await _quiet(scene)
    await scene.world.app.sender.drain()
    assert scene.messenger.called("sendMessage")[0].params["chat_id"] in (501, "501")


async def _quiet(scene: Scene) -> None:
    """Until everything that was taken from the messenger is committed."""
    async with asyncio.timeout(20):
        before = None
        while before != (now := await scene.rows("SELECT count(*) FROM events")):
            before = now
            await asyncio.sleep(0.1)
