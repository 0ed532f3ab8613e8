"""The sender: empties the outbox through the channels, at the pace that each allows.

Every account has a lane of its own, so one that hangs or is throttled delays no other. A lane claims rows under a
lease, sends them side by side, and writes down what became of each; rows whose lease runs out are sent again.

What a failure means: blocked is for ever; rate limited holds the whole lane until the time has truly passed, and is
no try; transient is tried again with growing pauses; outcome unknown is said once more for whatever somebody waits for
or must know, because a notice lost is worse than one said twice, and is left `uncertain` for a broadcast.

Told to stop, a lane claims nothing more, lets what is in flight end, and gives back what it has not begun.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.chat import (
    AddressBlocked,
    Channel,
    Channels,
    Claimed,
    Delivery,
    DeliveryFailure,
    File,
    OutboxState,
    Outcome,
    OutcomeUnknown,
    Paper,
    Priority,
    QuotaExhausted,
    RateLimited,
    TransientFailure,
)
from bot.clock import Clock
from bot.pace import ChatPaces, Pace
from bot.watch import UNWATCHED, Watch

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
WIDTH = 32
"""Messages in flight per account."""
IDLE_SECONDS = 1.0
CHAT_BURST = 3
LAST_ATTEMPT = 150
"""With the pauses between them, about a day: a messenger that is out of reach for an evening costs nobody a notice."""
LAST_MAKING = 3
"""Tries for a paper that is `NotMade`."""
GRACE_SECONDS = 5.0
"""What is in flight when the sender is stopped may take this long to end."""
QUOTA_PAUSE = timedelta(hours=6)

MakeFile = Callable[[Paper], Awaitable[File]]
"""Makes, or fetches, the file of a message; called after the commit, outside any transaction of the sender."""


class NotMade(TransientFailure):
    """The paper could not be made, for a reason that nobody thought of."""


class Outbox(Protocol):
    """What the sender needs of the outbox."""

    async def claim(self, *, accounts: Iterable[str], size: int, lease: timedelta) -> Sequence[Claimed]: ...

    async def settle(self, outcomes: Sequence[Outcome]) -> None: ...


class Sender:
    """All lanes together."""

    def __init__(
        self, *, outbox: Outbox, channels: Channels, make_file: MakeFile, clock: Clock, watch: Watch = UNWATCHED
    ) -> None:
        self._lane = partial(Lane, outbox=outbox, make_file=make_file, clock=clock, watch=watch)
        self._lanes = {account: self._lane(channel=channel) for account, channel in channels.items()}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    def wake(self) -> None:
        """There is something new in the outbox."""
        for lane in self._lanes.values():
            lane.wake()

    async def drain(self) -> int:
        """Send until nothing can go out at this instant; how many rows were settled."""
        return sum([await lane.drain() for lane in list(self._lanes.values())])

    async def run(self) -> None:
        """Send until cancelled. If a lane dies, so does this: no half-dead bot."""
        try:
            async with asyncio.TaskGroup() as self._group:
                for account in self._lanes:
                    self._start(account)
                await asyncio.Event().wait()  # lanes may be opened later
        finally:
            self._group = None

    def open(self, channel: Channel) -> None:
        """From now on this account speaks too."""
        assert channel.account not in self._lanes, "close it first"
        self._lanes[channel.account] = self._lane(channel=channel)
        self._start(channel.account)

    async def close(self, account: str) -> None:
        """The account says nothing more; returns when what it had in flight has ended, or keeps its lease. What waits
        for it stays in the outbox."""
        self._lanes.pop(account)
        if task := self._running.pop(account, None):
            task.cancel()
            await asyncio.wait([task])

    def _start(self, account: str) -> None:
        if self._group is not None:
            self._running[account] = self._group.create_task(self._lanes[account].run())


class Lane:
    """The sender of one account."""

    def __init__(
        self, *, outbox: Outbox, channel: Channel, make_file: MakeFile, clock: Clock, watch: Watch = UNWATCHED
    ) -> None:
        self._watch = watch
        self._outbox = outbox
        self._channel = channel
        self._make_file = make_file
        self._clock = clock
        can = channel.capabilities
        self._pace = Pace(1 / can.per_second) if can.per_second else None
        self._chats = ChatPaces(can.chat_seconds, CHAT_BURST) if can.chat_seconds else None
        self._woken = asyncio.Event()
        self._stopping = False
        self._in_flight: set[asyncio.Task[None]] = set()
        self._done: list[Outcome] = []
        self._settling = asyncio.Lock()
        self._held_until: datetime | None = None

    def wake(self) -> None:
        self._woken.set()

    async def drain(self) -> int:
        """Send until nothing is due now and nothing is in flight."""
        settled = 0
        while claimed := await self._claim():
            settled += len(claimed)
            await asyncio.gather(*[self._deliver(row) for row in claimed])
        return settled

    async def run(self) -> None:
        """Send until cancelled. What is in flight then has `GRACE_SECONDS` to end, so that it is not said again; what
        takes longer keeps its lease and is."""
        sending = asyncio.create_task(self._send_until_stopped())
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            self._stopping = True
            self._woken.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(sending, GRACE_SECONDS)
            raise

    async def _send_until_stopped(self) -> None:
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._woken.clear()
                claimed = await self._claim()
                for row in claimed:
                    task = group.create_task(self._deliver(row))
                    self._in_flight.add(task)
                    task.add_done_callback(self._landed)
                if not claimed:
                    await self._pause()

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        # A chat has one row in flight at a time: the next one may be waiting for this.
        self._woken.set()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _claim(self) -> Sequence[Claimed]:
        room = WIDTH - len(self._in_flight)
        if room <= 0 or self._is_held():
            return ()
        return await self._outbox.claim(accounts=[self._channel.account], size=room, lease=LEASE)

    def _is_held(self) -> bool:
        return self._held_until is not None and self._clock.now() < self._held_until

    async def _deliver(self, row: Claimed) -> None:
        await self._wait_for_place(row.address.chat)
        outcome = await self._outcome(row)
        self._watch.delivered(row, outcome)
        self._done.append(outcome)
        async with self._settling:
            # Whoever comes first writes down for all that finished meanwhile.
            done, self._done = self._done, []
            if done:
                await self._outbox.settle(done)

    async def _wait_for_place(self, chat: str) -> None:
        now = self._clock.now().timestamp()
        waits = [self._pace.reserve(now)] if self._pace else []
        if self._chats:
            waits.append(self._chats.reserve(chat, now))
        if wait := max(waits, default=0.0):
            await asyncio.sleep(wait)

    async def _outcome(self, row: Claimed) -> Outcome:
        if self._stopping:
            return self._given_back(row, self._clock.now())
        if self._is_held():
            # The limit came while this row waited for its place.
            return self._given_back(row, self._held_until, why="rate limited")
        unexpected: DeliveryFailure = NotMade("unexpected error")
        try:
            file = await self._file_of(row)
            unexpected = OutcomeUnknown("unexpected error")
            external_id = await self._channel.send(self._delivery(row, file))
        except DeliveryFailure as failure:
            return self._judge(row, failure)
        except Exception:
            log.exception("delivery_incident", account=row.address.account, outbox_id=row.id)
            return self._judge(row, unexpected)
        return Outcome(id=row.id, state=OutboxState.SENT, external_id=external_id)

    async def _file_of(self, row: Claimed) -> File | None:
        if row.message.paper is None or not self._channel.capabilities.files:
            return None
        await self._channel.typing(row.address.chat)
        return await self._make_file(row.message.paper)

    def _delivery(self, row: Claimed, file: File | None) -> Delivery:
        replaces = row.replaces if self._channel.capabilities.edit else None
        return Delivery(key=str(row.id), chat=row.address.chat, message=row.message, file=file, replaces=replaces)

    def _judge(self, row: Claimed, failure: DeliveryFailure) -> Outcome:
        log.info("delivery_failed", account=row.address.account, outbox_id=row.id, why=type(failure).__name__)
        again = self._clock.now() + _back_off(row.attempts)
        match failure:
            case AddressBlocked():
                return self._ended(row, OutboxState.BLOCKED, failure)
            case RateLimited(after=after):
                return self._given_back(row, self._hold(after), why=str(failure))
            case QuotaExhausted():
                return self._given_back(row, self._clock.now() + QUOTA_PAUSE, why=str(failure))
            case OutcomeUnknown() if row.priority < Priority.BROADCAST and not row.doubtful:
                return replace(self._again(row, again, failure), doubtful=True)
            case TransientFailure() if row.attempts < (LAST_MAKING if isinstance(failure, NotMade) else LAST_ATTEMPT):
                return self._again(row, again, failure)
            case _:
                in_doubt = row.doubtful or isinstance(failure, OutcomeUnknown)
                return self._ended(row, OutboxState.UNCERTAIN if in_doubt else OutboxState.FAILED, failure)

    def _hold(self, seconds: float) -> datetime:
        """Nothing more of this account goes out until then. Of several limits the longest holds."""
        until = self._clock.now() + timedelta(seconds=seconds)
        self._held_until = max(until, self._held_until or until)
        return self._held_until

    def _again(self, row: Claimed, due_at: datetime, failure: DeliveryFailure) -> Outcome:
        return Outcome(id=row.id, state=OutboxState.QUEUED, due_at=due_at, failure=str(failure))

    def _given_back(self, row: Claimed, due_at: datetime | None, *, why: str | None = None) -> Outcome:
        """Nothing was said, and it was no try."""
        return Outcome(id=row.id, state=OutboxState.QUEUED, due_at=due_at, failure=why, counts=False)

    def _ended(self, row: Claimed, state: OutboxState, failure: DeliveryFailure) -> Outcome:
        return Outcome(id=row.id, state=state, failure=str(failure))


def _back_off(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most ten minutes."""
    return timedelta(seconds=min(2.0**attempts, 600.0))
