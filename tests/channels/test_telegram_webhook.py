"""Receiving by webhook, over a real socket: 2xx only after the commit, and nobody but Telegram is heard."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from starlette.routing import Route
from structlog.testing import capture_logs
from yarl import URL

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_api import TelegramApi
from bot.channels.telegram_decode import decode
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_setup import Webhook
from bot.channels.telegram_webhook import BODY_LIMIT
from bot.chat import Address, FileSent, Incoming, Text
from tests.fakes.handling import Handler
from tests.fakes.telegram import FakeTelegram

AN, BINH = 501, 502
SECRET = "bi-mat_0123456789"
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
SECRET_LINE = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}"
Serve = Callable[[Route], Awaitable[str]]


@pytest.fixture
async def url(channel: TelegramChannel, handler: Handler, serve: Serve) -> str:
    """The address of the webhook, known to Telegram."""
    route = channel.webhook_route(path="/telegram/one", secret=SECRET, handle=handler, wants_file=handler.wants_file)
    address = await serve(route)
    assert await channel.set_webhook(Webhook(url=address, secret=SECRET))
    return address


async def test_confirmed_only_after_the_commit(telegram: FakeTelegram, handler: Handler, url: str) -> None:
    """The webhook answers once the handler has returned, not before."""
    number = telegram.updates.says(AN, "Có mặt")
    gate = handler.gates[str(number)] = asyncio.Event()
    delivery = asyncio.create_task(telegram.deliver())
    await handler.reached.wait()
    assert telegram.updates.confirmed == [] and not delivery.done()
    gate.set()
    assert await delivery == [200]
    assert [incoming.payload for incoming in handler.stored] == [Text("Có mặt")]


async def test_not_stored_comes_again(telegram: FakeTelegram, handler: Handler, url: str) -> None:
    """An event that could not be stored is answered with 503, and is taken when it comes again."""
    number = telegram.updates.says(AN, "Có mặt")
    handler.failures[str(number)] = 1
    assert await telegram.deliver() == [503]
    assert telegram.updates.confirmed == []
    assert await telegram.deliver() == [200]
    assert handler.ids() == [number]


async def test_nonsense_is_confirmed(telegram: FakeTelegram, handler: Handler, url: str) -> None:
    """What can never be understood is confirmed, so that it does not come for ever, and is written down."""
    telegram.updates.push({"message": {"chat": 5}})
    telegram.updates.push({"poll_answer": {}})
    with capture_logs() as logs:
        assert await telegram.deliver() == [200, 200]
    assert [log["event"] for log in logs] == ["telegram_update_dropped"] * 2
    assert handler.begun == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"update_id": 1', b"[" * 100_000, b"null"],
    ids=["nothing", "half", "no text", "cut off", "deep", "null"],
)
async def test_what_is_no_json_is_confirmed(
    session: aiohttp.ClientSession, handler: Handler, url: str, body: bytes
) -> None:
    """Anything that is not an update is confirmed and dropped, whatever its size."""
    async with session.post(url, data=io.BytesIO(body), headers=HEADER) as answer:
        assert answer.status == 200
    assert handler.begun == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Telegram-Bot-Api-Secret-Token": ""},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET + "x"},
        {"X-Telegram-Bot-Api-Secret-Token": "bí mật"},
    ],
)
async def test_wrong_secret_is_refused(
    telegram: FakeTelegram,
    session: aiohttp.ClientSession,
    handler: Handler,
    url: str,
    headers: dict[str, str],
) -> None:
    """Without the right secret nothing is heard, and the log does not repeat what was shown instead."""
    update = telegram.updates.waiting[telegram.updates.says(AN, "Có mặt")]
    with capture_logs() as logs:
        async with session.post(url, json=update, headers=headers) as answer:
            assert answer.status == 403
    assert handler.begun == []
    assert logs == [{"event": "telegram_webhook_refused", "account": "telegram", "log_level": "warning"}]


async def test_only_post_is_heard(session: aiohttp.ClientSession, url: str) -> None:
    """Looking at the address with a browser does nothing."""
    async with session.get(url, headers=HEADER) as answer:
        assert answer.status == 405


def test_secret_is_needed(channel: TelegramChannel, handler: Handler) -> None:
    """A webhook without a secret is not made."""
    with pytest.raises(ValueError, match="secret"):
        channel.webhook_route(path="/x", secret="", handle=handler, wants_file=handler.wants_file)


async def test_half_an_update_is_dropped(
    telegram: FakeTelegram, handler: Handler, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection that ends in the middle of an update leaves nothing behind, not even an error."""
    where = URL(url)
    assert where.host is not None
    head = f"POST {where.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n{SECRET_LINE}\r\n\r\n"
    _, writer = await asyncio.open_connection(where.host, where.port)
    writer.write(f'{head}{{"update_id": 7'.encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    telegram.updates.says(AN, "Có mặt")
    assert await telegram.deliver() == [200]
    assert len(handler.begun) == 1 and not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_cancelled_handler_is_no_failure(telegram: FakeTelegram, session: aiohttp.ClientSession) -> None:
    """A handler that is cancelled takes its caller along: the program is stopping."""

    async def handle(incoming: Incoming) -> None:
        raise asyncio.CancelledError

    async def wants_file(address: Address) -> int:
        return 0

    received = decode("telegram", telegram.updates.waiting[telegram.updates.says(AN, "Có mặt")])
    assert received is not None
    api = TelegramApi(session=session, token=telegram.token)
    intake = Intake(account="telegram", api=api, handle=handle, wants_file=wants_file)
    with pytest.raises(asyncio.CancelledError):
        await intake.attempt(received)


async def test_press_is_acknowledged_in_the_answer(telegram: FakeTelegram, handler: Handler, url: str) -> None:
    """The answer to a press carries its acknowledgement; no request of ours is needed."""
    telegram.updates.presses(AN, "menu")
    assert await telegram.deliver() == [200]
    assert len(telegram.called("answerCallbackQuery")) == 1 and telegram.updates.queries == set()


async def post(session: aiohttp.ClientSession, url: str, update: dict[str, Any]) -> int:
    """Deliver one update; the status."""
    async with session.post(url, json=update, headers=HEADER) as answer:
        return answer.status


async def test_what_is_too_large_is_not_read(
    telegram: FakeTelegram, session: aiohttp.ClientSession, handler: Handler, url: str
) -> None:
    """Even a true update is dropped beyond the limit; one of 100 kB is far below it."""
    number = telegram.updates.says(AN, "ư" * 100_000)
    update = json.dumps(telegram.updates.waiting[number]).encode()
    for padding, stored in ((BODY_LIMIT, []), (0, [number])):
        body = io.BytesIO(update + b" " * padding)
        async with session.post(url, data=body, headers=HEADER) as answer:
            assert answer.status == 200
        assert handler.ids() == stored


async def test_one_persons_order_is_kept(
    telegram: FakeTelegram, session: aiohttp.ClientSession, handler: Handler, url: str
) -> None:
    """Of one person's events that arrive together, the second waits for the first; another person's does not."""
    updates = telegram.updates
    first, second, others = updates.says(AN, "1"), updates.says(AN, "2"), updates.says(BINH, "3")
    gate = handler.gates[str(first)] = asyncio.Event()
    slow = asyncio.create_task(post(session, url, updates.waiting[first]))
    await handler.reached.wait()
    later = asyncio.create_task(post(session, url, updates.waiting[second]))
    assert await post(session, url, updates.waiting[others]) == 200
    assert handler.ids() == [others] and handler.begun == [str(first), str(others)]
    gate.set()
    assert await slow == await later == 200
    assert handler.ids() == [others, first, second]


async def test_file_is_fetched_before(telegram: FakeTelegram, handler: Handler, url: str) -> None:
    """A wanted file is there when the handler is called."""
    handler.wanted = 1000
    telegram.updates.sends_file(AN, "danh sách.xlsx", b"PK")
    assert await telegram.deliver() == [200]
    assert [incoming.payload for incoming in handler.stored] == [FileSent("danh sách.xlsx", 2, b"PK")]
