"""`python bot.py demo`: the real program with the sample commune, on a page of this machine only.

Only the channel (the page) and the clock differ from the program in service. Everything is kept in one folder; a
restart goes on where it was, `reset` starts over.
"""

import asyncio
import secrets
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from socket import socket

from bot.advance import settle
from bot.app import App
from bot.channels.web.bell import Bell
from bot.channels.web.channel import WebChannel
from bot.channels.web.rehearsal import rehearsal_app
from bot.clock import MovableClock, SystemClock
from bot.content.commune import load_commune
from bot.content.loader import load_content
from bot.domain.page import ACCOUNT
from bot.logs import configure_logs
from bot.loops import listen, run_until_stopped, serve_web
from bot.rehearsal import AHEAD, RUN, Stage, opening_night
from bot.sample import fill
from bot.schedule import run_schedule
from storage import kept
from storage.database import Database
from storage.mailbox import StoredMailbox
from storage.migrate import upgrade
from storage.sending import release_leases

HOST = "127.0.0.1"
PEPPER = b"the rehearsal's people are invented, and so are their secrets"


async def demo(*, port: int, reset: bool, folder: Path, ready: Callable[[str], None]) -> None:
    """Run the rehearsal until it is stopped. Raises `CannotListen` before anything is touched."""
    configure_logs(level="WARNING", as_json=False, secrets=())
    with listen(HOST, port) as listening:
        if reset:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await _perform(listening, folder=folder, ready=ready)


async def _perform(listening: socket, *, folder: Path, ready: Callable[[str], None]) -> None:
    clock = MovableClock(base=SystemClock())
    database = Database(f"sqlite+aiosqlite:///{folder / 'bon-tot.db'}", clock=clock)
    try:
        await upgrade(database)
        bell = Bell()
        mailbox = StoredMailbox(database, account=ACCOUNT)
        app = App.build(
            database=database,
            clock=clock,
            channels=[WebChannel(mailbox=mailbox, bell=bell)],
            content=load_content(None),
            random=secrets.token_bytes,
            pepper=PEPPER,
        )
        stage = Stage(app=app, clock=clock, commune=load_commune(), account=ACCOUNT)
        await _raise_curtain(app, clock)
        page = rehearsal_app(
            rehearsal=stage,
            mailbox=mailbox,
            handle=app.router.handle,
            wants_file=app.router.wants_file,
            menus=stage.menu,
            bell=bell,
        )
        await run_until_stopped(
            [
                app.sender.run(),
                run_schedule(app.ticker.tick, hurried=app.ticker.hurried),
                serve_web(page, listening=listening, ready=ready, before_end=bell.close),
            ]
        )
    finally:
        await database.close()


async def _raise_curtain(app: App, clock: MovableClock) -> None:
    """Put the clock where it was; the first time, fill the database and begin on a day with something to do."""
    async with app.database.read() as tx:
        ahead = await kept.get(tx, AHEAD)
    if ahead is not None:
        clock.move_to(clock.now() + timedelta(seconds=float(ahead)))
        await release_leases(app.database)
        return
    clock.move_to(opening_night(app.house.content.calendar, after=clock.now()))
    await fill(app, load_commune(), account=ACCOUNT)
    await settle(app)
    async with app.database.write() as tx:
        await kept.put(tx, RUN, secrets.token_hex(8))
        await kept.put(tx, AHEAD, str(clock.offset.total_seconds()))
