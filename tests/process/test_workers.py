"""Workers: tasks that are used again."""

import asyncio

import pytest

from bot.workers import Work, Workers


async def soon() -> None:
    """Let everybody go as far as they get."""
    for _ in range(5):
        await asyncio.sleep(0)


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
