"""The sender: empties the outbox through the channels, at the pace that each allows.

Every account has a lane of its own (bot/lane.py), so one that hangs or is throttled delays no other. Here they are
kept together: told when there is something new, and looked after once a second for what became due by itself or was
left behind by another process.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import uuid4

import structlog

from bot.attempt import Attempts
from bot.chat import Address, Channel, Channels, Claimed, File, Paper
from bot.clock import Clock, LoopTimer, Timer
from bot.lane import Exchange, Lane
from bot.outgoing import Offer, OutboxUnavailable, Terms
from bot.watch import UNWATCHED, Watch

log = structlog.get_logger()

IDLE_SECONDS = 1.0
"""How often it is looked for what became due by itself."""
TIDY_SECONDS = 60.0
"""How often what means nothing any more is deleted."""


class Outbox(Exchange, Protocol):
    """What the sender needs of the outbox. Each raises `OutboxUnavailable`, and then nothing has changed."""

    async def ready(self) -> frozenset[str]:
        """The accounts that have something to do now."""
        ...

    async def tidy(self) -> None:
        """Delete what means nothing any more."""
        ...


class Sender:
    """All lanes together. `name` tells this sender from others on the same database."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        channels: Channels,
        make_file: Callable[[Paper], Awaitable[File]],
        clock: Clock,
        watch: Watch = UNWATCHED,
        timer: Timer | None = None,
        name: str | None = None,
    ) -> None:
        self._outbox = outbox
        self._make_file = make_file
        self._clock = clock
        self._watch = watch
        self._timer = timer or LoopTimer()
        self._name = name or uuid4().hex
        self._woken = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._lanes = {channel.account: self._lane(channel) for channel in channels.values()}

    def wake(self) -> None:
        """There is something new in the outbox."""
        if len(self._lanes) == 1:
            for lane in self._lanes.values():
                lane.wake()
        else:
            self._woken.set()

    def offer(self, address: Address) -> Offer | None:
        """What the account's lane offers now (`bot.outgoing.Desk`)."""
        lane = self._lanes.get(address.account)
        return lane.offer(address.chat) if lane is not None else None

    def hand(self, row: Claimed) -> None:
        """Say this row; where its account is closed meanwhile, it waits for the end of its lease."""
        lane = self._lanes.get(row.address.account)
        if lane is not None:
            lane.hand(row)

    async def drain(self) -> int:
        """Send until nothing can go out at this instant; how many rows were settled."""
        return sum([await lane.drain() for lane in list(self._lanes.values())])

    async def run(self) -> None:
        """Send until cancelled. If a lane dies, so does this: no half-dead bot."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for account in self._lanes:
                    self._start(account)
                group.create_task(self._look())
        finally:
            self._group = None
            self._running.clear()

    def open(self, channel: Channel) -> None:
        """One more account."""
        assert channel.account not in self._lanes, channel.account
        self._lanes[channel.account] = self._lane(channel)
        if self._group is not None:
            self._start(channel.account)

    async def close(self, account: str) -> None:
        """One account less: what is on its way ends, what is not begun waits for whoever opens the account again."""
        del self._lanes[account]
        running = self._running.pop(account, None)
        if running is not None:
            running.cancel()
            await asyncio.wait({running})

    def _lane(self, channel: Channel) -> Lane:
        return Lane(
            terms=Terms(account=channel.account, sender=self._name, can=channel.capabilities),
            outbox=self._outbox,
            attempts=Attempts(channel=channel, make_file=self._make_file, clock=self._clock),
            clock=self._clock,
            timer=self._timer,
            watch=self._watch,
            heard=self.wake,
        )

    def _start(self, account: str) -> None:
        assert self._group is not None
        self._running[account] = self._group.create_task(self._lanes[account].run())

    async def _look(self) -> None:
        """Wake the lanes that have something to do: at once when told so, and every second."""
        tidied = None
        while True:
            self._woken.clear()
            now = self._timer.now()
            try:
                for account in await self._outbox.ready():
                    if account in self._lanes:
                        self._lanes[account].wake()
                if tidied is None or now - tidied >= TIDY_SECONDS:
                    await self._outbox.tidy()
                    tidied = now
            except OutboxUnavailable as fault:
                log.warning("outbox_unavailable", why=str(fault))
            await self._timer.wait(self._woken, IDLE_SECONDS)
