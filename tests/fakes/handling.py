"""Stand-ins for what is above and around a channel: the router, and the passing of time."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from bot.chat import Address, Incoming


@dataclass(slots=True)
class Pauses:
    """A sleep that takes no time and remembers how long it would have been."""

    slept: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@dataclass(slots=True)
class Handler:
    """Stands in for the router: remembers what it stored, and can be slow or fail."""

    stored: list[Incoming] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    wanted: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, incoming: Incoming) -> None:
        self.begun.append(incoming.event_id)
        self.reached.set()
        if gate := self.gates.get(incoming.event_id):
            await gate.wait()
        if self.failures.get(incoming.event_id, 0) > 0:
            self.failures[incoming.event_id] -= 1
            raise RuntimeError("the database is locked")
        self.stored.append(incoming)

    async def wants_file(self, address: Address) -> int:
        return self.wanted

    def ids(self) -> list[int]:
        """The numbers of the stored events, in order."""
        return [int(incoming.event_id) for incoming in self.stored]


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a loop, as the end of the process does, and see that it ends."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
