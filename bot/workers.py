"""Tasks that are used again. A task of its own for every small piece of work costs about as much as the work."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Work = Coroutine[Any, Any, None]

MOST_IDLE = 64
"""Workers that wait for more."""


class Workers:
    """Does pieces of work side by side, each begun at once. What one raises ends its worker's task, as it would end a
    task of its own."""

    def __init__(self, start: Callable[[Work], object]) -> None:
        """`start` makes a task and looks after it: a task group's `create_task`."""
        self._start = start
        self._idle: list[asyncio.Future[Work | None]] = []
        self._closed = False

    def do(self, work: Work) -> None:
        """Do this."""
        while self._idle:
            waiting = self._idle.pop()
            if not waiting.done():
                waiting.set_result(work)
                return
        self._start(self._work(work))

    def close(self) -> None:
        """Nothing more comes: who waits goes, who works goes when the work is done."""
        self._closed = True
        for waiting in self._idle:
            if not waiting.done():
                waiting.set_result(None)
        self._idle.clear()

    async def _work(self, first: Work) -> None:
        loop = asyncio.get_running_loop()
        work: Work | None = first
        while work is not None:
            await work
            if self._closed or len(self._idle) >= MOST_IDLE:
                return
            waiting: asyncio.Future[Work | None] = loop.create_future()
            self._idle.append(waiting)
            work = await waiting
