"""What the channels' tests share: a Telegram and a Zalo on loopback, channels that speak to them, pauses that take no
time."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

import aiohttp
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels.http import new_session
from bot.channels.telegram import TelegramChannel
from bot.channels.zalo import ZaloChannel
from tests.fakes.handling import Handler, Pauses, stop
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo import FakeZalo

Kill = Callable[[], Awaitable[None]]


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """A Telegram of our own."""
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """The HTTP client, closed at the end."""
    async with new_session() as session:
        yield session


@pytest.fixture
def pauses() -> Pauses:
    """What was slept."""
    return Pauses()


@pytest.fixture
def channel(telegram: FakeTelegram, session: aiohttp.ClientSession, pauses: Pauses) -> TelegramChannel:
    """The bot at the fake Telegram. It gives up on an answer after a fifth of a second."""
    return TelegramChannel(
        account="telegram",
        token=telegram.token,
        session=session,
        base_url=telegram.url,
        read_seconds=0.2,
        sleep=pauses,
    )


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZalo]:
    """A Zalo of our own."""
    async with FakeZalo() as server:
        yield server


@pytest.fixture
def zalo_channel(zalo: FakeZalo, session: aiohttp.ClientSession, pauses: Pauses) -> ZaloChannel:
    """The bot at the fake Zalo. It gives up on an answer after a fifth of a second."""
    return ZaloChannel(
        account="zalo", token=zalo.token, session=session, base_url=zalo.url, read_seconds=0.2, sleep=pauses
    )


@pytest.fixture
def handler() -> Handler:
    """The router's stand-in."""
    return Handler()


@pytest.fixture
async def polling(channel: TelegramChannel, handler: Handler) -> AsyncIterator[Callable[[], Kill]]:
    """Starts the polling loop, and returns what kills it; whatever still runs at the end is killed."""
    tasks: list[asyncio.Task[None]] = []

    def start() -> Kill:
        running = channel.poll(handle=handler, wants_file=handler.wants_file, poll_seconds=5)
        tasks.append(asyncio.create_task(running))
        return partial(stop, tasks[-1])

    yield start
    for task in tasks:
        await stop(task)


@pytest.fixture
async def zalo_polling(zalo_channel: ZaloChannel, handler: Handler) -> AsyncIterator[Callable[[], Kill]]:
    """The same for Zalo."""
    tasks: list[asyncio.Task[None]] = []

    def start() -> Kill:
        tasks.append(asyncio.create_task(zalo_channel.poll(handle=handler)))
        return partial(stop, tasks[-1])

    yield start
    for task in tasks:
        await stop(task)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Route], Awaitable[str]]]:
    """Serves a route on loopback; its address."""
    async with AsyncExitStack() as stack:

        async def start(route: Route) -> str:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            config = uvicorn.Config(Starlette(routes=[route]), log_config=None, lifespan="off", ws="none")
            server = uvicorn.Server(config)
            task = asyncio.create_task(server.serve(sockets=[listening]))

            async def end() -> None:
                server.should_exit = True
                await task

            stack.push_async_callback(end)
            return f"http://127.0.0.1:{listening.getsockname()[1]}{route.path}"

        yield start
