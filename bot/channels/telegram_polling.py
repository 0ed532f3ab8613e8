"""Receiving by long polling, with our own loop around `getUpdates`.

Telegram counts an update as delivered when a later call asks for a higher offset. The offset moves only when the
transactions of the whole batch have committed, and never past an update that was not stored: a crash at any instant
loses nothing, and what comes again is known by its event id. The library's loop confirms first and handles after.

Telegram out of reach delays this account and harms nothing else: growing pauses, one log line each.
"""

import asyncio
from collections.abc import Sequence

import structlog

from bot.channels.retry import Backoff, Sleep, sleep
from bot.channels.telegram_api import Conflicted, TelegramApi
from bot.channels.telegram_decode import ALLOWED_UPDATES, Received, decode, update_id
from bot.channels.telegram_intake import Intake
from bot.chat import DeliveryFailure, RateLimited

_NOT_STORED_CEILING = 30.0

log = structlog.get_logger()


class Polling:
    """One account's loop."""

    def __init__(
        self, *, account: str, api: TelegramApi, intake: Intake, poll_seconds: int = 30, sleep: Sleep = sleep
    ) -> None:
        self._account = account
        self._api = api
        self._intake = intake
        self._poll_seconds = poll_seconds
        self._sleep = sleep
        self._offset = 0
        self._webhook_gone = False
        self._reach = Backoff()
        self._store = Backoff(ceiling=_NOT_STORED_CEILING)

    async def run(self) -> None:
        """Receive until cancelled. What is being handled then is not confirmed and comes again."""
        async with asyncio.TaskGroup() as acknowledgements:
            while True:
                if batch := await self._next_batch():
                    await self._take(batch, acknowledgements)

    async def _next_batch(self) -> Sequence[object]:
        """The updates from the offset on; none after a failure, which has been waited out."""
        try:
            batch = await self._ask()
        except RateLimited as failure:
            pause = failure.after
            log.warning("telegram_polling_throttled", account=self._account, wait=pause)
        except Conflicted as failure:
            pause = self._reach.pause()
            self._webhook_gone = False
            log.error(
                "telegram_polling_conflict",
                account=self._account,
                why=str(failure),
                hint="another process polls with this token, or a webhook is set",
                wait=pause,
            )
        except DeliveryFailure as failure:
            pause = self._reach.pause()
            log.warning("telegram_out_of_reach", account=self._account, why=str(failure), wait=pause)
        else:
            if self._reach.reset():
                log.info("telegram_within_reach", account=self._account)
            return batch
        await self._sleep(pause)
        return ()

    async def _ask(self) -> Sequence[object]:
        if not self._webhook_gone:
            # While a webhook is set, nothing can be fetched. What waits at Telegram stays there.
            await self._api.call("deleteWebhook", {"drop_pending_updates": False})
            self._webhook_gone = True
        asked = {"offset": self._offset, "timeout": self._poll_seconds, "allowed_updates": list(ALLOWED_UPDATES)}
        batch = await self._api.call("getUpdates", asked, read_seconds=self._poll_seconds + self._api.read_seconds)
        return batch if isinstance(batch, list) else ()

    async def _take(self, batch: Sequence[object], acknowledgements: asyncio.TaskGroup) -> None:
        """Handle the whole batch, then move the offset up to the first update that was not stored."""
        numbers = [number for update in batch if (number := update_id(update)) is not None]
        people: dict[str, list[Received]] = {}
        for update in batch:
            received = decode(self._account, update)
            if received is None:
                log.info("telegram_update_dropped", account=self._account, update_id=update_id(update))
            else:
                people.setdefault(received.incoming.address.chat, []).append(received)
        firsts = await asyncio.gather(*[self._take_in_order(events, acknowledgements) for events in people.values()])
        not_stored = [first for first in firsts if first is not None]
        if numbers:
            # Not the greatest offset ever seen: after a week of silence Telegram may begin again with a lower number.
            self._offset = min(not_stored, default=max(numbers) + 1)
        if not_stored or not numbers:
            await self._sleep(self._store.pause())
        else:
            self._store.reset()

    async def _take_in_order(self, events: Sequence[Received], acknowledgements: asyncio.TaskGroup) -> int | None:
        """One person's events, up to the first that was not stored: its number, or None."""
        for received in events:
            if await self._intake.attempt(received) is not None:
                return int(received.incoming.event_id)
            if received.callback_id is not None:
                # Not waited for: it only ends the button's waiting, and a press repeated after a crash ends it too.
                told = {"callback_query_id": received.callback_id}
                acknowledgements.create_task(self._api.call_if_possible("answerCallbackQuery", told))
        return None
