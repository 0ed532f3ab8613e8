"""What the tests of outbox and sender share: letters, a channel that can fail or hang, and a look at the rows."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.chat import Address, Capabilities, Claimed, Delivery, Message, OutboxState, Outcome
from bot.clock import Clock
from bot.outgoing import Terms, Wish
from storage import claiming, outbox, settling
from storage.database import Database, Row, Tx
from storage.outbox import Letter
from storage.schema import outbox as rows

ACCOUNT = "one"
LEASE = timedelta(seconds=90)
PLAIN = Capabilities(buttons=True, edit=True, files=True, text_limit=4096)


def letter(
    text: str, *, chat: str = "an", account: str = ACCOUNT, message: Message | None = None, **more: Any
) -> Letter:
    """A letter with a text, or a whole message."""
    return Letter(address=Address(account, chat), message=message or Message(text=text), **more)


async def put(database: Database, *letters: Letter) -> None:
    """Write letters, one after the other."""
    async with database.write() as tx:
        for one in letters:
            await outbox.put(tx, one)


def terms(account: str = ACCOUNT, *, sender: str = "a sender", can: Capabilities = PLAIN) -> Terms:
    """One sender of an account."""
    return Terms(account=account, sender=sender, can=can)


def wish(rows: int = 100, **more: Any) -> Wish:
    """What a sender wants."""
    return Wish(rows=rows, lease=LEASE, **more)


async def claim_in(tx: Tx, account: str, *, size: int = 100) -> Sequence[Claimed]:
    """Claim what may go out now, in this transaction."""
    return (await claiming.claim(tx, terms(account), wish(size))).rows


async def settle_in(tx: Tx, account: str, *outcomes: Outcome) -> None:
    """Write down what became of rows of the account, in this transaction."""
    await settling.settle(tx, terms(account), outcomes)


async def claim(database: Database, *, account: str = ACCOUNT, size: int = 100) -> Sequence[Claimed]:
    """Claim what may go out now."""
    async with database.write() as tx:
        return await claim_in(tx, account, size=size)


def texts(claimed: Sequence[Claimed]) -> list[str]:
    """What was claimed, by its words."""
    return [one.message.text for one in claimed]


async def settle(database: Database, claimed: Sequence[Claimed], state: OutboxState, **more: Any) -> None:
    """All of them became this."""
    async with database.write() as tx:
        for account in {one.address.account for one in claimed}:
            outcomes = [Outcome(id=one.id, state=state, **more) for one in claimed if one.address.account == account]
            await settle_in(tx, account, *outcomes)


async def row_of(database: Database, text: str) -> Row:
    """The only row whose words hold this text."""
    async with database.read() as tx:
        (row,) = await tx.all(select(rows).where(rows.c.body.contains(text)))
    return row


async def states(database: Database) -> list[str]:
    """The states of all rows, oldest first."""
    async with database.read() as tx:
        return [row.state for row in await tx.all(select(rows.c.state).order_by(rows.c.id))]


@dataclass
class Mouth:
    """A channel that keeps what it was given to say. `fails`: what it raises, chat by chat, one after the other;
    `gates`: chats whose messages hang until the gate is opened; `meet_first`: so many are on their way before any
    is answered; `times`: when each was said, by `clock`."""

    account: str = ACCOUNT
    capabilities: Capabilities = PLAIN
    said: list[Delivery] = field(default_factory=list)
    tried: list[Delivery] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    fails: dict[str, list[Exception]] = field(default_factory=lambda: defaultdict(list))
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    meet_first: int = 0
    clock: Clock | None = None
    times: list[float] = field(default_factory=list)
    tried_more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, delivery: Delivery) -> str | None:
        """Say it, if this chat's next failure does not come first; the id is its number."""
        self.tried.append(delivery)
        async with self.tried_more:
            self.tried_more.notify_all()
        await self.until_tried(self.meet_first)
        if gate := self.gates.get(delivery.chat):
            await gate.wait()
        if failures := self.fails[delivery.chat]:
            raise failures.pop(0)
        self.said.append(delivery)
        if self.clock is not None:
            self.times.append(self.clock.now().timestamp())
        return f"m{len(self.said)}"

    async def typing(self, chat: str) -> None:
        """Remember where it was typed."""
        self.typed.append(chat)

    def texts(self) -> list[str]:
        """What was said, in order."""
        return [delivery.message.text for delivery in self.said]

    async def until_tried(self, count: int) -> None:
        """Wait until so many messages were begun."""
        async with self.tried_more:
            await self.tried_more.wait_for(lambda: len(self.tried) >= count)
