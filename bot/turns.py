"""Turns: what has the same key is done one after the other, in the order of asking; all else side by side."""

from asyncio import CancelledError, Future, get_running_loop
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Turns(Generic[K]):
    """The turns of many keys. A key is remembered only while somebody has its turn; where nobody else asks, a turn is
    two changes of a dictionary."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[K, deque[Future[None]] | None] = {}

    def of(self, key: K) -> "_Turn[K]":
        """A context that is entered when it is the asker's turn."""
        return _Turn(self, key)

    def is_free(self, key: K) -> bool:
        """Whether nobody has the key's turn."""
        return key not in self._waiting

    async def begin(self, key: K) -> None:
        """Return when it is the asker's turn, which must be ended."""
        if key not in self._waiting:
            self._waiting[key] = None
            return
        queue = self._waiting[key]
        if queue is None:
            queue = self._waiting[key] = deque()
        turn: Future[None] = get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except CancelledError:
            if turn.done() and not turn.cancelled():
                # It was handed over just now: the next one has it.
                self.end(key)
            elif turn in queue:
                queue.remove(turn)
            raise

    def end(self, key: K) -> None:
        """The turn has ended: it is the next one's."""
        queue = self._waiting[key]
        while queue:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._waiting[key]


class _Turn(Generic[K]):
    __slots__ = ("_key", "_turns")

    def __init__(self, turns: Turns[K], key: K) -> None:
        self._turns = turns
        self._key = key

    async def __aenter__(self) -> None:
        await self._turns.begin(self._key)

    async def __aexit__(self, *_raised: object) -> None:
        self._turns.end(self._key)
