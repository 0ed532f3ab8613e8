"""The bots of an installation while the program runs: those that the settings name, no more and no fewer.

Bots come and go without the others noticing. One that goes stops receiving first, then what it had in flight ends;
what waits for it in the outbox stays there, or goes to another address of its person (storage/rerouting.py). One whose
token, proxy or mode has changed goes and comes again; a new name, or another part of the tree, disturbs nothing.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

import aiohttp
import structlog
from starlette.routing import BaseRoute

from bot.app import App
from bot.doors import Door
from bot.hook_server import Web
from bot.settings import TelegramAccount, ZaloAccount
from bot.settings.accounts import Account
from bot.telegram_bots import TelegramBot
from bot.zalo_bots import ZaloBot

log = structlog.get_logger()

Bot = TelegramBot | ZaloBot


class Fleet:
    """All bots. `sail` puts them to work; `change` makes them others."""

    def __init__(self, accounts: Sequence[Account], *, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._bots = {account.key: self._made(account) for account in accounts}
        self._tasks: dict[str, list[asyncio.Task[object]]] = {}
        self._routes: dict[str, Sequence[BaseRoute]] = {}
        self._app: App | None = None
        self._web: Web | None = None
        self._group: asyncio.TaskGroup | None = None

    @property
    def keys(self) -> Collection[str]:
        """The accounts that run now; it changes with them."""
        return self._bots.keys()

    @property
    def bots(self) -> Sequence[Bot]:
        """The bots that run now."""
        return list(self._bots.values())

    def doors(self) -> Sequence[Door]:
        """The bots as people find them now: a `bot.doors.Doors`."""
        return [bot.door for bot in self._bots.values()]

    def board(self, app: App, web: Web) -> None:
        """Whose bots these are; from now on their webhooks are served."""
        self._app, self._web = app, web
        for key in self._bots:
            self._serve(key)

    async def sail(self) -> None:
        """Run until cancelled. If what a bot does dies, so does this: no half-dead bot."""
        try:
            async with asyncio.TaskGroup() as self._group:
                for key in self._bots:
                    self._start(key)
                await asyncio.Event().wait()  # bots may come later
        finally:
            self._group = None

    async def change(self, accounts: Sequence[Account]) -> None:
        """From now on these are the bots; returns when those that go have gone."""
        assert self._app is not None
        wanted = {account.key: account for account in accounts}
        going = [
            key for key, bot in self._bots.items() if key not in wanted or not _runs_alike(bot.settings, wanted[key])
        ]
        await asyncio.gather(*[self._leave(key) for key in going])
        for key, account in wanted.items():
            if key in self._bots:
                self._rename(self._bots[key], account)
                continue
            self._bots[key] = self._made(account)
            self._app.open(self._bots[key].channel)
            self._serve(key)
            self._start(key)
            log.info("account_opened", account=key)

    async def _leave(self, key: str) -> None:
        assert self._app is not None and self._web is not None
        bot = self._bots.pop(key)
        self._web.close(self._routes.pop(key, ()))
        tasks = self._tasks.pop(key, [])
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._app.close(bot.channel.account)
        log.info("account_closed", account=key)

    def _serve(self, key: str) -> None:
        assert self._app is not None and self._web is not None
        self._routes[key] = self._bots[key].routes(self._app)
        self._web.open(self._routes[key])

    def _start(self, key: str) -> None:
        assert self._app is not None
        if self._group is not None:
            self._tasks[key] = [self._group.create_task(task) for task in self._bots[key].tasks(self._app)]

    def _made(self, account: Account) -> Bot:
        match account:
            case TelegramAccount():
                return TelegramBot(account, session=self._session)
            case ZaloAccount():
                return ZaloBot(account, session=self._session)
            case _:
                raise AssertionError(type(account))

    @staticmethod
    def _rename(bot: Bot, account: Account) -> None:
        bot.settings = account  # type: ignore[assignment]  # the same messenger's: `_runs_alike` has looked


def _runs_alike(one: Account, other: Account) -> bool:
    """Whether two settings of a bot differ in nothing that its running depends on."""
    return type(one) is type(other) and _unnamed(one) == _unnamed(other)


def _unnamed(account: Account) -> Account:
    return replace(account, unit="", name="", link="")
