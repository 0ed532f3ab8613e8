"""What Zalo is told or asked once: where to deliver updates, and whose token this is.

All of it is done in the background: the bot starts, and its other channels run, while Zalo is out of reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from bot.channels.raw import a_text, an_object
from bot.channels.retry import Backoff, Sleep, sleep
from bot.channels.zalo_api import ZaloApi
from bot.chat import DeliveryFailure, PermanentFailure

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where Zalo is to deliver updates, and the secret that it sends along: 8 to 256 characters."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A bot as Zalo knows it; what Zalo does not say is empty."""

    id: str
    name: str
    kind: str


class Setup:
    """Tells Zalo, and tries again until it has heard. What it refuses is written down and given up."""

    def __init__(self, *, account: str, api: ZaloApi, sleep: Sleep = sleep) -> None:
        self._account = account
        self._api = api
        self._sleep = sleep

    async def webhook(self, webhook: Webhook) -> bool:
        """Have updates delivered to the webhook. Whether Zalo agreed."""
        told = {"url": webhook.url, "secret_token": webhook.secret}
        return await self._until_heard("setWebhook", told) is not None

    async def greeting(self) -> Bot | None:
        """Whose token this is; None when it is nobody's."""
        heard = await self._until_heard("getMe", {})
        if heard is None:
            return None
        me = {key: a_text(value) or "" for key, value in an_object(heard.result).items()}
        bot = Bot(id=me.get("id", ""), name=me.get("account_name", ""), kind=me.get("account_type", ""))
        log.info("zalo_bot_known", account=self._account, name=bot.name, kind=bot.kind)
        return bot

    async def _until_heard(self, method: str, told: Mapping[str, object]) -> "_Heard | None":
        backoff = Backoff()
        while True:
            try:
                return _Heard(await self._api.call(method, told))
            except PermanentFailure as failure:
                log.error("zalo_refused", account=self._account, what=method, why=str(failure))
                return None
            except DeliveryFailure as failure:
                pause = backoff.pause()
                log.warning("zalo_out_of_reach", account=self._account, what=method, why=str(failure), wait=pause)
            await self._sleep(pause)


@dataclass(frozen=True, slots=True)
class _Heard:
    """Zalo agreed, and this was its answer (which may be nothing at all)."""

    result: object
