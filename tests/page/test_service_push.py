"""Nudges: a telephone is told that there is something new, by its push service, without a word of what."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from playwright.async_api import BrowserContext, expect
from py_vapid import Vapid02
from sqlalchemy import text

from bot.channels.web.bell import Bell
from bot.channels.web.machines import is_push_service
from bot.channels.web.push import Nudger, Signature
from bot.chat import Address
from bot.domain.page import ACCOUNT, Device, Patience
from bot.settings.model import WebSettings
from storage import page_sessions
from storage.page_subscriptions import StoredSubscriptions
from tests.conversations import meeting_scenes
from tests.page.page_push_service import PushService, push_service
from tests.page.service_acts import signs_in
from tests.page.service_site import PEPPER, ServiceSite

HOSTS = WebSettings().push_services


class Nudges:
    """Browsers that want to be nudged, over the real database, and a push service that is not far."""

    def __init__(self, service: ServiceSite, push: PushService, session: ClientSession) -> None:
        self.service = service
        self.push = push
        self.bell = Bell()
        database = service.app.database
        self.subscriptions = StoredSubscriptions(database, account=ACCOUNT, idle=Patience().idle)
        self.nudger = Nudger(
            subscriptions=self.subscriptions,
            signature=Signature(key=PEPPER, contact="mailto:quan-tri@example.vn"),
            session=session,
            bell=self.bell,
            now=service.app.clock.now,
            may=lambda endpoint: endpoint.startswith(push.url),
        )

    async def device(self, name: str, *, chat: str = "chat") -> int:
        """A browser that is signed in to a chat and wants to be nudged; its session."""
        async with self.service.app.database.write() as tx:
            session = await page_sessions.add(
                tx,
                token_hash=name,
                address=Address(ACCOUNT, chat),
                device=Device.ANDROID,
                longest=timedelta(days=180),
            )
        await self.subscriptions.add(session, f"{self.push.url}/send/{name}")
        return session

    async def news(self, chat: str = "chat", *, until: Callable[[], bool]) -> None:
        """Something is new in a chat; wait for what comes of it."""
        self.nudger.nudge(chat)
        async with asyncio.timeout(5):
            while not until():
                await asyncio.sleep(0.01)


@pytest.fixture
async def nudges(service: ServiceSite) -> AsyncIterator[Nudges]:
    """A nudger at work."""
    async with push_service() as push, ClientSession() as session:
        nudges = Nudges(service, push, session)
        running = asyncio.create_task(nudges.nudger.run())
        yield nudges
        running.cancel()
        await asyncio.wait([running])


async def test_a_nudge_says_nothing_and_shows_who_sends_it(nudges: Nudges) -> None:
    """It is empty, signed for this push service, kept for a day, and newer ones take the place of older ones."""
    await nudges.device("an")
    await nudges.news(until=lambda: bool(nudges.push.told))
    device, headers, body = nudges.push.told[0]
    assert (device, body) == ("an", b"")
    assert Vapid02.verify(headers["Authorization"])
    assert (headers["TTL"], headers["Topic"]) == ("86400", "news")


async def test_the_same_installation_is_the_same_sender() -> None:
    """The key is made of the secret key: browsers that know it go on knowing it after a restart, and no other's."""
    first, second = (Signature(key=PEPPER, contact="mailto:a@example.vn").public for _ in range(2))
    assert first == second != Signature(key=b"x" * 32, contact="mailto:a@example.vn").public
    assert len(first) == 87


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_forgotten(nudges: Nudges, status: int) -> None:
    """What its push service knows no more is deleted; other devices of the person are nudged all the same."""
    nudges.push.answers["old"] = status
    await nudges.device("old")
    await nudges.device("new")
    await nudges.news(until=lambda: nudges.push.devices == ["old", "new"])
    async with asyncio.timeout(5):
        while len(await nudges.subscriptions.of_chat("chat")) > 1:
            await asyncio.sleep(0.01)
    assert await nudges.subscriptions.of_chat("chat") == [f"{nudges.push.url}/send/new"]


@pytest.mark.parametrize("status", [307, 429, 500])
async def test_what_fails_otherwise_stays(nudges: Nudges, status: int) -> None:
    """A push service in trouble loses nobody, and one that sends us elsewhere is not followed."""
    nudges.push.answers["an"] = status
    await nudges.device("an")
    await nudges.device("binh", chat="other")
    await nudges.news(until=lambda: bool(nudges.push.told))
    await nudges.news("other", until=lambda: nudges.push.devices == ["an", "binh"])
    assert len(await nudges.subscriptions.of_chat("chat")) == 1


async def test_nobody_is_nudged_more_than_once_a_minute(nudges: Nudges) -> None:
    """Three messages at once are one nudge; a minute later there may be another."""
    await nudges.device("an")
    await nudges.device("binh", chat="other")
    for _ in range(3):
        nudges.nudger.nudge("chat")
    await nudges.news("other", until=lambda: sorted(nudges.push.devices) == ["an", "binh"])
    nudges.service.world.clock.move_to(nudges.service.world.clock.now() + timedelta(minutes=1))
    await nudges.news(until=lambda: sorted(nudges.push.devices) == ["an", "an", "binh"])


async def test_who_has_the_page_open_is_not_nudged(nudges: Nudges) -> None:
    """They see it come; once the page is closed they are nudged again."""
    await nudges.device("an")
    await nudges.device("binh", chat="other")
    with nudges.bell.listening(["chat"]):
        nudges.nudger.nudge("chat")
        await nudges.news("other", until=lambda: nudges.push.devices == ["binh"])
    await nudges.news(until=lambda: nudges.push.devices == ["binh", "an"])


async def test_who_is_signed_out_is_not_nudged(nudges: Nudges) -> None:
    """A session that has ended, or was not used for a month, hears no more."""
    ended = await nudges.device("ended")
    await nudges.device("idle")
    async with nudges.service.app.database.write() as tx:
        await page_sessions.end(tx, ended)
    assert await nudges.subscriptions.of_chat("chat") == [f"{nudges.push.url}/send/idle"]
    nudges.service.world.clock.move_to(nudges.service.world.clock.now() + timedelta(days=31))
    assert await nudges.subscriptions.of_chat("chat") == []


async def test_a_browser_has_one_address(nudges: Nudges) -> None:
    """Subscribing anew takes the place of the old address, and an address is one session's: the newest's."""
    first = await nudges.device("an")
    await nudges.subscriptions.add(first, "https://push.example/new")
    assert await nudges.subscriptions.of_chat("chat") == ["https://push.example/new"]
    second = await nudges.device("binh", chat="other")
    await nudges.subscriptions.add(second, "https://push.example/new")
    assert await nudges.subscriptions.of_chat("chat") == []
    assert not await nudges.subscriptions.has(first)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:123-_",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/QABC",
        "https://wns2-par02p.notify.windows.com/w/?token=BQ%2bX",
    ],
)
def test_push_services_are_known(endpoint: str) -> None:
    """The addresses that browsers give are taken."""
    assert is_push_service(endpoint, HOSTS)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com",
        "https://127.0.0.1/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example/fcm.googleapis.com/",
        "https://evilfcm.googleapis.com/x",
        "https://fcm.googleapis.com\\@evil.example/x",
        "https://evil.example#.push.apple.com/x",
        "https://fcm.googleapis.com/x\r\nHost: evil",
        f"https://fcm.googleapis.com/{'x' * 3000}",
        "file:///etc/passwd",
    ],
)
def test_nothing_else_is_called(endpoint: str) -> None:
    """Our machine calls no address that somebody only says is a push service."""
    assert not is_push_service(endpoint, HOSTS)


SUBSCRIBES = """
  window.Notification.requestPermission = async () => 'granted';
  PushManager.prototype.subscribe = async (options) => {
    window.asked = options;
    return { endpoint: 'https://fcm.googleapis.com/fcm/send/an', unsubscribe: async () => true };
  };
"""


@pytest.mark.browser
async def test_a_person_switches_it_on_and_off(service: ServiceSite, small: BrowserContext) -> None:
    """One button on the page of one's machines; the browser is given our key, and its address is kept until it is
    switched off."""
    an = await service.world.member("Nguyễn Thị An")
    await small.add_init_script(SUBSCRIBES)
    talk = await signs_in(small, service, an)
    await talk.page.goto("/may")
    await talk.page.get_by_role("button", name="Bật báo tin mới").click()
    await expect(talk.page.get_by_text("Đã bật. Khi có tin mới, điện thoại sẽ báo.")).to_be_visible()
    asked = await talk.page.evaluate("[window.asked.userVisibleOnly, window.asked.applicationServerKey.length]")
    assert asked == [True, 65]
    async with service.app.database.read() as tx:
        kept = await tx.all(text("SELECT endpoint FROM page_subscriptions"))
    assert [row[0] for row in kept] == ["https://fcm.googleapis.com/fcm/send/an"]
    await talk.page.reload()
    await talk.page.get_by_role("button", name="Tắt báo tin mới").click()
    await expect(talk.page.get_by_text("Đã tắt báo tin mới.")).to_be_visible()
    async with service.app.database.read() as tx:
        assert await tx.all(text("SELECT endpoint FROM page_subscriptions")) == []


@pytest.mark.browser
async def test_a_notice_is_followed_by_a_nudge(service: ServiceSite, small: BrowserContext) -> None:
    """When the sender has put a notice into the mailbox of somebody whose page is closed, they are nudged."""
    nudged: list[str] = []
    service.page.channel.nudge = nudged.append
    secretary = await meeting_scenes.a_cell(service.world)
    an = service.world.voices["Nguyễn Thị An"]
    talk = await signs_in(small, service, an)
    chat = await talk.page.evaluate("JSON.parse(document.getElementById('begin').textContent).chat")
    await talk.page.close()
    await an.blocks()
    nudged.clear()
    await meeting_scenes.call(secretary)
    async with asyncio.timeout(5):
        while not nudged:
            await asyncio.sleep(0.01)
    assert nudged == [chat]
