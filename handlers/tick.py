"""The tick: finds what is due now and lets each act in a transaction of its own.

A due instant lives on the fact itself (`next_due_at`). Acting must move it on, to the first future instant or to
none; a fact that fails is logged with an incident number, harms no other, and is tried again at the next tick.
Many processes may tick: an act claims its row first, and what it says has a unique key.
What somebody waits for need not wait for the next tick: `hurry` lets the clock tick at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.logs import new_incident
from handlers.turn import Act, House
from storage.database import Database, Tx

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something that will fire: when, and what in words."""

    at: datetime
    what: str


Do = Callable[[Act, int], Awaitable[None]]
"""Handles one fact in a transaction of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One kind of dated fact. `find` gives the ids that are due now, some at a time; `act` handles one of
    them; `coming` says what fires next, soonest first, a few.

    `prepare` does what must not be done in a transaction (read a large file, off the event loop) and returns what
    then acts on the fact in the place of `act`; None: `act` does. Whoever dies in between has done nothing: the fact
    stays due, or comes due again.
    """

    name: str
    find: Callable[[Tx], Awaitable[Sequence[int]]]
    act: Do
    coming: Callable[[Tx], Awaitable[Sequence[Coming]]]
    prepare: Callable[[Database, int], Awaitable[Do | None]] | None = None


class Ticker:
    """Ticks over all kinds of dated facts."""

    def __init__(self, *, database: Database, house: House, dues: Sequence[Due], wake: Callable[[], None]) -> None:
        self._database = database
        self._house = house
        self._dues = dues
        self._wake = wake
        self.hurried = asyncio.Event()
        """Set when something became due just now: whoever drives the clock ticks at once and clears it."""

    def hurry(self) -> None:
        """Tick as soon as possible."""
        self.hurried.set()

    async def tick(self) -> int:
        """Let everything act that is due at this instant; how many facts acted."""
        acted = 0
        for due in self._dues:
            acted += await self._all_of(due)
        if acted:
            self._wake()
        return acted

    async def coming(self) -> Sequence[Coming]:
        """What fires next, soonest first."""
        async with self._database.read() as tx:
            found = [coming for due in self._dues for coming in await due.coming(tx)]
        return sorted(found, key=lambda coming: coming.at)

    async def _all_of(self, due: Due) -> int:
        acted = 0
        seen: set[int] = set()
        while True:
            async with self._database.read() as tx:
                facts = [fact for fact in await due.find(tx) if fact not in seen]
            if not facts:
                return acted
            for fact in facts:
                if await self._one(due, fact):
                    acted += 1
                # Whatever happened, once a tick is enough: a fact that stayed due waits for the next one.
                seen.add(fact)

    async def _one(self, due: Due, fact: int) -> bool:
        try:
            prepared = await due.prepare(self._database, fact) if due.prepare else None
            async with self._database.write() as tx:
                act = Act(tx, self._house)
                await (prepared or due.act)(act, fact)
                await act.flush()
        except Exception:
            log.exception("tick_incident", kind=due.name, fact=fact, incident=new_incident(self._house.random))
            return False
        return True
