"""The clock that ticks: at its start, at once when somebody waits, one at a time, and on after a tick that failed."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from bot.schedule import run_schedule

LATER = 3600
"""Seconds between two ticks that nobody hurries: more than a test lasts."""


@asynccontextmanager
async def ticking(
    tick: Callable[[], Awaitable[object]], hurried: asyncio.Event, *, seconds: float = LATER
) -> AsyncIterator[None]:
    """The schedule, running beside the test."""
    running = asyncio.create_task(run_schedule(tick, hurried=hurried, seconds=seconds))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_hurried_tick_does_not_wait() -> None:
    """It ticks at its start, and again as soon as it is hurried, however long the pause is."""
    ticks: asyncio.Queue[None] = asyncio.Queue()
    hurried = asyncio.Event()

    async def tick() -> None:
        ticks.put_nowait(None)

    async with asyncio.timeout(30), ticking(tick, hurried):
        await ticks.get()
        hurried.set()
        await ticks.get()
        assert not hurried.is_set()


async def test_a_tick_that_is_hurried_while_it_runs_is_followed_by_another() -> None:
    """What became due after the tick had looked is found by the next one, and no two run side by side."""
    hurried, let_go = asyncio.Event(), asyncio.Event()
    begun: asyncio.Queue[int] = asyncio.Queue()
    running: list[int] = []

    async def tick() -> None:
        running.append(1)
        begun.put_nowait(len(running))
        await let_go.wait()
        running.pop()

    async with asyncio.timeout(30), ticking(tick, hurried):
        assert await begun.get() == 1
        hurried.set()
        let_go.set()
        assert await begun.get() == 1


async def test_a_tick_that_fails_is_followed_by_the_next() -> None:
    """An error ends one tick, not the clock."""
    ticks: asyncio.Queue[None] = asyncio.Queue()
    hurried = asyncio.Event()

    async def tick() -> None:
        ticks.put_nowait(None)
        raise RuntimeError("not today")

    async with asyncio.timeout(30), ticking(tick, hurried):
        await ticks.get()
        hurried.set()
        await ticks.get()


async def test_ticks_follow_each_other_whatever_the_clock_on_the_wall_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set two days back between two ticks, and two ahead again: the next one comes after the usual pause."""
    ticks: asyncio.Queue[None] = asyncio.Queue()
    wall = itertools.cycle([1_800_000_000.0, 1_800_000_000.0 - 2 * 86_400])
    monkeypatch.setattr("time.time", lambda: next(wall))

    async def tick() -> None:
        ticks.put_nowait(None)

    async with asyncio.timeout(30), ticking(tick, asyncio.Event(), seconds=0.01):
        for _ in range(4):
            await ticks.get()
