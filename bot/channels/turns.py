"""One person's events one after the other, in the order in which they came; different people's side by side."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any


class Turns:
    """The turns of one account's chats, in the order of asking. Nearly always nobody else is there: then nothing waits.

    Whoever has the turn calls `end`, whatever happens."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        """Who waits, by the chats in which somebody has the turn."""

    def begin(self, chat: str) -> bool:
        """Take the turn if nobody has it. Whether that was so; if not, `wait` for it."""
        if chat in self._queues:
            return False
        self._queues[chat] = deque()
        return True

    async def wait(self, chat: str) -> None:
        """Returns when it is the caller's turn. Somebody who is cancelled meanwhile holds up nobody."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues[chat].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.end(chat)  # it had come in the same moment
            raise

    def end(self, chat: str) -> None:
        """The next may."""
        queue = self._queues[chat]
        while queue:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._queues[chat]


async def attempted(work: Coroutine[Any, Any, None]) -> Exception | None:
    """What the work raised, as a value; None when it is done. Being cancelled is no failure."""
    try:
        await work
    except Exception as error:  # it ends in the caller's hand: a `gather` would do the same, and costs a task
        return error
    return None
