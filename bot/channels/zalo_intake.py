"""What polling and webhook share: an event goes to the handler in its person's turn, and is confirmed after the commit.

Updates that are nothing for us count as stored: they must not come again.
"""

import structlog

from bot.channels.attempted import attempted
from bot.channels.zalo_decode import decode
from bot.chat import Handle, Incoming
from bot.turns import Turns

log = structlog.get_logger()


class Intake:
    """One account's way in."""

    def __init__(self, *, account: str, handle: Handle) -> None:
        self._account = account
        self._handle = handle
        self._turns: Turns[str] = Turns()

    async def stored(self, update: object) -> bool:
        """Handle one update, whatever it is. False when nothing could be stored: then it must come again."""
        incoming = decode(self._account, update)
        if incoming is None:
            log.info("zalo_update_dropped", account=self._account)
            return True
        raised = await attempted(self._in_turn(incoming))
        if raised is None:
            return True
        log.error(
            "zalo_event_not_stored", account=self._account, message_id=incoming.event_id, error=type(raised).__name__
        )
        return False

    async def _in_turn(self, incoming: Incoming) -> None:
        chat = incoming.address.chat
        if not self._turns.begin(chat):
            await self._turns.wait(chat)
        try:
            await self._handle(incoming)
        finally:
            self._turns.end(chat)
