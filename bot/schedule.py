"""Nothing but the clock that ticks: APScheduler calls the tick every few seconds and keeps no business state."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()

TICK_SECONDS = 5


async def run_schedule(
    tick: Callable[[], Awaitable[object]], *, hurried: asyncio.Event, seconds: int = TICK_SECONDS
) -> None:
    """Tick until cancelled, every few seconds and whenever `hurried` is set. A tick that fails is logged and the next
    one comes all the same: what was due still is.

    Ticks never overlap in one process; many processes may tick, the rows' claims and unique keys hold.
    """
    alone = asyncio.Lock()

    async def guarded() -> None:
        async with alone:
            hurried.clear()
            try:
                await tick()
            except Exception:
                log.exception("tick_failed")

    scheduler = AsyncIOScheduler()
    scheduler.add_job(guarded, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None)
    scheduler.start()
    try:
        await guarded()
        while True:
            await hurried.wait()
            await guarded()
    finally:
        scheduler.shutdown(wait=False)
