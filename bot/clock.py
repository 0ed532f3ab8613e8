"""The only place in the program that reads the time.

Every other module takes an instant as an argument or asks a `Clock`. Instants are aware datetimes
in UTC; people read them in Viet Nam's time, which has no daylight saving.
"""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from time import monotonic
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Timer(Protocol):
    """Measures how long something takes, whatever is done to the clocks on the wall, and waits."""

    def now(self) -> float:
        """Seconds since some instant; it never goes back."""
        ...

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Wait until the event is set; after so many seconds (None: never) it is set here."""
        ...


class LoopTimer:
    """The event loop's own, also where that has a time of its own."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        if event.is_set():
            return
        # Cheaper than a time-out, which cancels and raises: whoever waits here looks again by itself.
        alarm = None if seconds is None else asyncio.get_running_loop().call_later(seconds, event.set)
        try:
            await event.wait()
        finally:
            if alarm is not None:
                alarm.cancel()


class SystemTimer(LoopTimer):
    """The machine's: to the microsecond, where uvloop counts milliseconds, and those of when it was last idle."""

    def now(self) -> float:
        return monotonic()


class MovableClock:
    """A clock that runs with another one, moved by an offset; or one that stands still.

    The rehearsal page moves it forward; tests give it no `base`, so that it stands where it is put.
    """

    def __init__(self, *, start: datetime | None = None, base: Clock | None = None) -> None:
        if start is None and base is None:
            raise ValueError("a clock needs a start or a base")
        self._base = base
        self._stands_at = start
        self._offset = timedelta()
        if base is not None and start is not None:
            self._offset = start - base.now()

    def now(self) -> datetime:
        if self._base is not None:
            return self._base.now() + self._offset
        assert self._stands_at is not None
        return self._stands_at

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of its base; zero for a clock that stands."""
        return self._offset

    def move_to(self, instant: datetime) -> None:
        """Set the clock to `instant`. It never goes back: an earlier instant changes nothing."""
        ahead = instant - self.now()
        if ahead <= timedelta():
            return
        if self._base is not None:
            self._offset += ahead
        else:
            self._stands_at = instant


@lru_cache(maxsize=256)
def local(instant: datetime) -> datetime:
    """The instant as people in Viet Nam read it."""
    return instant.astimezone(VIETNAM)


def instant_of(day: date, at: time) -> datetime:
    """The UTC instant of a wall-clock time in Viet Nam."""
    return datetime.combine(day, at, tzinfo=VIETNAM).astimezone(UTC)
