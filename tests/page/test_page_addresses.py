"""The page's addresses without a browser: who is let in, what is refused, what is confirmed, what a stream resumes."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.chat import Delivery, File, Message
from tests.page.conftest import Site
from tests.page.page_fakes import HOA, LANH

OWN = {"X-Bon-Tot": "1"}
EVENTS = f"/api/chats/{LANH}/events"


@pytest.fixture
async def http(site: Site) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that is no browser; a new connection for each request."""
    async with aiohttp.ClientSession(site.url, connector=aiohttp.TCPConnector(force_close=True)) as session:
        yield session


def said(text: str, event_id: str = "0123456789abcdef") -> bytes:
    """What the page sends for something typed."""
    return json.dumps({"type": "said", "id": event_id, "text": text}).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        OWN | {"Origin": "https://evil.example"},
        OWN | {"Origin": "null"},
        OWN | {"Sec-Fetch-Site": "cross-site"},
        OWN | {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_other_pages_change_nothing(http: aiohttp.ClientSession, site: Site, headers: dict[str, str]) -> None:
    """Whatever would change something and does not come from our own page is refused and does nothing."""
    for path in (EVENTS, f"/api/chats/{LANH}/files?id=0123456789", f"/api/chats/{LANH}/read", "/api/clock"):
        async with http.post(path, data=said("xin chào"), headers=headers) as answer:
            assert answer.status == 403
    assert site.world.bot.heard == [] and site.world.stage.moved == [] and site.world.mailbox.mails == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
async def test_other_names_are_not_ours(http: aiohttp.ClientSession, host: str) -> None:
    """A foreign name that points at this machine is no name of ours: nothing is shown and nothing done."""
    for method, path in (("GET", "/"), ("GET", f"/api/chats/{LANH}/mails"), ("POST", EVENTS)):
        async with http.request(method, path, headers=OWN | {"Host": host}) as answer:
            assert answer.status == 400


@pytest.mark.parametrize("path", ["/", "/static/chat.js", "/api/people", "/nowhere", f"/api/chats/{LANH}/mails"])
async def test_every_answer_has_strict_headers(http: aiohttp.ClientSession, path: str) -> None:
    """Only our own scripts and styles run, nobody frames the page, nothing is guessed or told on; on every answer."""
    async with http.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "no-" in answer.headers["Cache-Control"]


async def test_the_page_holds_no_script_and_no_style(http: aiohttp.ClientSession, site: Site) -> None:
    """The page itself holds data only, and no name in it can end that data."""
    site.world.stage.run = "</script><b onclick=x>"
    async with http.get("/") as answer:
        page = await answer.text()
    assert "</script><b" not in page
    assert " style=" not in page and "<style" not in page and "onclick=x>" not in page
    assert page.count("<script") == 3 and 'type="application/json"' in page


BAD = [
    b"",
    b"\xff\xfe",
    b"[]",
    b"{}",
    b'{"type": "unknown", "id": "0123456789"}',
    b'{"type": "said", "id": "0123456789"}',
    b'{"type": "said", "id": "0123456789", "text": 7}',
    b'{"type": "said", "id": "0123456789", "text": ""}',
    b'{"type": "said", "id": "0123456789", "text": "\\ud800"}',
    b'{"type": "said", "id": "short", "text": "a"}',
    b'{"type": "said", "id": "../../etc/passwd", "text": "a"}',
    b'{"type": "said", "id": "0123456789", "text": "a", "chat": "hoa"}',
    b'{"type": "pressed", "id": "0123456789", "data": "a", "mail": "1"}',
    b"[" * 100_000,
    said("x" * 200_001),
]


@pytest.mark.parametrize("body", BAD, ids=[repr(body[:60]) for body in BAD])
async def test_what_the_page_never_sends_is_refused(http: aiohttp.ClientSession, site: Site, body: bytes) -> None:
    """A body that is no event is refused once and for all, keeps nothing and reaches nobody."""
    async with http.post(EVENTS, data=body, headers=OWN) as answer:
        assert answer.status == 400
    assert site.world.bot.heard == [] and site.world.mailbox.mails == []


async def test_too_large_is_said_to_be_too_large(http: aiohttp.ClientSession, site: Site) -> None:
    """A body of a million bytes and more is not even read; 100 kB of text is the bot's to answer."""
    async with http.post(EVENTS, data=said("x" * 1_000_000), headers=OWN) as answer:
        assert answer.status == 413
    async with http.post(EVENTS, data=said("x" * 100_000), headers=OWN) as answer:
        assert answer.status == 204
    assert len(site.world.bot.heard) == 1


@pytest.mark.parametrize("chat", ["a" * 65, "a%20b", "..%2F..", "%C4%91", "a.b"])
async def test_a_chat_has_a_plain_name(http: aiohttp.ClientSession, chat: str) -> None:
    """What cannot be a chat's name is not found."""
    async with http.get(f"/api/chats/{chat}/mails") as answer:
        assert answer.status == 404


async def test_confirmed_means_committed(http: aiohttp.ClientSession, site: Site) -> None:
    """While the bot stores nothing the answer is 503; the same event again is confirmed and acts once."""
    site.world.bot.fails = 1
    for status in (503, 204, 204):
        async with http.post(EVENTS, data=said("xin chào"), headers=OWN) as answer:
            assert answer.status == status
    assert [mail.message.text for mail in site.world.mailbox.mails] == ["xin chào", "Hệ thống đã nghe: xin chào"]
    assert len(site.world.bot.seen) == 1


async def test_one_chat_cannot_use_up_the_ids_of_another(http: aiohttp.ClientSession, site: Site) -> None:
    """The same id from two chats is two events."""
    for chat in (LANH, HOA):
        async with http.post(f"/api/chats/{chat}/events", data=said("xin chào"), headers=OWN) as answer:
            assert answer.status == 204
    assert len(site.world.bot.seen) == 2


async def test_a_file_belongs_to_its_chat(http: aiohttp.ClientSession, site: Site) -> None:
    """A file is given out in its own chat only, to be saved and never to be shown as a page."""
    file = File("báo cáo\r\n.html", "text/html", b"<script>alert(1)</script>")
    await site.world.channel.send(Delivery(key="f", chat=HOA, message=Message(text="Tệp"), file=file))
    async with http.get(f"/api/chats/{HOA}/files/1") as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''b%C3%A1o%20c%C3%A1o%0D%0A.html"
        assert await answer.read() == file.content
    for path in (
        f"/api/chats/{LANH}/files/1",
        f"/api/chats/{HOA}/files/2",
        f"/api/chats/{HOA}/files/99999999999999999999",
    ):
        async with http.get(path) as answer:
            assert answer.status == 404


async def test_a_file_without_end_is_cut_off(http: aiohttp.ClientSession, site: Site) -> None:
    """Beyond all limits a file is refused; nothing of it reaches the bot."""
    path = f"/api/chats/{LANH}/files?id=0123456789&name=a.xlsx"
    async with http.post(path, data=io.BytesIO(b"x" * 64_000_001), headers=OWN) as answer:
        assert answer.status == 413
    assert site.world.bot.heard == []


async def test_a_file_name_is_only_a_name(http: aiohttp.ClientSession, site: Site) -> None:
    """Of a file's name only the last part is taken, without what cannot be printed."""
    path = f"/api/chats/{LANH}/files"
    for number, name in enumerate(("../../etc/passwd", "C:\\Users\\a.xlsx", "a\x00\u202eb.xlsx", "", "x" * 300)):
        async with http.post(path, params={"id": f"file-{number:04}", "name": name}, data=b"x", headers=OWN) as answer:
            assert answer.status == 204
    names = [getattr(incoming.payload, "name", None) for incoming in site.world.bot.heard]
    assert names == ["passwd", "a.xlsx", "ab.xlsx", "?", "x" * 200]


async def test_a_stream_goes_on_where_it_was(http: aiohttp.ClientSession, site: Site) -> None:
    """Who comes back gets what changed since the last change seen: new ones, and replaced ones as they are now."""
    channel = site.world.channel
    for key in ("a", "b", "c"):
        await channel.send(Delivery(key=key, chat=LANH, message=Message(text=key)))
    await channel.send(Delivery(key="d", chat=LANH, message=Message(text="a mới"), replaces="1"))
    assert [mail["text"] for mail in await first_mails(http, 3, after=1)] == ["b", "c", "a mới"]
    assert [mail["text"] for mail in await first_mails(http, 1, after=0, last_seen="3")] == ["a mới"]
    assert [mail["text"] for mail in await first_mails(http, 3, after="'; --")] == ["b", "c", "a mới"]


async def test_a_delivery_tried_again_is_one_bubble(site: Site) -> None:
    """The sender may try again after a crash: the same key gives the same bubble and the same id."""
    delivery = Delivery(key="once", chat=LANH, message=Message(text="một lần"))
    assert await site.world.channel.send(delivery) == await site.world.channel.send(delivery) == "1"
    assert len(site.world.mailbox.mails) == 1


async def first_mails(
    http: aiohttp.ClientSession, count: int, *, after: int | str, last_seen: str | None = None
) -> list[dict[str, Any]]:
    """The first bubbles of a stream."""
    mails: list[dict[str, Any]] = []
    headers = {"Last-Event-ID": last_seen} if last_seen else {}
    async with http.get("/api/stream", params={"after": str(after)}, headers=headers) as stream:
        event = ""
        async for raw in stream.content:
            name, _, value = raw.decode().strip().partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "mail":
                mails.append(json.loads(value))
                if len(mails) == count:
                    break
    return mails
