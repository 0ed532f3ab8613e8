"""A real server on loopback and a real Chromium for the page's tests."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from aiohttp import ClientSession
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError, async_playwright

from bot.channels.web.rehearsal import rehearsal_app
from bot.clock import SystemClock
from storage.database import Database, sqlite_url
from storage.migrate import upgrade
from tests.page.page_fakes import World, make_world
from tests.page.service_site import ServiceSite

MONDAY_MORNING = datetime(2027, 3, 1, 1, 15, tzinfo=UTC)
"""08 giờ 15 in Viet Nam."""
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Site:
    """The page in service: its address, what stands behind it, and a way to take it down and up again."""

    def __init__(self, world: World) -> None:
        self.world = world
        with socket.create_server(("127.0.0.1", 0)) as found:
            self._port: int = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Take up service, on the same port every time; connections wait until it listens."""
        world = self.world
        app = rehearsal_app(
            rehearsal=world.stage,
            mailbox=world.mailbox,
            handle=world.bot.handle,
            wants_file=world.bot.wants_file,
            menus=world.bot.menu,
            bell=world.bell,
        )
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1, lifespan="off")
        )
        self._listening = socket.create_server(("127.0.0.1", self._port))
        self._running = asyncio.create_task(self._server.serve(sockets=[self._listening]))

    async def stop(self) -> None:
        """Go away: streams end, nobody listens any more."""
        self.world.bell.close()
        self._server.should_exit = True
        await self._running
        self._listening.close()
        self.world.bell.closed = False


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """The page over a fresh world."""
    site = Site(make_world(MONDAY_MORNING))
    await site.start()
    yield site
    await site.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, or whichever CHROMIUM names."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as play:
        chromium = await play.chromium.launch(executable_path=found, args=QUIET)
        yield chromium
        await chromium.close()


@asynccontextmanager
async def watched(browser: Browser, url: str, *, width: int = 1280, height: int = 800) -> AsyncIterator[BrowserContext]:
    """A browser without a past; whatever it asks of another host fails the test, as does any error of a script."""
    context = await browser.new_context(viewport={"width": width, "height": height}, base_url=url)
    context.set_default_timeout(5000)
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(url):
            wrong.append(request.url)

    def failed(error: WebError) -> None:
        wrong.append(str(error.error))

    def logged(line: ConsoleMessage) -> None:
        if "Content Security Policy" in line.text:
            wrong.append(line.text)

    context.on("request", asked)
    context.on("weberror", failed)
    context.on("console", logged)
    yield context
    await context.close()
    assert wrong == []


@pytest.fixture
async def context(browser: Browser, site: Site) -> AsyncIterator[BrowserContext]:
    """A browser on a desk, for the rehearsal."""
    async with watched(browser, site.url) as context:
        yield context


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    """The page, opened, on a desk."""
    page = await context.new_page()
    await page.goto("/")
    return page


# --------------------------------------------------------------------------------------- in service


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"

    async def make() -> None:
        database = Database(sqlite_url(path), clock=SystemClock())
        await upgrade(database)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def service(migrated: Path, tmp_path: Path) -> AsyncIterator[ServiceSite]:
    """The page in service, over a database of its own."""
    for part in migrated.parent.glob(f"{migrated.name}*"):
        shutil.copy(part, tmp_path / part.name)
    async with ClientSession() as session:
        service = ServiceSite(tmp_path / migrated.name, session, push_contact="mailto:quan-tri@example.vn")
        await service.start()
        yield service
        await service.stop()


@pytest.fixture
async def small(browser: Browser, service: ServiceSite) -> AsyncIterator[BrowserContext]:
    """A small telephone of 360 px, without a past."""
    async with watched(browser, service.url, width=360, height=740) as context:
        yield context


@pytest.fixture
async def other(browser: Browser, service: ServiceSite) -> AsyncIterator[BrowserContext]:
    """Another one."""
    async with watched(browser, service.url, width=360, height=740) as context:
        yield context
