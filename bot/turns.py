"""Turns: what has the same key is done one after the other, in the order of asking; all else side by side."""

import asyncio
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Turns(Generic[K]):
    """The turns of many keys, in the order of asking. Nearly always nobody else is there: then nothing waits.

    Whoever has the turn calls `end`, whatever happens."""

    def __init__(self) -> None:
        self._queues: dict[K, deque[asyncio.Future[None]]] = {}
        """Who waits, by the keys of which somebody has the turn."""

    def begin(self, key: K) -> bool:
        """Take the turn if nobody has it. Whether that was so; if not, `wait` for it."""
        if key in self._queues:
            return False
        self._queues[key] = deque()
        return True

    async def wait(self, key: K) -> None:
        """Returns when it is the caller's turn. Somebody who is cancelled meanwhile holds up nobody."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues[key].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.end(key)  # it had come in the same moment
            raise

    def end(self, key: K) -> None:
        """The next may."""
        queue = self._queues[key]
        while queue:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._queues[key]
