"""Receiving from Zalo by webhook, over a real socket: 2xx only after the commit, and nobody but Zalo is heard."""

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

from bot.channels.zalo import ZaloChannel
from bot.channels.zalo_intake import Intake
from bot.channels.zalo_setup import Webhook
from bot.channels.zalo_webhook import BODY_LIMIT
from bot.chat import Address, Incoming, Text, Unsupported
from tests.fakes.handling import Handler
from tests.fakes.zalo import HEADER, FakeZalo
from tests.fakes.zalo_updates import Shape, shaped

AN, BINH = "6ede9afa66b88fe6d6a9", "7f0d80ca2950"
SECRET = "bi-mat_0123456789"
Serve = Callable[[Route], Awaitable[str]]
SHAPES = pytest.mark.parametrize("shape", ["flat", "wrapped"])


@pytest.fixture
async def url(zalo_channel: ZaloChannel, handler: Handler, serve: Serve) -> str:
    """The address of the webhook, known to Zalo."""
    address = await serve(zalo_channel.webhook_route(path="/zalo/one", secret=SECRET, handle=handler))
    assert await zalo_channel.set_webhook(Webhook(url=address, secret=SECRET))
    return address


@SHAPES
async def test_confirmed_only_after_the_commit(zalo: FakeZalo, handler: Handler, url: str, shape: Shape) -> None:
    """Commit first, answer after, in both shapes that Zalo's updates have."""
    number = zalo.updates.says(AN, "Có mặt")
    gate = handler.gates[number] = asyncio.Event()
    delivery = asyncio.create_task(zalo.deliver(shape=shape))
    await handler.reached.wait()
    assert handler.stored == [] and not delivery.done()
    gate.set()
    assert await delivery == [200]
    assert handler.stored == [Incoming(address=Address("zalo", AN), event_id=number, payload=Text("Có mặt"))]


async def test_not_stored_comes_again(zalo: FakeZalo, handler: Handler, url: str) -> None:
    """An event that could not be stored is answered with 503, and is taken when it comes again."""
    number = zalo.updates.says(AN, "Có mặt")
    handler.failures[number] = 1
    with capture_logs() as logs:
        assert await zalo.deliver() == [503]
    assert [log["event"] for log in logs] == ["zalo_event_not_stored"]
    assert await zalo.deliver() == [200]
    assert [incoming.event_id for incoming in handler.stored] == [number]


@SHAPES
async def test_a_repeat_has_the_same_name(zalo: FakeZalo, handler: Handler, url: str, shape: Shape) -> None:
    """What Zalo brings twice is handed on twice, under one message id, by which the router knows it."""
    zalo.updates.says(AN, "Có mặt")
    update = zalo.updates.waiting[0]
    zalo.updates.again(update)
    assert await zalo.deliver(shape=shape) == [200, 200]
    first, second = handler.stored
    assert first == second


@SHAPES
async def test_what_bots_cannot_read_is_said_to_be_so(zalo: FakeZalo, handler: Handler, url: str, shape: Shape) -> None:
    """Pictures under either key, stickers, voices, and what Zalo tells nothing of: an event each, to be answered."""
    zalo.updates.sends_image(AN)
    zalo.updates.sends_image(AN, key="photo_url", caption="Ảnh cuộc họp")
    zalo.updates.sends_sticker(AN)
    zalo.updates.sends_voice(AN)
    zalo.updates.sends_something_else(AN)
    assert await zalo.deliver(shape=shape) == [200] * 5
    assert [incoming.payload for incoming in handler.stored] == [*[Unsupported("media")] * 4, Unsupported("hidden")]


@SHAPES
async def test_what_nobody_knows_is_confirmed(zalo: FakeZalo, handler: Handler, url: str, shape: Shape) -> None:
    """New kinds of events, events about nothing, and our own words come once, and are written down."""
    zalo.updates.push("message.future.received", zalo.updates.message(AN))
    zalo.updates.push("user.followed", {})
    own = zalo.updates.message(AN)
    zalo.updates.push("message.text.received", own | {"text": "x", "from": {"id": "1", "is_bot": True}})
    with capture_logs() as logs:
        assert await zalo.deliver(shape=shape) == [200] * 3
    assert [log["event"] for log in logs] == ["zalo_update_dropped"] * 3
    assert handler.begun == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"null", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"ok": true, "result": null}', b'{"result": []}'],
    ids=["nothing", "empty", "null", "half", "list", "no text", "deep", "no result", "a list of none"],
)
async def test_empty_probes_do_not_hurt(zalo: FakeZalo, handler: Handler, url: str, body: bytes) -> None:
    """Anything that is no update is confirmed and dropped."""
    assert await zalo.post(body) == 200
    assert handler.begun == []


async def test_a_probe_without_secret_and_content_is_no_enemy(
    session: aiohttp.ClientSession, handler: Handler, url: str
) -> None:
    """Zalo looks whether something is there when a webhook is set; nothing is said by that."""
    async with session.post(url, data=b"") as answer:
        assert answer.status == 200
    assert handler.begun == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: SECRET[:-1]},
        {HEADER: SECRET + "x"},
        {HEADER: "bí mật"},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET},
    ],
)
async def test_wrong_secret_is_refused(zalo: FakeZalo, handler: Handler, url: str, headers: dict[str, str]) -> None:
    """Without the right secret nothing is heard, and the log does not repeat what was shown instead."""
    zalo.updates.says(AN, "Có mặt")
    with capture_logs() as logs:
        assert await zalo.post(zalo.updates.waiting[0], headers=headers) == 403
    assert handler.begun == []
    assert logs == [{"event": "zalo_webhook_refused", "account": "zalo", "log_level": "warning"}]


async def test_only_post_is_heard(session: aiohttp.ClientSession, url: str) -> None:
    """Looking at the address with a browser does nothing."""
    async with session.get(url, headers={HEADER: SECRET}) as answer:
        assert answer.status == 405


def test_secret_is_needed(zalo_channel: ZaloChannel, handler: Handler) -> None:
    """A webhook without a secret is not made."""
    with pytest.raises(ValueError, match="secret"):
        zalo_channel.webhook_route(path="/x", secret="", handle=handler)


async def test_half_an_update_is_dropped(
    zalo: FakeZalo, handler: Handler, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection that ends in the middle of an update leaves nothing behind, not even an error."""
    where = URL(url)
    assert where.host is not None
    head = f"POST {where.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n{HEADER}: {SECRET}\r\n\r\n"
    _, writer = await asyncio.open_connection(where.host, where.port)
    writer.write(f'{head}{{"event_name": "mess'.encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    zalo.updates.says(AN, "Có mặt")
    assert await zalo.deliver() == [200]
    assert len(handler.begun) == 1 and not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_what_is_too_large_is_not_read(
    zalo: FakeZalo, session: aiohttp.ClientSession, handler: Handler, url: str
) -> None:
    """Even a true update is dropped beyond the limit; a long message is far below it."""
    zalo.updates.says(AN, "ư" * 10_000)
    update = json.dumps(zalo.updates.waiting[0]).encode()
    for padding, stored in ((BODY_LIMIT, 0), (0, 1)):
        async with session.post(url, data=io.BytesIO(update + b" " * padding), headers={HEADER: SECRET}) as answer:
            assert answer.status == 200
        assert len(handler.stored) == stored


async def test_one_persons_order_is_kept(zalo: FakeZalo, handler: Handler, url: str) -> None:
    """Of one person's events that arrive together, the second waits for the first; another person's does not."""
    first, second, others = zalo.updates.says(AN, "1"), zalo.updates.says(AN, "2"), zalo.updates.says(BINH, "3")
    one, two, three = (shaped(update, "flat") for update in zalo.updates.waiting)
    gate = handler.gates[first] = asyncio.Event()
    slow = asyncio.create_task(zalo.post(one))
    await handler.reached.wait()
    later = asyncio.create_task(zalo.post(two))
    assert await zalo.post(three) == 200
    assert _ids(handler) == [others] and handler.begun == [first, others]
    gate.set()
    assert await slow == await later == 200
    assert _ids(handler) == [others, first, second]


def _ids(handler: Handler) -> list[str]:
    return [incoming.event_id for incoming in handler.stored]


async def test_cancelled_handler_is_no_failure(zalo: FakeZalo) -> None:
    """A handler that is cancelled takes its caller along: the program is stopping."""

    async def handle(_incoming: Incoming) -> None:
        raise asyncio.CancelledError

    zalo.updates.says(AN, "Có mặt")
    update: Any = zalo.updates.waiting[0]
    with pytest.raises(asyncio.CancelledError):
        await Intake(account="zalo", handle=handle).stored(update)
