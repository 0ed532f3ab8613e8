"""Fifty thousand cells due at one instant: the countdown to the review, to the secretary of each. And a tick that
finds nothing due, which comes every few seconds for ever."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure, figure, percentile
from bench.inside import Bystander, Cost, wired
from bench.nation import Nation, found, stored
from bench.plan import Plan, folder
from bot.app import App
from bot.clock import MovableClock
from storage.database import Database

CELLS = 50_000
MEMBERS = 3
IDLE_TICKS = 5_000
NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # noon in Viet Nam, on a working day
SECONDS = 1_000_000

ROUNDS = """
INSERT INTO rounds (kind, unit_id, period, opened_at, due_at, next_due_at, next_step)
SELECT 'review', unit_id, '2026', '{opened}', '{due}', '{now}', 'T-7' FROM unit_versions WHERE kind = 'cell'
"""


async def measure(_plan: Plan) -> Sequence[Figure]:
    """What the tick costs, with all due and with nothing; and how long somebody waits meanwhile."""
    with folder() as place:
        file = place / "bon-tot.db"
        await found(file, Nation(cells=CELLS, size=MEMBERS))
        clock = MovableClock(start=NOW)
        async with wired(file, clock) as app:
            await _open_rounds(app.database)
            somebody = Bystander(app)
            async with somebody.there():
                cost = Cost()
                await app.ticker.tick()
                cpu, wall = cost.cpu, cost.wall
            said = await _said(app.database)
            idle = await _idle(app)
        size = _megabytes(file)
    what = f"{CELLS:,} cells due at one instant"
    return [
        figure(f"{what}, all in the outbox", cpu, "s of CPU", "≤ 2"),
        figure(f"{what}, messages", said, "messages", f"= {CELLS}"),
        figure(f"{what}, by the clock on the wall", wall, "s"),
        figure(f"{what}, somebody's answer meanwhile, p99", percentile(somebody.seconds, 0.99) * 1000, "ms", "≤ 2,000"),
        figure(f"{what}, the longest wait", max(somebody.seconds) * 1000, "ms"),
        figure("a tick with nothing due", idle * SECONDS, "µs of CPU", "≤ 50"),
        figure(f"{what}, the database", size, "MB"),
    ]


async def _open_rounds(database: Database) -> None:
    async with database.write() as tx:
        await tx.sql(
            ROUNDS.format(opened=stored(NOW - timedelta(days=30)), due=stored(NOW + timedelta(days=7)), now=stored(NOW))
        )


async def _said(database: Database) -> int:
    async with database.read() as tx:
        [(rows,)] = await tx.sql("SELECT COUNT(*) FROM outbox WHERE state = 'queued'")
    return int(rows)


async def _idle(app: App) -> float:
    await app.ticker.tick()
    cost = Cost()
    for _ in range(IDLE_TICKS):
        assert await app.ticker.tick() == 0
    return cost.cpu / IDLE_TICKS


def _megabytes(file: Path) -> float:
    return file.stat().st_size / 1_000_000
