"""The tick: finds what is due now and lets it act, in transactions of a bounded size.

A due instant lives on the fact itself (`next_due_at`). Acting must move it on, to the first future instant or to
none; a fact that fails is logged with an incident number, harms no other, and is tried again at the next tick.
Many processes may tick: an act claims its row first, and what it says has a unique key.
What somebody waits for need not wait for the next tick: `hurry` lets the clock tick at once.

First one cheap question: of which kinds is anything due? With nothing due, that is the whole tick. When much is due,
facts of a kind act some together in one transaction, and between two transactions whoever spoke is answered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from bot.clock import Clock
from bot.logs import new_incident
from bot.watch import UNWATCHED, Watch
from handlers.turn import Act, House
from storage import clock_jumps
from storage.database import Database, StorageUnavailable, Tx
from storage.due import KINDS, due_kinds

log = structlog.get_logger()

What = TypeVar("What")
MOST_TURNS = 1000
"""A fact that goes on acts at most so often in one tick; the rest comes with the next one."""
WENT_BACK = timedelta(minutes=1)
"""A clock that is behind what it said before by more than this was set back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something that will fire: when, and what in words."""

    at: datetime
    what: str


Do = Callable[[Act, int], Awaitable[None]]
"""Handles one fact in a transaction of its own."""
DoTogether = Callable[[Act, Sequence[int]], Awaitable[None]]
"""Handles some facts in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One kind of dated fact. `find` gives the ids that are due now, some at a time; `act` handles one of
    them; `coming` says what fires next, soonest first, a few.

    `prepare` does what must not be done in a transaction (read a large file, off the event loop) and returns what
    then acts on the fact in the place of `act`; None: `act` does. Whoever dies in between has done nothing: the fact
    stays due, or comes due again.

    `act_together` handles up to `together` of them in one transaction; if it fails, they act one by one. With `goes_on`
    a fact that is still due after it acted acts again in the same tick: it does some of its work each time.
    """

    name: str
    find: Callable[[Tx], Awaitable[Sequence[int]]]
    act: Do
    coming: Callable[[Tx], Awaitable[Sequence[Coming]]]
    prepare: Callable[[Database, int], Awaitable[Do | None]] | None = None
    act_together: DoTogether | None = None
    together: int = 100
    goes_on: bool = False


class Ticker:
    """Ticks over all kinds of dated facts."""

    def __init__(
        self,
        *,
        database: Database,
        house: House,
        clock: Clock,
        dues: Sequence[Due],
        wake: Callable[[], None],
        watch: Watch = UNWATCHED,
    ) -> None:
        self._database = database
        self._clock = clock
        self._house = house
        self._dues = dues
        self._wake = wake
        self._watch = watch
        self._latest: datetime | None = None
        self.hurried = asyncio.Event()
        """Set when something became due just now: whoever drives the clock ticks at once and clears it."""

    def hurry(self) -> None:
        """Tick as soon as possible."""
        self.hurried.set()

    async def tick(self) -> int:
        """Let everything act that is due at this instant, and what it makes due; how many facts acted."""
        await self._look_at_the_clock()
        tried: dict[str, set[int]] = {}
        acted = 0
        while True:
            async with self._database.glance() as tx:
                found = await due_kinds(tx)
            did = 0
            for due in self._dues:
                if due.name in found or due.name not in KINDS:
                    did += await self._all_of(due, tried.setdefault(due.name, set()))
            if not did:
                break
            acted += did
        if acted:
            self._wake()
        return acted

    async def coming(self) -> Sequence[Coming]:
        """What fires next, soonest first."""
        async with self._database.read() as tx:
            found = [coming for due in self._dues for coming in await due.coming(tx)]
        return sorted(found, key=lambda coming: coming.at)

    async def _look_at_the_clock(self) -> None:
        now, latest = self._clock.now(), self._latest
        self._latest = now
        if latest is not None and now < latest - WENT_BACK:
            # What was to happen at once by the old clock must not wait until then.
            log.warning("clock_went_back", seconds=int((latest - now).total_seconds()))
            async with self._database.write() as tx:
                await clock_jumps.mend(tx)

    async def _all_of(self, due: Due, tried: set[int]) -> int:
        """Let all of a kind act. `tried`: those that acted in this tick, or failed: once is enough, unless the kind
        goes on; one that stayed due waits for the next tick."""
        acted = 0
        for _ in range(MOST_TURNS):
            async with self._database.read() as tx:
                facts = [fact for fact in await due.find(tx) if fact not in tried]
            if not facts:
                break
            for some in _portions(facts, due.together if due.act_together else 1):
                did = await self._some(due, some)
                acted += len(did)
                tried.update(set(some) - set(did) if due.goes_on else some)
        return acted

    async def _some(self, due: Due, facts: Sequence[int]) -> Sequence[int]:
        """Let these facts act; those that did."""
        if due.act_together is not None and len(facts) > 1:
            try:
                await self._transaction(due.act_together, facts)
            except StorageUnavailable:
                raise
            except Exception:
                log.info("tick_one_by_one", kind=due.name, facts=len(facts))
            else:
                return facts
        return [fact for fact in facts if await self._one(due, fact)]

    async def _one(self, due: Due, fact: int) -> bool:
        try:
            prepared = await due.prepare(self._database, fact) if due.prepare else None
            await self._transaction(prepared or due.act, fact)
        except StorageUnavailable:
            # It is the same for all others: the next tick tries again.
            raise
        except Exception:
            log.exception("tick_incident", kind=due.name, fact=fact, incident=new_incident(self._house.random))
            return False
        return True

    async def _transaction(self, do: Callable[[Act, What], Awaitable[None]], what: What) -> None:
        async with self._database.write() as tx:
            act = Act(tx, self._house)
            await do(act, what)
            await act.flush()
        for kind, count in act.missed.items():
            self._watch.missed(kind, count)


def _portions(facts: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(facts), size):
        yield facts[start : start + size]
