"""The Telegram bots of an installation, wired: what each receives and says, its menus, and its name for start links.

Nothing here needs Telegram within reach: names and menus are asked for and set in the background.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import aiohttp
import structlog
from starlette.routing import BaseRoute

from bot.app import App
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_setup import Menu, Webhook
from bot.chat import DeliveryFailure, Limits
from bot.doors import Door
from bot.loops import forever
from bot.menus import changed_menus, menu_was_told
from bot.settings import Mode, TelegramAccount
from bot.settings.accounts import Account
from bot.settings.model import AccountSettings
from storage import kept
from storage.database import Database, StorageUnavailable

log = structlog.get_logger()

MENU_SECONDS = 60.0
NAME_SECONDS = 30.0


def limits_of(account: Account | AccountSettings) -> Limits:
    """What the settings say of an account's limits."""
    return Limits(
        per_second=account.per_second,
        chat_seconds=account.chat_seconds,
        group_per_minute=account.group_per_minute,
        monthly_quota=account.monthly_quota,
        people_limit=account.people_limit,
    )


class TelegramBot:
    """One account, with the settings it was made from."""

    def __init__(self, account: TelegramAccount, *, session: aiohttp.ClientSession) -> None:
        self.settings = account
        self.channel = TelegramChannel(
            account=account.key,
            token=account.token.reveal(),
            session=session,
            base_url=account.base_url,
            proxy=account.proxy.reveal() if account.proxy else None,
            limits=limits_of(account),
        )
        self.username: str | None = None

    @property
    def door(self) -> Door:
        """How people find it, as far as that is known."""
        return door_of(self.settings, self.username)

    def tasks(self, app: App) -> Sequence[Coroutine[Any, Any, Any]]:
        """What runs for this bot until the program stops."""
        work = [self._learn_name(app.database), forever(lambda: self.renew_menus(app), seconds=MENU_SECONDS)]
        if self.settings.mode is Mode.POLLING:
            work.append(self.channel.poll(handle=app.router.handle, wants_file=app.router.wants_file))
        else:
            work.append(self._set_webhook())
        return work

    def routes(self, app: App) -> Sequence[BaseRoute]:
        """The route of its webhook, if it has one."""
        if self.settings.mode is Mode.POLLING:
            return ()
        return (
            self.channel.webhook_route(
                path=f"/telegram/{self.settings.key}",
                secret=self.settings.webhook_secret.reveal(),
                handle=app.router.handle,
                wants_file=app.router.wants_file,
            ),
        )

    async def _set_webhook(self) -> None:
        assert self.settings.webhook_url is not None
        secret = self.settings.webhook_secret.reveal()
        await self.channel.set_webhook(Webhook(url=self.settings.webhook_url, secret=secret))

    async def renew_menus(self, app: App) -> None:
        """Tell Telegram the menus that are not as it was told last. One that it refuses is not told again until it
        changes."""
        for menu in await changed_menus(app, self.settings.key):
            await self.channel.set_commands([Menu(commands=menu.commands, chat=menu.chat)])
            await menu_was_told(app, self.settings.key, menu)

    async def _learn_name(self, database: Database) -> None:
        while True:
            try:
                async with database.read() as tx:
                    self.username = await kept.get(tx, _name_key(self.settings.key))
                name = await self.channel.username()
                if name != self.username:
                    self.username = name
                    async with database.write() as tx:
                        await kept.put(tx, _name_key(self.settings.key), name)
            except (DeliveryFailure, StorageUnavailable) as failure:
                log.warning("telegram_name_unknown", account=self.settings.key, why=str(failure))
                await asyncio.sleep(NAME_SECONDS)
            else:
                return


def door_of(account: TelegramAccount, username: str | None) -> Door:
    """The bot as people find it: by its name there, once that is known."""
    return Door(
        account=account.key,
        messenger="Telegram",
        unit=account.unit,
        name=f"@{username}" if username else account.name,
        link=f"https://t.me/{username}" if username else "",
        start=f"https://t.me/{username}?start=" if username else "",
    )


async def known_name(database: Database, account: TelegramAccount) -> str | None:
    """The bot's name, as it was learnt last; for commands that run without the program."""
    async with database.read() as tx:
        return await kept.get(tx, _name_key(account.key))


def _name_key(account: str) -> str:
    return f"telegram_name:{account}"
