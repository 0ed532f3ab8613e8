"""The program in service: database, content, bots, sender and clock, put together from the settings."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.app import App
from bot.channels.http import new_session
from bot.clock import Clock, SystemClock
from bot.content.loader import Content, load_content
from bot.logs import configure_logs
from bot.loops import run_until_stopped, serve_web, web_of
from bot.schedule import run_schedule
from bot.settings import LogFormat, Settings, TelegramAccount, secret_key, secret_values, telegram_accounts
from bot.telegram_bots import TelegramBot, first_start_link
from storage.database import Database
from storage.migrate import upgrade
from storage.sending import release_leases

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every command stands on: a migrated database, the content, the secret key."""

    settings: Settings
    clock: Clock
    database: Database
    content: Content
    key: bytes
    accounts: tuple[TelegramAccount, ...]


@asynccontextmanager
async def ground(settings: Settings) -> AsyncIterator[Ground]:
    """Open and migrate the database, read the content. Raises `SettingsError` or `ContentFault` in words."""
    key = secret_key(settings)
    accounts = telegram_accounts(settings, key=key)
    configure_logs(
        level=settings.log.level,
        as_json=settings.log.format is LogFormat.JSON,
        secrets=secret_values(settings, accounts, key=key),
    )
    content = load_content(settings.content)
    clock = SystemClock()
    database = Database(settings.database, clock=clock)
    try:
        await upgrade(database)
        yield Ground(settings=settings, clock=clock, database=database, content=content, key=key, accounts=accounts)
    finally:
        await database.close()


async def serve(settings: Settings) -> None:
    """Run until told to stop (SIGINT, SIGTERM)."""
    async with ground(settings) as base, new_session() as session:
        bots = [TelegramBot(account, session=session) for account in base.accounts]
        app = App.build(
            database=base.database,
            clock=base.clock,
            channels=[bot.channel for bot in bots],
            content=base.content,
            random=secrets.token_bytes,
            pepper=base.key,
            start_link=lambda code: first_start_link(bots, code),
            page=settings.web.public_url or "",
        )
        await release_leases(base.database)
        tasks = [app.sender.run(), run_schedule(app.ticker.tick, hurried=app.ticker.hurried)]
        tasks.extend(task for bot in bots for task in bot.tasks(app))
        if routes := [route for bot in bots for route in bot.routes(app)]:
            web = web_of(routes)
            tasks.append(serve_web(web, host=settings.web.host, port=settings.web.port, ready=_ready))
        log.info("started", bots=len(bots))
        await run_until_stopped(tasks)


def _ready(address: str) -> None:
    log.info("web_ready", address=address)
