"""The bell: wakes every open page when there is something new.

It carries no mail. A page that hears it asks the mailbox what has changed; one that misses it asks again after a
while, so that nothing depends on the bell being heard (another process may have written).
"""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager


class Listener:
    """One open page, of these chats or of all (None)."""

    def __init__(self, chats: Collection[str] | None = None) -> None:
        self.chats = chats
        self._rung = asyncio.Event()
        self._typing: set[str] = set()

    def hear(self, typing: str | None) -> None:
        if typing is not None:
            self._typing.add(typing)
        self._rung.set()

    async def wait(self, seconds: float) -> frozenset[str]:
        """Until the bell rings, at most this long; the chats for which an answer is being made since the last time."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return frozenset()
        self._rung.clear()
        heard = frozenset(self._typing)
        self._typing.clear()
        return heard


class Bell:
    """Wakes the listeners. Once closed it wakes them for the last time, and they go."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self.closed = False

    def ring(self, *, typing: str | None = None) -> None:
        """Something is new; or an answer for the chat `typing` is being made."""
        for listener in self._listeners:
            listener.hear(typing)

    def close(self) -> None:
        """The program is stopping: let every open stream end by itself."""
        self.closed = True
        self.ring()

    def is_open(self, chat: str) -> bool:
        """Whether a page of this chat is open."""
        return any(listener.chats is not None and chat in listener.chats for listener in self._listeners)

    @contextmanager
    def listening(self, chats: Collection[str] | None = None) -> Iterator[Listener]:
        """A listener for as long as a stream is open."""
        listener = Listener(chats)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
