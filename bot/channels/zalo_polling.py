"""Receiving by long polling, for development: Zalo means webhooks for service.

There is no offset and nothing to confirm: what `getUpdates` has handed out may never come again. So the next one is
asked for only when the transaction of the last has committed, and what could not be stored is tried again here for as
long as it takes: a crash loses the one update in hand at most. Where that is too much, use the webhook.
"""

import structlog

from bot.channels.retry import Backoff, Sleep, sleep
from bot.channels.zalo_api import NoAnswerYet, ZaloApi
from bot.channels.zalo_decode import updates_of
from bot.channels.zalo_intake import Intake
from bot.chat import DeliveryFailure, PermanentFailure

POLL_SECONDS = 30
IDLE_SECONDS = 1.0
"""Between two calls that brought nothing: a server that does not wait must not be asked without end."""
_STORE_CEILING = 30.0

log = structlog.get_logger()


class Polling:
    """One account's loop."""

    def __init__(self, *, account: str, api: ZaloApi, intake: Intake, sleep: Sleep = sleep) -> None:
        self._account = account
        self._api = api
        self._intake = intake
        self._sleep = sleep
        self._webhook_gone = False
        self._reach = Backoff()

    async def run(self) -> None:
        """Receive until cancelled."""
        while True:
            for update in await self._next_updates():
                await self._store(update)

    async def _next_updates(self) -> list[object]:
        """What has come; nothing after a failure, which has been waited out."""
        try:
            updates = await self._ask()
        except DeliveryFailure as failure:
            pause = self._reach.pause()
            log.warning("zalo_out_of_reach", account=self._account, why=str(failure), wait=pause)
            await self._sleep(pause)
            return []
        if self._reach.reset():
            log.info("zalo_within_reach", account=self._account)
        if not updates:
            await self._sleep(IDLE_SECONDS)
        return updates

    async def _ask(self) -> list[object]:
        if not self._webhook_gone:
            await self._remove_webhook()
        try:
            result = await self._api.call(
                "getUpdates", {"timeout": str(POLL_SECONDS)}, read_seconds=POLL_SECONDS + self._api.read_seconds
            )
        except NoAnswerYet:
            return []
        return updates_of(result)

    async def _remove_webhook(self) -> None:
        """While a webhook is set, nothing can be fetched. Where there is none, Zalo may refuse to remove it."""
        try:
            await self._api.call("deleteWebhook")
        except PermanentFailure as failure:
            log.info("zalo_webhook_not_removed", account=self._account, why=str(failure))
        self._webhook_gone = True

    async def _store(self, update: object) -> None:
        backoff = Backoff(ceiling=_STORE_CEILING)
        while not await self._intake.stored(update):
            await self._sleep(backoff.pause())
