"""What protects the page in service: headers, the cookie, the word of its forms, its pace. Asked over HTTP, without a
browser."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from bot.own_page import OwnPage
from bot.settings import WebSettings
from tests.page.service_site import PEPPER, ServiceSite
from tests.world import Voice


@dataclass
class Caller:
    """A program that plays a browser, signed in as `voice`."""

    http: httpx.AsyncClient
    voice: Voice
    chat: str = ""

    async def word(self, path: str = "/may") -> str:
        """The word that a form of the page carries."""
        found = re.search(r'name="word" value="([0-9a-f]+)"', (await self.http.get(path)).text)
        assert found is not None
        return found[1]

    async def posts(self, path: str, form: dict[str, str], *, headers: dict[str, str] | None = None) -> httpx.Response:
        """Sends a form."""
        return await self.http.post(path, data=form, headers=headers)

    async def says(self, *, text: str = "xin chào", word: str, **headers: str) -> httpx.Response:
        """Calls as the page's script does."""
        event = {"type": "said", "id": str(uuid4()), "text": text}
        return await self.http.post(
            f"/api/chats/{self.chat}/events", json=event, headers={"X-Bon-Tot": word, **headers}
        )


@pytest.fixture
async def an(service: ServiceSite) -> AsyncIterator[Caller]:
    """Nguyễn Thị An, signed in."""
    async with httpx.AsyncClient(base_url=service.url) as http:
        voice = await service.world.member("Nguyễn Thị An")
        caller = Caller(http, voice)
        link = (await service.link_for(voice.person_id)).removeprefix(service.url)
        assert (await caller.posts(link, {"word": await caller.word(link)})).status_code == 303
        found = re.search(r'"chat": "([0-9a-f]+)"', (await http.get("/")).text)
        assert found is not None
        caller.chat = found[1]
        yield caller


PLACES = ("/", "/vao", "/l/abc", "/may", "/api/stream", "/static/base.css", "/sw.js", "/trang.webmanifest", "/nowhere")


@pytest.mark.parametrize("path", PLACES)
async def test_every_answer_has_the_strict_headers(service: ServiceSite, path: str) -> None:
    """Nothing from elsewhere, nothing written into the page runs, no frames, and a link's secret is told nobody."""
    async with httpx.AsyncClient(base_url=service.url) as http:
        answer = await http.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "strict-transport-security" not in answer.headers, "this one is not reached by https"


async def test_by_https_the_cookie_is_for_https_alone(service: ServiceSite) -> None:
    """HttpOnly, Secure, Lax, for this host only; and browsers are told to come by https from now on."""
    settings = WebSettings(page=True, public_url="https://chi-bo.example.vn")
    page = OwnPage(
        settings, database=service.app.database, clock=service.app.clock, key=PEPPER, session=service.session
    )
    transport = httpx.ASGITransport(page.web(service.app))
    async with httpx.AsyncClient(transport=transport, base_url="https://chi-bo.example.vn") as http:
        answer = await http.get("/vao")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-bon-tot=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_only_hashes_are_kept(service: ServiceSite, an: Caller) -> None:
    """Neither the cookie nor a link's token is anywhere in the database."""
    link = await service.link_for(an.voice.person_id)
    cookie = an.http.cookies["bon-tot"]
    kept = await service.everything_kept()
    assert an.chat in kept
    assert cookie not in kept and link.rsplit("/", 1)[1] not in kept


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/noi", {"event": "0123456789abcdef", "text": "/toi"}),
        ("/may", {"session": "all"}),
        ("/vao", {"code": "BT7K-93QF-XXXX"}),
        ("/l/abc", {}),
    ],
)
async def test_a_form_without_its_word_does_nothing(an: Caller, path: str, form: dict[str, str]) -> None:
    """None, a wrong one, and another person's word are all refused, and nobody is signed out or spoken for."""
    stranger = httpx.AsyncClient(base_url=an.http.base_url)
    anothers = await Caller(stranger, an.voice).word("/vao")
    await stranger.aclose()
    for word in ({}, {"word": ""}, {"word": "0" * 64}, {"word": anothers}):
        answer = await an.posts(path, form | word)
        assert answer.status_code == 403
        assert "Mong đồng chí mở lại trang rồi làm lại." in answer.text
    assert (await an.http.get("/")).status_code == 200
    assert "/toi" not in (await an.http.get(f"/api/chats/{an.chat}/mails")).text


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_another_page_cannot_send_our_forms(an: Caller, headers: dict[str, str]) -> None:
    """Even with the right word a form or a call from elsewhere is refused."""
    word = await an.word()
    assert (await an.posts("/may", {"word": word, "session": "all"}, headers=headers)).status_code == 403
    assert (await an.says(word=word, **headers)).status_code == 403


async def test_a_call_of_the_script_shows_the_word(an: Caller) -> None:
    """A header alone is not enough, as it is in the rehearsal."""
    assert (await an.says(word="1")).status_code == 403
    assert (await an.says(word=await an.word())).status_code == 204


async def test_nobody_reads_another_chat(service: ServiceSite, an: Caller) -> None:
    """Another's chat is not there for who is signed in; nothing is there for who is not."""
    binh = await service.world.member("Trần Văn Bình")
    assert (await an.http.get(f"/api/chats/{binh.chat}/mails")).status_code == 404
    async with httpx.AsyncClient(base_url=service.url) as http:
        for path in ("mails", "menu", "files/1", "files/wanted"):
            assert (await http.get(f"/api/chats/{an.chat}/{path}")).status_code == 401
        assert (await http.get("/api/stream")).status_code == 401
        assert (await http.get("/may")).headers["location"] == "/vao"


async def test_too_many_messages_wait(service: ServiceSite, an: Caller) -> None:
    """A storm is answered with 429 and when to come again; a minute later it goes on."""
    word = await an.word()
    answers = [await an.says(word=word) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [204] * 30 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert (await an.posts("/noi", {"word": word, "event": "0123456789abcdef", "text": "/toi"})).status_code == 429
    service.world.clock.move_to(service.world.clock.now().replace(minute=1))
    assert (await an.says(word=word)).status_code == 204


async def test_too_many_knocks_wait(service: ServiceSite) -> None:
    """Who opens links as fast as a machine can is told to wait, by the place that they call from."""
    async with httpx.AsyncClient(base_url=service.url) as http:
        answers = [await http.get(f"/l/{number}") for number in range(31)]
    assert [answer.status_code for answer in answers] == [404] * 30 + [429]


async def test_a_form_sent_twice_counts_once(service: ServiceSite, an: Caller) -> None:
    """The same form again, as after a lost answer, is the same event."""
    word = await an.word()
    for _ in range(2):
        await an.posts("/noi", {"word": word, "event": "0123456789abcdef", "text": "xin chào các đồng chí"})
    mails = (await an.http.get(f"/api/chats/{an.chat}/mails")).json()["mails"]
    assert [mail["text"] for mail in mails if mail["incoming"]] == ["xin chào các đồng chí"]


BROKEN: list[dict[str, str]] = [
    {"event": "x", "text": "a"},
    {"event": "0123456789abcdef", "data": "x" * 300_000},
    {"event": "a b c d e f g h", "data": "run:toi", "mail": "-1"},
]


@pytest.mark.parametrize("form", BROKEN)
async def test_a_broken_form_is_refused(an: Caller, form: dict[str, str]) -> None:
    """Forged ids and lengths are answered in words, and nothing is kept."""
    assert (await an.posts("/noi", {"word": await an.word()} | form)).status_code == 400


async def test_the_page_can_be_installed(service: ServiceSite) -> None:
    """The manifest names icons that are there; the worker asks for nothing and keeps nothing."""
    async with httpx.AsyncClient(base_url=service.url) as http:
        manifest = (await http.get("/trang.webmanifest")).json()
        assert (manifest["name"], manifest["display"], manifest["start_url"]) == ("Bốn Tốt", "standalone", "/")
        for icon in manifest["icons"]:
            assert (await http.get(icon["src"])).headers["content-type"] == "image/png"
        worker = (await http.get("/sw.js")).text
    assert "fetch" not in worker and "caches" not in worker
