"""What Telegram is told once: where to deliver updates, and which commands to show to whom.

All of it is done in the background: the bot starts, and its other channels run, while Telegram is out of reach.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

import structlog

from bot.channels.retry import Backoff, Sleep, sleep
from bot.channels.telegram_api import TelegramApi
from bot.channels.telegram_decode import ALLOWED_UPDATES
from bot.channels.telegram_layout import chat_id
from bot.chat import AddressBlocked, DeliveryFailure, PermanentFailure, RateLimited

LANGUAGES = ("", "vi")
"""The commands are the same in every language; a list for "vi" alone would go before the one for all."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The commands that are shown in one chat, or (`chat` None) wherever nothing else is set. A command has a name
    without diacritics (a–z, 0–9, _; at most 32) and a description. Without commands the chat has the general menu."""

    commands: tuple[tuple[str, str], ...]
    chat: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where Telegram is to deliver updates, and the secret that it sends along."""

    url: str
    secret: str = field(repr=False)


class Setup:
    """Tells Telegram, and tries again until it has heard. What it refuses is written down and given up."""

    def __init__(self, *, account: str, api: TelegramApi, sleep: Sleep = sleep) -> None:
        self._account = account
        self._api = api
        self._sleep = sleep

    async def webhook(self, webhook: Webhook) -> bool:
        """Have updates delivered to the webhook; what waits at Telegram is delivered there too."""
        told = {"url": webhook.url, "secret_token": webhook.secret, "allowed_updates": list(ALLOWED_UPDATES)}
        return await self._until_heard("set_webhook", partial(self._api.call, "setWebhook", told))

    async def menus(self, menus: Iterable[Menu]) -> bool:
        """Show these commands. Whether Telegram took all of them; one that it refuses keeps no other back."""
        return all([await self._until_heard("set_commands", partial(self._menu, menu)) for menu in menus])

    async def _menu(self, menu: Menu) -> None:
        scope = {"type": "default"} if menu.chat is None else {"type": "chat", "chat_id": chat_id(menu.chat)}
        commands = [{"command": name, "description": description} for name, description in menu.commands]
        for language in LANGUAGES:
            where = {"scope": scope, "language_code": language}
            if commands:
                await self._api.call("setMyCommands", where | {"commands": commands})
            else:
                await self._api.call("deleteMyCommands", where)

    async def _until_heard(self, what: str, tell: Callable[[], Awaitable[object]]) -> bool:
        backoff = Backoff()
        while True:
            try:
                await tell()
            except (PermanentFailure, AddressBlocked) as failure:
                log.error("telegram_refused", account=self._account, what=what, why=str(failure))
                return False
            except RateLimited as failure:
                pause = failure.after
            except DeliveryFailure as failure:
                pause = backoff.pause()
                log.warning("telegram_out_of_reach", account=self._account, what=what, why=str(failure), wait=pause)
            else:
                return True
            await self._sleep(pause)
