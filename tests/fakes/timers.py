"""Timers that go with a clock that the test moves."""

import asyncio
from datetime import timedelta

from bot.clock import MovableClock

A_MOMENT = 0.005


class ClockTimer:
    """It goes when the clock is moved, and does not move it: who waits, waits for the event."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock

    def now(self) -> float:
        """The clock's seconds."""
        return self.clock.now().timestamp()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Until the event; where it may be the clock that is waited for, look again in a moment."""
        try:
            async with asyncio.timeout(None if seconds is None else A_MOMENT):
                await event.wait()
        except TimeoutError:
            return


class MovingTimer(ClockTimer):
    """Who waits for a time moves the clock there, when nobody has anything left to do."""

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Let the others do what they can, then move on."""
        for _ in range(20):
            if event.is_set():
                return
            await asyncio.sleep(0)
        if seconds is None:
            await event.wait()
        else:
            self.clock.move_to(self.clock.now() + timedelta(seconds=seconds, microseconds=1))
