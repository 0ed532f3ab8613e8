"""The turns of one chat: in the order of asking, whoever goes away meanwhile."""

import asyncio

import pytest

from bot.turns import Turns
from tests.fakes.handling import stop


class Queue:
    """People who ask for the turn of one chat, and keep it until they are let go."""

    def __init__(self) -> None:
        self.turns: Turns[str] = Turns()
        self.had: list[str] = []
        self.go = {name: asyncio.Event() for name in "abc"}

    def comes(self, name: str) -> "asyncio.Task[None]":
        return asyncio.create_task(self._takes(name))

    async def _takes(self, name: str) -> None:
        if not self.turns.begin("chat"):
            await self.turns.wait("chat")
        try:
            self.had.append(name)
            await self.go[name].wait()
        finally:
            self.turns.end("chat")


async def test_in_the_order_of_asking() -> None:
    """Each has the turn alone, first come, first served, and in the end nobody has it."""
    queue = Queue()
    people = [queue.comes(name) for name in "abc"]
    for number, name in enumerate("abc", start=1):
        await asyncio.sleep(0.01)
        assert queue.had == list("abc")[:number]
        queue.go[name].set()
    await asyncio.gather(*people)
    assert queue.turns.begin("chat")


async def test_who_goes_away_holds_up_nobody() -> None:
    """Somebody who is cancelled while waiting is passed over."""
    queue = Queue()
    a, b, c = [queue.comes(name) for name in "abc"]
    await asyncio.sleep(0.01)
    await stop(b)
    queue.go["a"].set()
    queue.go["c"].set()
    await asyncio.gather(a, c)
    assert queue.had == ["a", "c"] and queue.turns.begin("chat")


async def test_who_goes_away_in_the_moment_of_the_turn() -> None:
    """A turn that had been given to somebody who was cancelled before they knew goes on to the next."""
    queue = Queue()
    a, b, c = [queue.comes(name) for name in "abc"]
    await asyncio.sleep(0.01)
    queue.turns.end("chat")
    b.cancel()
    queue.go["c"].set()
    await c
    with pytest.raises(asyncio.CancelledError):
        await b
    assert queue.had == ["a", "c"]
    queue.turns.begin("chat")
    queue.go["a"].set()
    await a
