"""An event loop whose time is its own: when nothing is left to do, it is as late as the next timer wants it to be."""

import asyncio
import selectors
from datetime import datetime, timedelta


class NothingComes(Exception):
    """Everybody waits, and for nothing that will ever happen."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs as fast as it can and never waits. What runs on it may use no thread and no socket: their time is
    another."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Never(self))

    def time(self) -> float:
        """Seconds since it began."""
        return self._now

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds


class _Never(selectors.SelectSelector):
    """Waits for nobody; lets the loop's time pass instead."""

    loop: VirtualLoop

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self.loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingComes
        if timeout > 0:
            self.loop.pass_by(timeout)
        return []


class LoopClock:
    """A clock that goes with such a loop."""

    def __init__(self, loop: VirtualLoop, *, start: datetime) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._start + timedelta(seconds=self._loop.time())
