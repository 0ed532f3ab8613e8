"""One person's events one after the other, in the order in which they came; different people's side by side."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from weakref import WeakValueDictionary


class Turns:
    """The turns of one account's chats."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, chat: str) -> asyncio.Lock:
        """A lock that lives as long as somebody holds it or waits for it, and hands turns out in the order of
        asking."""
        return self._locks.setdefault(chat, asyncio.Lock())


async def attempted(work: Coroutine[Any, Any, None]) -> Exception | None:
    """What the work raised, as a value; None when it is done. Being cancelled is no failure."""
    try:
        await work
    except Exception as error:  # it ends in the caller's hand: a `gather` would do the same, and costs a task
        return error
    return None
