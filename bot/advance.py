"""Moves a movable clock and lets everything happen on the way, in order: for the rehearsal and for the tests.

It runs the real tick and the real sender at every instant at which something is due; there is no other way to
pass time, so what is seen here is what happens in service.
"""

from datetime import datetime

from bot.app import App
from bot.clock import MovableClock
from storage import outbox

MOST_STOPS = 100_000
"""A due instant that never moves on would be a defect; this many stops say so instead of turning for ever."""


async def settle(app: App) -> None:
    """Do all that is due at this instant: tick, send, until nothing moves."""
    while await app.ticker.tick() + await app.sender.drain():
        continue


async def next_instant(app: App) -> datetime | None:
    """The next instant later than now at which something is due: a dated fact, or a message that waits."""
    async with app.database.read() as tx:
        waiting = await outbox.next_due(tx)
    coming = [thing.at for thing in await app.ticker.coming()]
    later = [at for at in (*coming, waiting) if at is not None and at > app.clock.now()]
    return min(later, default=None)


async def advance(app: App, clock: MovableClock, *, to: datetime) -> None:
    """Move the clock to an instant, stopping at everything that is due before it."""
    await settle(app)
    for _ in range(MOST_STOPS):
        stop = await next_instant(app)
        if stop is None or stop > to:
            break
        clock.move_to(stop)
        await settle(app)
    else:
        raise RuntimeError("something stays due for ever")
    clock.move_to(to)
    await settle(app)
