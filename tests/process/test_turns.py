"""Turns and workers: one after the other where it must be, side by side where it may."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.turns import Turns
from bot.workers import Work, Workers


async def soon() -> None:
    """Let everybody go as far as they get."""
    for _ in range(5):
        await asyncio.sleep(0)


def holder(turns: Turns[str], done: list[str]) -> Callable[[str, str, asyncio.Event], Coroutine[Any, Any, None]]:
    """Takes a turn and keeps it until a gate opens."""

    async def hold(key: str, name: str, gate: asyncio.Event) -> None:
        async with turns.of(key):
            done.append(f"{name} begins")
            await gate.wait()
            done.append(f"{name} ends")

    return hold


async def test_the_same_key_waits_and_others_do_not() -> None:
    """In the order of asking."""
    turns: Turns[str] = Turns()
    done: list[str] = []
    hold, gate, other = holder(turns, done), asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for name in ("một", "hai", "ba"):
            group.create_task(hold("an", name, gate))
        group.create_task(hold("binh", "bên cạnh", other))
        await soon()
        assert done == ["một begins", "bên cạnh begins"]
        assert not turns.is_free("an")
        gate.set()
        other.set()
    assert [one for one in done if "bên" not in one] == [
        f"{name} {what}" for name in ("một", "hai", "ba") for what in ("begins", "ends")
    ]
    assert turns.is_free("an") and turns.is_free("binh")


@pytest.mark.parametrize("late", [False, True], ids=["while it waits", "when its turn has just come"])
async def test_who_gives_up_waiting_holds_up_nobody(*, late: bool) -> None:
    """Cancelled before its turn came, or in the very moment in which it came."""
    turns: Turns[str] = Turns()
    done: list[str] = []
    hold, first, others = holder(turns, done), asyncio.Event(), asyncio.Event()
    others.set()
    async with asyncio.TaskGroup() as group:
        group.create_task(hold("an", "một", first))
        gone = asyncio.ensure_future(hold("an", "hai", others))
        group.create_task(hold("an", "ba", others))
        await soon()
        if late:
            first.set()
            await asyncio.sleep(0)  # the first one ends its turn, and the second one has not heard of it
        gone.cancel()
        await soon()
        first.set()
        await asyncio.wait([gone])
    assert gone.cancelled()
    assert done == ["một begins", "một ends", "ba begins", "ba ends"]
    assert turns.is_free("an")


async def test_a_worker_is_used_again() -> None:
    """One piece of work after the other takes one task; two at once take two."""
    started: list[asyncio.Task[None]] = []
    gate = asyncio.Event()

    async def work() -> None:
        await gate.wait()

    async with asyncio.TaskGroup() as group:

        def start(coroutine: Work) -> None:
            started.append(group.create_task(coroutine))

        workers = Workers(start)
        gate.set()
        for _ in range(10):
            workers.do(work())
            await soon()
        assert len(started) == 1
        gate.clear()
        workers.do(work())
        workers.do(work())
        assert len(started) == 2
        gate.set()
        await soon()
        workers.close()
    assert all(task.done() for task in started)


async def test_what_fails_is_not_swallowed() -> None:
    """It ends the group that the worker belongs to, as a task of its own would."""

    async def fail() -> None:
        raise LookupError

    async def all_of_it() -> None:
        async with asyncio.TaskGroup() as group:
            Workers(group.create_task).do(fail())

    with pytest.raises(ExceptionGroup) as caught:
        await all_of_it()
    assert caught.group_contains(LookupError)
