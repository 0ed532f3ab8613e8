"""The sender: empties the outbox through the channels, at the pace that each allows.

Every account has a lane of its own, so one that hangs or is throttled delays no other. A lane claims rows under a
lease, sends them side by side, and writes down what became of each; rows whose lease runs out are sent again.

What a failure means: blocked is for ever; rate limited holds the whole lane until the time has truly passed;
transient is tried again with growing pauses; outcome unknown is said once more for whatever somebody waits for or
must know, because a notice lost is worse than one said twice, and is left `uncertain` for a broadcast.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
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

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
WIDTH = 32
"""Messages in flight per account."""
IDLE_SECONDS = 1.0
CHAT_BURST = 3
LAST_ATTEMPT = 8
QUOTA_PAUSE = timedelta(hours=6)

MakeFile = Callable[[Paper], Awaitable[File]]
"""Makes, or fetches, the file of a message; called after the commit, outside any transaction of the sender."""


class Outbox(Protocol):
    """What the sender needs of the outbox."""

    async def claim(self, *, accounts: Iterable[str], size: int, lease: timedelta) -> Sequence[Claimed]: ...

    async def settle(self, outcomes: Sequence[Outcome]) -> None: ...


class Sender:
    """All lanes together."""

    def __init__(self, *, outbox: Outbox, channels: Channels, make_file: MakeFile, clock: Clock) -> None:
        self._lanes = [
            Lane(outbox=outbox, channel=channel, make_file=make_file, clock=clock) for channel in channels.values()
        ]

    def wake(self) -> None:
        """There is something new in the outbox."""
        for lane in self._lanes:
            lane.wake()

    async def drain(self) -> int:
        """Send until nothing can go out at this instant; how many rows were settled."""
        return sum([await lane.drain() for lane in self._lanes])

    async def run(self) -> None:
        """Send until cancelled. If a lane dies, so does this: no half-dead bot."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(lane.run())


class Lane:
    """The sender of one account."""

    def __init__(self, *, outbox: Outbox, channel: Channel, make_file: MakeFile, clock: Clock) -> None:
        self._outbox = outbox
        self._channel = channel
        self._make_file = make_file
        self._clock = clock
        can = channel.capabilities
        self._pace = Pace(1 / can.per_second) if can.per_second else None
        self._chats = ChatPaces(can.chat_seconds, CHAT_BURST) if can.chat_seconds else None
        self._woken = asyncio.Event()
        self._room = asyncio.Semaphore(WIDTH)
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
        """Send until cancelled. What is in flight at the end keeps its lease and is sent again later."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                claimed = await self._claim()
                for row in claimed:
                    await self._room.acquire()
                    task = group.create_task(self._deliver_in_room(row))
                    self._in_flight.add(task)
                    task.add_done_callback(self._in_flight.discard)
                if not claimed:
                    await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _deliver_in_room(self, row: Claimed) -> None:
        try:
            await self._deliver(row)
        finally:
            self._room.release()
            # A chat has one row in flight at a time: the next one may be waiting for this.
            self._woken.set()

    async def _claim(self) -> Sequence[Claimed]:
        if self._held_until is not None and self._clock.now() < self._held_until:
            return ()
        size = max(1, WIDTH - len(self._in_flight))
        return await self._outbox.claim(accounts=[self._channel.account], size=size, lease=LEASE)

    async def _deliver(self, row: Claimed) -> None:
        await self._wait_for_place(row.address.chat)
        self._done.append(await self._outcome(row))
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
        try:
            external_id = await self._send(row)
        except DeliveryFailure as failure:
            return self._judge(row, failure)
        except Exception:
            log.exception("delivery_incident", account=row.address.account, outbox_id=row.id)
            return self._judge(row, OutcomeUnknown("unexpected error"))
        return Outcome(id=row.id, state=OutboxState.SENT, external_id=external_id)

    async def _send(self, row: Claimed) -> str | None:
        file = None
        if row.message.paper is not None:
            await self._channel.typing(row.address.chat)
            file = await self._make_file(row.message.paper)
        replaces = row.replaces if self._channel.capabilities.edit else None
        delivery = Delivery(key=str(row.id), chat=row.address.chat, message=row.message, file=file, replaces=replaces)
        return await self._channel.send(delivery)

    def _judge(self, row: Claimed, failure: DeliveryFailure) -> Outcome:
        log.info("delivery_failed", account=row.address.account, outbox_id=row.id, why=type(failure).__name__)
        match failure:
            case AddressBlocked():
                return self._ended(row, OutboxState.BLOCKED, failure)
            case RateLimited(after=after):
                self._held_until = self._clock.now() + timedelta(seconds=after)
                return self._again(row, self._held_until, failure)
            case QuotaExhausted():
                return self._again(row, self._clock.now() + QUOTA_PAUSE, failure)
            case TransientFailure() if row.attempts < LAST_ATTEMPT:
                return self._again(row, self._clock.now() + _back_off(row.attempts), failure)
            case OutcomeUnknown() if row.priority < Priority.BROADCAST and row.attempts == 1:
                return self._again(row, self._clock.now() + _back_off(row.attempts), failure)
            case OutcomeUnknown():
                return self._ended(row, OutboxState.UNCERTAIN, failure)
            case _:
                return self._ended(row, OutboxState.FAILED, failure)

    def _again(self, row: Claimed, due_at: datetime, failure: DeliveryFailure) -> Outcome:
        return Outcome(id=row.id, state=OutboxState.QUEUED, due_at=due_at, failure=str(failure))

    def _ended(self, row: Claimed, state: OutboxState, failure: DeliveryFailure) -> Outcome:
        return Outcome(id=row.id, state=state, failure=str(failure))


def _back_off(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most ten minutes."""
    return timedelta(seconds=min(2.0**attempts, 600.0))
