"""The program in service: database, content, bots, sender and clock, put together from the settings."""

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from socket import socket

import aiohttp
import structlog

from bot.app import App
from bot.channels.http import new_session
from bot.clock import Clock, SystemClock, SystemTimer
from bot.content.loader import Content, load_content
from bot.domain.page import ACCOUNT
from bot.fleet import Fleet
from bot.health import Health, Settled
from bot.hook_server import Web
from bot.locks import shared
from bot.logs import configure_logs
from bot.loops import listen, run_until_stopped, serve_web
from bot.metrics import Metrics
from bot.own_page import OwnPage, address_of, patience_of
from bot.reload import Reload
from bot.schedule import run_schedule
from bot.settings import (
    LogFormat,
    Settings,
    TelegramAccount,
    ZaloAccount,
    secret_key,
    secret_values,
    telegram_accounts,
    zalo_accounts,
)
from storage import calendars, clock_jumps, service
from storage.database import Database, sqlite_file
from storage.migrate import upgrade
from storage.sending import release_leases

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every command stands on: a migrated database, the content, the secret key; `accounts` are Telegram's."""

    settings: Settings
    clock: Clock
    database: Database
    content: Content
    key: bytes
    accounts: tuple[TelegramAccount, ...]
    zalo: tuple[ZaloAccount, ...]


@asynccontextmanager
async def ground(settings: Settings) -> AsyncIterator[Ground]:
    """Open and migrate the database, read the content. Raises `SettingsError`, `ContentFault`, or `OperatorFault`
    while the database is being restored, in words."""
    file = sqlite_file(settings.database)
    with shared(file) if file else nullcontext():
        async with _opened(settings) as base:
            yield base


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Ground]:
    key = secret_key(settings)
    accounts = telegram_accounts(settings, key=key)
    zalo = zalo_accounts(settings, key=key)
    _log_without(settings, secret_values(settings, [*accounts, *zalo], key=key))
    content = load_content(settings.content)
    clock = SystemClock()
    database = Database(settings.database, clock=clock)
    try:
        await upgrade(database)
        yield Ground(
            settings=settings,
            clock=clock,
            database=database,
            content=content,
            key=key,
            accounts=accounts,
            zalo=zalo,
        )
    finally:
        await database.close()


def _log_without(settings: Settings, secrets: Iterable[str]) -> None:
    as_json = settings.log.format is LogFormat.JSON
    configure_logs(level=settings.log.level, as_json=as_json, secrets=secrets)


async def serve(settings: Settings) -> None:
    """Run until told to stop (SIGINT, SIGTERM). Raises `OperatorFault` where the address of the web server is taken."""
    with listen(settings.web.host, settings.web.port) as listening:
        await _serve(settings, listening)


async def _serve(settings: Settings, listening: socket) -> None:
    async with ground(settings) as base, new_session() as session:
        fleet = Fleet([*base.accounts, *base.zalo], session=session)
        page = _page(base, session)
        metrics = Metrics(clock=base.clock, accounts=[*fleet.keys, *([ACCOUNT] if page else [])])
        app = App.build(
            database=base.database,
            clock=base.clock,
            channels=[*(bot.channel for bot in fleet.bots), *([page.channel] if page else [])],
            content=base.content,
            random=secrets.token_bytes,
            pepper=base.key,
            doors=fleet.doors,
            page=address_of(settings.web),
            patience=patience_of(settings.web),
            watch=metrics,
            timer=SystemTimer(),
        )
        metrics.accounts = app.channels.keys()  # as they come and go
        reload = Reload(settings, take=partial(_take, base, app, fleet))
        health = Health(
            database=base.database,
            clock=base.clock,
            metrics=metrics,
            host=settings.web.host,
            settings=lambda: Settled(accounts=list(app.channels), faults=reload.faults),
        )
        await release_leases(base.database)
        async with base.database.write() as tx:
            # The committee may have changed its calendar meanwhile.
            await calendars.look_again(tx)
            await clock_jumps.mend(tx, seen=False)
            await service.only(tx, list(app.channels))
        web = Web(health.routes())
        fleet.board(app, web)
        if page:
            # Whatever is no webhook and nothing of a watcher's is the page's.
            web.default = page.web(app)
        tasks = [
            app.sender.run(),
            run_schedule(metrics.ticking(app.ticker.tick), hurried=app.ticker.hurried),
            serve_web(web, listening=listening, ready=_ready, before_end=page.bell.close if page else None),
            fleet.sail(),
            reload.run(),
            *(page.tasks() if page else ()),
        ]
        log.info("started", bots=len(fleet.bots), page=page is not None)
        await run_until_stopped(tasks)


def _page(base: Ground, session: aiohttp.ClientSession) -> OwnPage | None:
    web = base.settings.web
    if not address_of(web):
        return None
    return OwnPage(web, database=base.database, clock=base.clock, key=base.key, session=session)


async def _take(base: Ground, app: App, fleet: Fleet, settings: Settings) -> None:
    """Run the bots of these settings; everything else stays as it was at the start. A `bot.reload.Take`."""
    accounts = [*telegram_accounts(settings, key=base.key), *zalo_accounts(settings, key=base.key)]
    running = [bot.settings for bot in fleet.bots]
    # The tokens of those that go may still be in lines to come.
    _log_without(settings, secret_values(settings, [*running, *accounts], key=base.key))
    await fleet.change(accounts)
    async with base.database.write() as tx:
        await service.only(tx, list(app.channels))
    app.sender.wake()


def _ready(address: str) -> None:
    log.info("web_ready", address=address)
