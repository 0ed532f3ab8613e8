"""Nothing but the clock that ticks: it calls the tick every few seconds and keeps no business state.

The pause between two ticks is counted by the machine's monotonic clock, so a clock that is set back two days delays no
tick by two days (docs/decisions/0024-ticks-by-the-monotonic-clock.md).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger()

TICK_SECONDS = 5.0


async def run_schedule(
    tick: Callable[[], Awaitable[object]], *, hurried: asyncio.Event, seconds: float = TICK_SECONDS
) -> None:
    """Tick until cancelled, every few seconds and whenever `hurried` is set. A tick that fails is logged and the next
    one comes all the same: what was due still is.

    Ticks never overlap in one process; many processes may tick, the rows' claims and unique keys hold.
    """
    while True:
        hurried.clear()
        try:
            await tick()
        except Exception:
            log.exception("tick_failed")
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await hurried.wait()
