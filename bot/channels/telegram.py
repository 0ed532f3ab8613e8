"""One Telegram bot as a channel: everything that the roof needs to wire it up.

Sending (`send`, `typing`) tries once and says what became of it; pace and repetition are the sender's. Receiving is
either `poll` or `webhook_route`. Both confirm an event only after its handler has returned. Nothing here needs
Telegram to be within reach in order to start, and nothing writes down the token.
"""

from collections.abc import Iterable

import aiohttp
from starlette.routing import Route

from bot.channels.retry import Sleep, sleep
from bot.channels.telegram_api import BASE_URL, TelegramApi
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_layout import TEXT_LIMIT, editing, sending
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_request import READ_SECONDS
from bot.channels.telegram_setup import Menu, Setup, Webhook
from bot.channels.telegram_webhook import webhook_route
from bot.chat import (
    USUAL,
    Capabilities,
    Delivery,
    Handle,
    Limits,
    OutcomeUnknown,
    PermanentFailure,
    TransientFailure,
    WantsFile,
)


def is_group(chat: str) -> bool:
    """Telegram numbers persons upwards from zero, and groups downwards."""
    return chat.startswith("-")


CAPABILITIES = Capabilities(
    buttons=True,
    edit=True,
    files=True,
    text_limit=TEXT_LIMIT,
    per_second=30.0,
    chat_seconds=1.0,
    group_per_minute=20,
    is_group=is_group,
)

_UNCHANGED = "message is not modified"
_CANNOT_EDIT = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "no text in the message to edit",
)


class TelegramChannel:
    """One account at Telegram.

    `session` is borrowed, as `bot.channels.http.new_session` makes it; `base_url` is the server, Telegram's own or a
    local Bot API server; `proxy` an HTTP proxy; `read_seconds` how long an answer may take; `limits` what holds
    for this account instead of what is usual.
    """

    def __init__(
        self,
        *,
        account: str,
        token: str,
        session: aiohttp.ClientSession,
        base_url: str = BASE_URL,
        proxy: str | None = None,
        read_seconds: float = READ_SECONDS,
        sleep: Sleep = sleep,
        limits: Limits = USUAL,
    ) -> None:
        self._account = account
        self._can = limits.of(CAPABILITIES)
        self._sleep = sleep
        self._api = TelegramApi(session=session, token=token, base_url=base_url, proxy=proxy, read_seconds=read_seconds)

    def __repr__(self) -> str:
        return f"TelegramChannel({self._account!r})"

    @property
    def account(self) -> str:
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        return self._can

    async def send(self, delivery: Delivery) -> str | None:
        """Say it, in place of `delivery.replaces` where that can still be edited; the message's id."""
        if delivery.replaces is not None and delivery.file is None and await self._edit(delivery, delivery.replaces):
            return delivery.replaces
        call = sending(delivery)
        if delivery.file is None:
            return str(await self._api.say(call.method, call.parameters))
        said = await self._api.call(call.method, call.parameters, write_seconds=call.write_seconds)
        number = said.get("message_id") if isinstance(said, dict) else None
        if not isinstance(number, int):
            raise OutcomeUnknown("the answer names no message")
        return str(number)

    async def _edit(self, delivery: Delivery, replaced: str) -> bool:
        """Whether the message now reads so; False when it cannot be edited any more."""
        if not replaced.isdecimal():
            return False
        call = editing(delivery, int(replaced))
        try:
            await self._api.say(call.method, call.parameters)
        except PermanentFailure as failure:
            words = str(failure).lower()
            if any(reason in words for reason in _CANNOT_EDIT):
                return False
            if _UNCHANGED not in words:
                raise
        except OutcomeUnknown as failure:
            # An edit may be repeated without harm: the second one is "not modified".
            raise TransientFailure(str(failure)) from None
        return True

    async def typing(self, chat: str) -> None:
        """Show that an answer is being made. Never raises."""
        await self._api.call_if_possible("sendChatAction", {"chat_id": chat, "action": "typing"})

    async def username(self) -> str:
        """The bot's name, as start links need it. Asks Telegram; raises a `DeliveryFailure`."""
        me = await self._api.call("getMe")
        name = me.get("username") if isinstance(me, dict) else None
        if not isinstance(name, str):
            raise PermanentFailure("the bot has no name")
        return name

    async def poll(self, *, handle: Handle, wants_file: WantsFile, poll_seconds: int = 30) -> None:
        """Receive by long polling until cancelled."""
        intake = self._intake(handle, wants_file)
        polling = Polling(
            account=self._account, api=self._api, intake=intake, poll_seconds=poll_seconds, sleep=self._sleep
        )
        await polling.run()

    def webhook_route(self, *, path: str, secret: str, handle: Handle, wants_file: WantsFile) -> Route:
        """The route by which Telegram delivers this account's updates."""
        intake = self._intake(handle, wants_file)
        return webhook_route(account=self._account, path=path, secret=secret, intake=intake)

    async def set_webhook(self, webhook: Webhook) -> bool:
        """Tell Telegram where the route is; tries until Telegram has heard. Whether it agreed."""
        return await Setup(account=self._account, api=self._api, sleep=self._sleep).webhook(webhook)

    async def set_commands(self, menus: Iterable[Menu]) -> bool:
        """Show these menus; tries until Telegram has heard. Whether it took all of them."""
        return await Setup(account=self._account, api=self._api, sleep=self._sleep).menus(menus)

    def _intake(self, handle: Handle, wants_file: WantsFile) -> Intake:
        return Intake(account=self._account, api=self._api, handle=handle, wants_file=wants_file, sleep=self._sleep)
