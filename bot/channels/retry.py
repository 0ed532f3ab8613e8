"""Trying again, less and less often."""

import asyncio
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds. A test passes its own."""

sleep: Sleep = asyncio.sleep


class Backoff:
    """Growing pauses: `first` seconds, then twice as long each time, at most `ceiling`."""

    def __init__(self, *, first: float = 1.0, ceiling: float = 60.0) -> None:
        self._first = first
        self._ceiling = ceiling
        self._tries = 0

    def pause(self) -> float:
        """The seconds to wait before the next try."""
        self._tries += 1
        return min(self._first * 2.0 ** min(self._tries - 1, 30), self._ceiling)

    def reset(self) -> bool:
        """It worked: the next pause is the first again. Whether anything had failed before."""
        failed, self._tries = self._tries > 0, 0
        return failed
