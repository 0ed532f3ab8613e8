"""The page in service as the program runs it: the real wiring over a database, on a port of its own, beside a messenger
that records."""

import asyncio
import random
import socket
from contextlib import suppress
from pathlib import Path

import uvicorn
from aiohttp import ClientSession
from sqlalchemy import select
from starlette.applications import Starlette

from bot.app import App
from bot.clock import MovableClock
from bot.content.loader import load_content
from bot.domain.ids import PersonId
from bot.own_page import OwnPage, address_of, patience_of
from bot.settings import WebSettings
from handlers.page_gate import PageGate
from handlers.page_pass import issue_page_link
from storage.database import Database, sqlite_url
from storage.schema import metadata
from tests.world import START, Recorder, World

PEPPER = b"pepper of the tests, not a secret"


class ServiceSite:
    """An installation with a page. `world` has its people, who are linked at the recording messenger."""

    def __init__(self, file: Path, session: ClientSession, *, push_contact: str | None = None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            self._port: int = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.session = session
        clock = MovableClock(start=START)
        database = Database(sqlite_url(file), clock=clock)
        settings = WebSettings(page=True, public_url=self.url, push_contact=push_contact)
        self.page = OwnPage(settings, database=database, clock=clock, key=PEPPER, session=session)
        recorder = Recorder()
        self.app = App.build(
            database=database,
            clock=clock,
            channels=[recorder, self.page.channel],
            content=load_content(None),
            random=random.Random(7).randbytes,
            pepper=PEPPER,
            page=address_of(settings),
            patience=patience_of(settings),
        )
        gate = PageGate(database=database, house=self.app.house, wake=self.app.sender.wake)
        recorders = {recorder.account: recorder}
        self.world = World(app=self.app, clock=clock, recorder=recorder, recorders=recorders, gate=gate)

    async def start(self) -> None:
        """Take up service; connections wait until it listens."""
        web = Starlette()
        web.router.default = self.page.web(self.app)
        config = uvicorn.Config(web, log_level="error", timeout_graceful_shutdown=1, lifespan="off")
        self._server = uvicorn.Server(config)
        self._listening = socket.create_server(("127.0.0.1", self._port))
        self._running = [
            asyncio.create_task(self._server.serve(sockets=[self._listening])),
            asyncio.create_task(self.app.sender.run()),
            *(asyncio.create_task(task) for task in self.page.tasks()),
        ]

    async def stop(self) -> None:
        """Streams end, nobody listens any more."""
        self.page.bell.close()
        self._server.should_exit = True
        await self._running[0]
        for task in self._running[1:]:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._listening.close()
        await self.app.database.close()

    async def link_for(self, person: PersonId | None, *, target: str = "") -> str:
        """A link as the bot sends one."""
        assert person is not None
        async with self.app.database.write() as tx:
            link = await issue_page_link(tx, self.app.house, person, target=target)
        assert link is not None
        return link

    async def everything_kept(self) -> str:
        """Every value in the database, as one text."""
        async with self.app.database.read() as tx:
            rows = [row for table in metadata.sorted_tables for row in await tx.all(select(table))]
        return "\n".join(str(value) for row in rows for value in row)
