"""What polling and webhook share: an event goes to the handler in its person's turn, with its file if one is wanted.

`take` returns when the event's transaction has committed, and only then may the event be confirmed to Telegram. It
raises what the handler raised: then nothing was stored, and Telegram must deliver the event again.
"""

import structlog
from msgspec import structs

from bot.channels.attempted import attempted
from bot.channels.retry import Backoff, Sleep, sleep
from bot.channels.telegram_api import TelegramApi
from bot.channels.telegram_decode import Received
from bot.chat import DeliveryFailure, FileSent, Handle, Incoming, PermanentFailure, WantsFile
from bot.turns import Turns

DOWNLOAD_LIMIT = 20_000_000
"""Bytes that a bot may fetch."""

_FETCH_TRIES = 3

log = structlog.get_logger()


class Intake:
    """One account's way in. One person's events are handled in the order in which they came, different people's side
    by side."""

    def __init__(
        self, *, account: str, api: TelegramApi, handle: Handle, wants_file: WantsFile, sleep: Sleep = sleep
    ) -> None:
        self._account = account
        self._api = api
        self._handle = handle
        self._wants_file = wants_file
        self._sleep = sleep
        self._turns: Turns[str] = Turns()

    async def take(self, received: Received) -> None:
        """Handle one event; returns when it is committed, raises when nothing was stored."""
        chat = received.incoming.address.chat
        if not self._turns.begin(chat):
            await self._turns.wait(chat)
        try:
            await self._handle(received.incoming if received.file_id is None else await self._with_file(received))
        finally:
            self._turns.end(chat)

    async def attempt(self, received: Received) -> Exception | None:
        """`take`, with what it raised as a value, written down without a word of what was said."""
        raised = await attempted(self.take(received))
        if raised is not None:
            log.error(
                "telegram_event_not_stored",
                account=self._account,
                update_id=received.incoming.event_id,
                error=type(raised).__name__,
            )
        return raised

    async def _with_file(self, received: Received) -> Incoming:
        incoming = received.incoming
        if not isinstance(incoming.payload, FileSent) or received.file_id is None:
            return incoming
        limit = min(await self._wants_file(incoming.address), DOWNLOAD_LIMIT)
        size = incoming.payload.size or 0
        if limit <= 0 or size > limit:
            return incoming
        content = await self._fetch(received.file_id, limit=limit, event_id=incoming.event_id)
        return structs.replace(incoming, payload=structs.replace(incoming.payload, content=content))

    async def _fetch(self, file_id: str, *, limit: int, event_id: str) -> bytes | None:
        """The content, or None after some tries: a file that cannot be had must not hold up its person for ever."""
        backoff, tries = Backoff(), 0
        while True:
            tries += 1
            try:
                return await self._api.fetch(file_id, limit=limit)
            except DeliveryFailure as failure:
                why = type(failure).__name__
                log.warning("telegram_file_not_fetched", account=self._account, update_id=event_id, why=why)
                if isinstance(failure, PermanentFailure) or tries == _FETCH_TRIES:
                    return None
            await self._sleep(backoff.pause())
