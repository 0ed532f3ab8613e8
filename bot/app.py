"""The wiring, by hand, in one value that the command line, the rehearsal and the tests share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from bot.chat import Capabilities, Channel
from bot.clock import Clock, Timer
from bot.content.loader import Content
from bot.delivery import Sender
from bot.domain.page import Patience
from bot.doors import Doors, no_doors
from bot.texts import plain
from bot.watch import UNWATCHED, Watch
from handlers.journeys import make_registry
from handlers.news import Herald
from handlers.papers import Papers
from handlers.registry import Registry
from handlers.router import Router
from handlers.tick import Ticker
from handlers.turn import House
from storage.database import Database
from storage.sending import StoredOutbox

STRICTEST = Capabilities(buttons=False, edit=False, files=True, text_limit=2000, length=plain.length)
"""For an account that is not running here: what is cut for this goes through every channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The whole program, without the loops that drive it. `channels` are those that are open now."""

    clock: Clock
    database: Database
    channels: dict[str, Channel]
    house: House
    registry: Registry
    router: Router
    sender: Sender
    ticker: Ticker

    def open(self, channel: Channel) -> None:
        """From now on this account is spoken through too."""
        self.channels[channel.account] = channel
        self.sender.open(channel)

    async def close(self, account: str) -> None:
        """The account says nothing more; returns when what it had in flight has ended."""
        await self.sender.close(account)
        del self.channels[account]

    @classmethod
    def build(
        cls,
        *,
        database: Database,
        clock: Clock,
        channels: Sequence[Channel],
        content: Content,
        random: Callable[[int], bytes],
        pepper: bytes,
        doors: Doors = no_doors,
        page: str = "",
        patience: Patience = Patience(),  # noqa: B008 - it is frozen
        watch: Watch = UNWATCHED,
        timer: Timer | None = None,
    ) -> Self:
        """Wire everything over an open, migrated database. Nothing runs yet."""
        by_account = {channel.account: channel for channel in channels}

        def can(account: str) -> Capabilities:
            return by_account[account].capabilities if account in by_account else STRICTEST

        house = House(
            content=content,
            random=random,
            pepper=pepper,
            can=can,
            doors=doors,
            page=page,
            patience=patience,
        )
        registry = make_registry(page=bool(page))
        papers = Papers(database=database, house=house, makers=registry.papers)
        sender = Sender(
            outbox=StoredOutbox(database, tell=Herald(house).tell, can=can),
            channels=by_account,
            make_file=papers.make,
            clock=clock,
            watch=watch,
            timer=timer,
        )
        ticker = Ticker(database=database, house=house, clock=clock, dues=registry.dues, wake=sender.wake, watch=watch)
        return cls(
            clock=clock,
            database=database,
            channels=by_account,
            house=house,
            registry=registry,
            sender=sender,
            router=Router(
                database=database,
                house=house,
                registry=registry,
                wake=sender.wake,
                desk=sender,
                hurry=ticker.hurry,
                watch=watch,
            ),
            ticker=ticker,
        )
