"""The sender of one account: takes rows under a lease, says them side by side, and writes down what became of each.

What became of the last rows is written down in the same transaction that takes the next ones, and where nobody waits
for it, for many at once. Rows and places of the account's pace are taken ahead for about a second; an answer that comes
meanwhile gets the next place all the same, because whose place it is is decided when its time has come.

When the messenger asks to wait, when the month is used up or the token refused, what was not begun is given back and
the kept row of the account (storage/lanes.py) says when to go on: to this sender, to others, and after a restart.

Told to stop, a lane takes nothing more, lets what is on its way end, and gives back what it has not begun.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, Protocol

import structlog

from bot.attempt import Attempts, given_back
from bot.chat import Claimed, File, OutboxState, Outcome, Priority
from bot.clock import Clock, Timer
from bot.outgoing import (
    AccountHealed,
    AccountPaused,
    AddressLost,
    Batch,
    News,
    Offer,
    OutboxUnavailable,
    QuotaReached,
    Terms,
    Wish,
)
from bot.pace import Line, Saying, ahead
from bot.watch import Watch
from bot.workers import Workers

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
WIDTH = 32
"""Messages on their way per account; more where it may speak faster than most."""
WIDEST = 256
URGENT_ROWS = 8
"""What is taken at once of what somebody waits for, although enough else is held."""
SOON = 0.02
"""Seconds after which it is written down that an answer was said: what ends meanwhile shares the transaction."""
LATER = 0.5
"""The same for what nobody waits for."""
GRACE_SECONDS = 5.0
"""What is on its way when the sender is stopped may take this long to end."""
UNAVAILABLE_SECONDS = 1.0
"""How long to wait before the outbox is tried again that could not be written."""


class Exchange(Protocol):
    """What a lane needs of the outbox."""

    async def exchange(self, terms: Terms, outcomes: Callable[[], Sequence[Outcome]], wish: Wish | None) -> Batch:
        """Write down what became of rows of the account, and take others (None: none). What became of them is asked for
        once, when it is written. Raises `OutboxUnavailable`, and then nothing has changed."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class _Item:
    """A row that waits for its turn; `file` once it is made."""

    priority: int
    id: int
    row: Claimed
    file: File | None = None


class Lane:
    """The sender of one account."""

    def __init__(
        self,
        *,
        terms: Terms,
        outbox: Exchange,
        attempts: Attempts,
        clock: Clock,
        timer: Timer,
        watch: Watch,
        heard: Callable[[], None],
    ) -> None:
        """`heard` is called when something became known that others are told of: there is something new to say."""
        self._terms = terms
        self._outbox = outbox
        self._attempts = attempts
        self._clock = clock
        self._timer = timer
        self._watch = watch
        self._heard = heard
        rate = terms.can.per_second
        self._line = Line(rate) if rate else None
        self._width = min(max(WIDTH, int(rate / 4)), WIDEST) if rate else WIDTH
        self._stock = ahead(rate) if rate else 2 * WIDTH
        self._ready: list[_Item] = []
        self._in_hand: set[int] = set()
        self._flying = 0
        self._workers: Workers | None = None
        self._done: list[Outcome] = []
        self._handed_in: list[Outcome] = []
        self._done_by: float | None = None
        self._changed = asyncio.Event()
        self._woken = True
        self._more = False
        self._again_at: float | None = None
        self._closed_until: float | None = None
        self._held_until: float | None = None
        self._well = False
        self._said: dict[str, int] = {}
        """The last row in each chat that is said, and that the outbox has not been told of."""
        self._unavailable_until = 0.0
        self._stopping = False
        self._idle: list[asyncio.Future[None]] = []
        self._settled = 0

    def wake(self) -> None:
        """There may be something new in the outbox."""
        self._woken = True
        self._changed.set()

    def offer(self, chat: str) -> Offer | None:
        """What this lane offers for what is written now; None: let it wait in the outbox."""
        if not self._well or self._closed_until is not None or self._stopping or self._workers is None:
            return None
        if len(self._ready) >= self._stock:
            return None
        keeps_chats = self._terms.keeps_chats
        # Where chats have a pace, what was said there counts only once it is written down.
        return Offer(LEASE, keeps_chats, 0 if keeps_chats else self._said.get(chat, 0))

    def hand(self, row: Claimed) -> None:
        """Say this row, which was claimed as it was written."""
        self._in_hand.add(row.id)
        if self._stopping or self._closed_until is not None:
            self._end(row, given_back(row))
            return
        heappush(self._ready, _Item(int(row.priority), row.id, row))
        self._begin()
        if self._ready:
            self._changed.set()

    async def drain(self) -> int:
        """Send until nothing can go out at this instant; how many rows were settled."""
        before = self._settled
        idle = asyncio.get_running_loop().create_future()
        self._idle.append(idle)
        self.wake()
        if self._workers is not None:
            await idle
            return self._settled - before
        sending = asyncio.create_task(self._send())
        await asyncio.wait({sending, idle}, return_when=asyncio.FIRST_COMPLETED)
        self._stop()
        await sending
        self._stopping = False
        return self._settled - before

    async def run(self) -> None:
        """Send until cancelled. What is on its way then has `GRACE_SECONDS` to end, so that it is not said again; what
        takes longer keeps its lease and is."""
        sending = asyncio.create_task(self._send())
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            self._stop()
            with suppress(TimeoutError):
                await asyncio.wait_for(sending, GRACE_SECONDS)
            raise

    def _stop(self) -> None:
        self._stopping = True
        self._changed.set()

    # ---------------------------------------------------------------------------------- the loop

    async def _send(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                self._workers = Workers(group.create_task)
                while not self._stopping:
                    self._changed.clear()
                    await self._exchange_if_due()
                    self._begin()
                    self._tell_if_idle()
                    await self._timer.wait(self._changed, self._patience())
                self._give_back()
                while self._flying or self._done:
                    self._changed.clear()
                    await self._exchange_if_due()
                    await self._timer.wait(self._changed, self._patience())
                self._workers.close()
        finally:
            self._workers = None
            for idle in self._idle:
                idle.cancel()
            self._idle.clear()

    def _tell_if_idle(self) -> None:
        if self._ready or self._flying or self._done or self._woken or self._changed.is_set():
            return
        for idle in self._idle:
            if not idle.done():
                idle.set_result(None)
        self._idle.clear()

    def _patience(self) -> float | None:
        """The seconds until something is to be done by itself; None: not before something changes."""
        now = self._timer.now()
        if now < self._unavailable_until:
            return self._unavailable_until - now
        # A closed lane asks for nothing before it opens, whenever else it meant to ask again.
        again = self._again_at if self._closed_until is None else self._closed_until
        at = [] if self._stopping or again is None else [again]
        if self._done_by is not None:
            at.append(self._done_by)
        if self._ready and self._flying < self._width:
            at.append(now if self._line is None or not len(self._line) else self._line.next_at(self._at_once()))
        return max(0.0, min(at) - now) if at else None

    # ---------------------------------------------------------------------------- with the outbox

    async def _exchange_if_due(self) -> None:
        now = self._timer.now()
        if now < self._unavailable_until:
            return
        is_due = self._done_by is not None and (self._done_by <= now or self._in_a_hurry())
        wish = None if self._stopping else self._wish(now, settles=is_due)
        if wish is None and not is_due:
            return
        self._handed_in = []
        try:
            batch = await self._outbox.exchange(self._terms, self._hand_in, wish)
        except OutboxUnavailable as fault:
            log.warning("outbox_unavailable", account=self._terms.account, why=str(fault))
            self._done = self._handed_in + self._done
            self._done_by = self._unavailable_until = now + UNAVAILABLE_SECONDS
            self._woken = True
            return
        self._settled += len(self._handed_in)
        if wish is not None:
            self._take(batch, wish)
        self._tell(batch.news)

    def _hand_in(self) -> Sequence[Outcome]:
        """What the outbox is told now: from here on it knows what is said in those chats, and claims others there."""
        self._handed_in, self._done, self._done_by = self._done, [], None
        self._said.clear()
        return self._handed_in

    def _in_a_hurry(self) -> bool:
        return (self._stopping or bool(self._idle)) and not self._flying

    def _wish(self, now: float, *, settles: bool) -> Wish | None:
        """What to ask for now; None: nothing."""
        woken, self._woken = self._woken, False
        if self._closed_until is not None:
            if now < self._closed_until:
                return None
            self._closed_until, self._held_until, woken = None, None, True
        if self._again_at is not None and self._again_at <= now:
            self._again_at, woken = None, True
        short = len(self._ready) <= self._stock // 2
        unplaced = self._line is not None and bool(self._ready) and not self._line.are_left(now)
        rows = URGENT_ROWS if woken else 0
        if short and (woken or settles or unplaced or self._more):
            rows = self._stock - len(self._ready)
        if not rows and not unplaced:
            return None
        return Wish(
            rows=rows,
            urgent=not short,
            lease=LEASE,
            waiting=len(self._ready),
            places=len(self._line) if self._line is not None else 0,
            delay=self._line.delay(now) if self._line is not None else 0.0,
        )

    def _take(self, batch: Batch, wish: Wish) -> None:
        for row in batch.rows:
            if row.id in self._in_hand:
                # Its lease ran out under way, by a clock that jumped or a messenger that hangs: it is being said.
                continue
            self._in_hand.add(row.id)
            heappush(self._ready, _Item(int(row.priority), row.id, row))
        now, here = self._clock.now(), self._timer.now()
        if self._line is not None:
            self._line.take(here + (place - now).total_seconds() for place in batch.places)
        if wish.rows and not wish.urgent:
            self._more = batch.more
        self._again_at = self._from_now(batch.again_at)
        self._well = batch.well
        if batch.closed:
            self._close(self._again_at)
        elif self._closed_until is not None:
            # The messenger asked to wait while the outbox was asked: what came of that is not said either.
            self._close(None)

    def _from_now(self, at: datetime | None) -> float | None:
        return None if at is None else self._timer.now() + max(0.0, (at - self._clock.now()).total_seconds())

    def _close(self, until: float | None) -> None:
        """Nothing goes out until then, by this sender's own clock, whatever is done to the one on the wall."""
        if until is not None:
            self._closed_until = max(until, self._closed_until or until)
        self._give_back()

    def _give_back(self) -> None:
        while self._ready:
            item = heappop(self._ready)
            self._end(item.row, given_back(item.row))
        if self._line is not None:
            self._line.give_up()

    def _tell(self, news: Sequence[News]) -> None:
        for one in news:
            self._watch.heard(one)
            match one:
                case AccountPaused():
                    self._well = False
                    log.warning("account_paused", account=one.account, why=one.why)
                case AccountHealed():
                    # What closed it was the pause, or the messenger's own word, which still holds.
                    self._closed_until, self._woken = self._held_until, True
                    log.info("account_healed", account=one.account)
                case QuotaReached():
                    log.warning("quota_reached", account=one.account, level=one.level, used=one.used)
                case AddressLost():
                    log.info("address_lost", account=one.address.account)
        if news:
            self._heard()

    # ------------------------------------------------------------------------------------- saying

    def _at_once(self) -> int:
        """How many messages go out together next: one that somebody waits for does not wait for others."""
        if self._line is None or self._ready[0].priority < Priority.REMINDER:
            return 1
        return self._line.together(min(len(self._ready), self._width - self._flying))

    def _begin(self) -> None:
        """Begin everything that may go out at this moment."""
        at_once = 0
        while self._ready and self._flying < self._width and self._workers is not None:
            item = self._ready[0]
            if item.file is None and self._attempts.needs_file(item.row):
                heappop(self._ready)
                self._fly(self._make(item))
                continue
            saying = None
            if self._line is not None:
                now = self._timer.now()
                if not at_once:
                    if not self._line.are_left(now) or self._line.next_at(self._at_once()) > now:
                        return
                    at_once = self._at_once()
                at_once -= 1
                saying = self._line.begin(now)
            heappop(self._ready)
            self._fly(self._say(item, saying))

    def _fly(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._workers is not None
        self._flying += 1
        self._workers.do(work)

    def _landed(self) -> None:
        if self._flying == self._width or self._stopping or self._idle:
            self._changed.set()
        self._flying -= 1
        if not self._flying and not self._ready:
            self._changed.set()

    async def _make(self, item: _Item) -> None:
        try:
            made = await self._attempts.make(item.row)
            if isinstance(made, Outcome):
                self._end(item.row, made)
            elif self._stopping or self._closed_until is not None:
                self._end(item.row, given_back(item.row))
            else:
                heappush(self._ready, _Item(item.priority, item.id, item.row, made))
                self._changed.set()
        finally:
            self._landed()

    async def _say(self, item: _Item, saying: Saying | None) -> None:
        try:
            if self._stopping or self._closed_until is not None:
                self._end(item.row, given_back(item.row))
                return
            outcome = await self._attempts.say(item.row, item.file)
            now = self._timer.now()
            if saying is not None and self._line is not None:
                self._line.end(saying, now)
            if outcome.hold is not None:
                self._held_until = max(now + outcome.hold, self._held_until or 0.0)
                self._close(self._held_until)
            elif outcome.quota_gone or outcome.refused:
                self._close(None)
            self._end(item.row, outcome)
        finally:
            self._landed()

    def _end(self, row: Claimed, outcome: Outcome) -> None:
        self._in_hand.discard(row.id)
        self._watch.delivered(row, outcome)
        self._done.append(outcome)
        if outcome.state is not OutboxState.QUEUED:
            self._said[row.address.chat] = row.id
        waits = outcome.state is OutboxState.SENT and row.priority >= Priority.REMINDER
        by = self._timer.now() + (LATER if waits else SOON)
        if self._done_by is None or by < self._done_by:
            self._done_by = by
            self._changed.set()
