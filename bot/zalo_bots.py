"""The Zalo bots of an installation, wired: what each receives and says.

Nothing here needs Zalo within reach: whose token it is is asked, and the webhook is set, in the background. There are
no menus and no links that carry a code: people join by typing it.
"""

from collections.abc import Coroutine, Sequence
from typing import Any

import aiohttp
from starlette.routing import BaseRoute

from bot.app import App
from bot.channels.zalo import ZaloChannel
from bot.channels.zalo_setup import Webhook
from bot.doors import Door
from bot.settings import Mode, ZaloAccount
from bot.telegram_bots import limits_of


class ZaloBot:
    """One account, with the settings it was made from."""

    def __init__(self, account: ZaloAccount, *, session: aiohttp.ClientSession) -> None:
        self.settings = account
        self.channel = ZaloChannel(
            account=account.key,
            token=account.token.reveal(),
            session=session,
            base_url=account.base_url,
            proxy=account.proxy.reveal() if account.proxy else None,
            limits=limits_of(account),
        )

    @property
    def door(self) -> Door:
        """How people find it, as far as the settings say so: Zalo's own name for a bot is no help to anybody."""
        return door_of(self.settings)

    def tasks(self, app: App) -> Sequence[Coroutine[Any, Any, Any]]:
        """What runs for this bot until the program stops."""
        receiving = (
            self.channel.poll(handle=app.router.handle)
            if self.settings.mode is Mode.POLLING
            else self.channel.set_webhook(self._webhook())
        )
        return (self.channel.greeting(), receiving)

    def routes(self, app: App) -> Sequence[BaseRoute]:
        """The route of its webhook, if it has one."""
        if self.settings.mode is Mode.POLLING:
            return ()
        secret = self.settings.webhook_secret.reveal()
        return (self.channel.webhook_route(path=f"/zalo/{self.settings.key}", secret=secret, handle=app.router.handle),)

    def _webhook(self) -> Webhook:
        assert self.settings.webhook_url is not None
        return Webhook(url=self.settings.webhook_url, secret=self.settings.webhook_secret.reveal())


def door_of(account: ZaloAccount) -> Door:
    """The bot as people find it."""
    return Door(account=account.key, messenger="Zalo", unit=account.unit, name=account.name, link=account.link)
