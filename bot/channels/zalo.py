"""One Zalo bot as a channel: everything that the roof needs to wire it up.

Zalo's bots have no buttons, cannot change what they said, and send no files: a message goes out as text alone, its
choices numbered (`bot.texts.plain`). Sending tries once and says what became of it; pace and repetition are the
sender's. Receiving is either `webhook_route` or, for development, `poll`. Nothing here needs Zalo to be within reach in
order to start, and nothing writes down the token.
"""

import aiohttp
from starlette.routing import Route

from bot.channels.raw import a_text, an_object
from bot.channels.retry import Sleep, sleep
from bot.channels.zalo_api import BASE_URL, READ_SECONDS, ZaloApi
from bot.channels.zalo_intake import Intake
from bot.channels.zalo_polling import Polling
from bot.channels.zalo_setup import Bot, Setup, Webhook
from bot.channels.zalo_webhook import webhook_route
from bot.chat import USUAL, Capabilities, Delivery, Handle, Limits, PermanentFailure, utf16_length
from bot.texts import plain

TEXT_LIMIT = 2000
"""Characters that a text or a caption may have. Zalo counts its text styles in UTF-16 units, so they are counted so."""

CAPABILITIES = Capabilities(
    buttons=False,
    edit=False,
    files=False,
    text_limit=TEXT_LIMIT,
    length=plain.length,
    monthly_quota=3000,  # of the free plan, as people report, and so are the people
    people_limit=50,
    per_second=10.0,  # our own choice: Zalo names no limit
    chat_seconds=1.0,
)


class ZaloChannel:
    """One account at Zalo.

    `session` is borrowed, as `bot.channels.http.new_session` makes it; `base_url` is Zalo's server; `proxy` an HTTP
    proxy; `read_seconds` how long an answer may take; `limits` what holds for this account instead of what is usual.
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
        self._api = ZaloApi(session=session, token=token, base_url=base_url, proxy=proxy, read_seconds=read_seconds)

    def __repr__(self) -> str:
        return f"ZaloChannel({self._account!r})"

    @property
    def account(self) -> str:
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        return self._can

    async def send(self, delivery: Delivery) -> str | None:
        """Say it, as text; the message's id, if Zalo names one."""
        text = plain.as_text(delivery.message)
        _check(text)
        return _message_id(await self._api.call("sendMessage", {"chat_id": delivery.chat, "text": text}))

    async def send_photo(self, chat: str, *, url: str, caption: str = "") -> str | None:
        """Show a picture that anybody can fetch at `url`: Zalo takes no upload. Raises a `DeliveryFailure`."""
        told = {"chat_id": chat, "photo": url}
        if caption:
            _check(caption)
            told["caption"] = caption
        return _message_id(await self._api.call("sendPhoto", told))

    async def typing(self, chat: str) -> None:
        """Show that an answer is being made. Never raises."""
        await self._api.call_if_possible("sendChatAction", {"chat_id": chat, "action": "typing"})

    async def greeting(self) -> Bot | None:
        """Whose token this is; tries until Zalo has said so. None when the token is refused."""
        return await self._setup().greeting()

    async def poll(self, *, handle: Handle) -> None:
        """Receive by long polling until cancelled. For development: see `bot.channels.zalo_polling`."""
        intake = Intake(account=self._account, handle=handle)
        await Polling(account=self._account, api=self._api, intake=intake, sleep=self._sleep).run()

    def webhook_route(self, *, path: str, secret: str, handle: Handle) -> Route:
        """The route by which Zalo delivers this account's updates."""
        intake = Intake(account=self._account, handle=handle)
        return webhook_route(account=self._account, path=path, secret=secret, intake=intake)

    async def set_webhook(self, webhook: Webhook) -> bool:
        """Tell Zalo where the route is; tries until Zalo has heard. Whether it agreed."""
        return await self._setup().webhook(webhook)

    def _setup(self) -> Setup:
        return Setup(account=self._account, api=self._api, sleep=self._sleep)


def _check(text: str) -> None:
    """Zalo's refusal would cost a round trip; what cannot succeed is a `PermanentFailure` here."""
    if not text.strip():
        raise PermanentFailure("the text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise PermanentFailure(f"a text of {utf16_length(text)} units, {TEXT_LIMIT} are allowed")


def _message_id(result: object) -> str | None:
    return a_text(an_object(result).get("message_id"))
