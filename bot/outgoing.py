"""What the sender and the outbox tell each other: what an account wants, what it gets, and what became known.

What becomes known (`News`) is handed, in the transaction in which it does, to whoever is to be told of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from bot.chat import Address, Capabilities, Claimed
from bot.pace import Pace

CHAT_BURST = 3
"""Messages that a private chat gets at once after a pause."""
GROUP_BURST = 3
MINUTE = 60.0


class OutboxUnavailable(Exception):
    """The outbox cannot be read or written now; nothing has changed, and it may be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One sender of one account, and what the account may: `per_second` and `monthly_quota` as `Capabilities` have
    them."""

    account: str
    sender: str
    can: Capabilities

    @property
    def keeps_chats(self) -> bool:
        """Whether a chat has a pace of its own."""
        return self.can.chat_seconds is not None

    def chat_pace(self, chat: str) -> Pace | None:
        """The pace of one chat; None: none of its own."""
        if self.can.chat_seconds is None:
            return None
        if self.can.group_per_minute is not None and self.can.is_group(chat):
            # A burst and then one an interval: together never more than allowed in any minute.
            return Pace(MINUTE / max(self.can.group_per_minute - GROUP_BURST, 1), GROUP_BURST)
        return Pace(self.can.chat_seconds, CHAT_BURST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a sender wants: up to `rows` more, `urgent` only what somebody waits for or must know; it holds `waiting`
    rows and `places` places already, and can say nothing before `delay` seconds."""

    rows: int
    lease: timedelta
    urgent: bool = False
    waiting: int = 0
    places: int = 0
    delay: float = 0.0


class Offer(NamedTuple):
    """A sender would say at once what is written for a chat, if it is claimed as it is written: for this `lease`, and
    where chats have a pace of their own (`keeps_chats`), by it. What was in flight there up to the row `said` is said,
    although it is not written down yet."""

    lease: timedelta
    keeps_chats: bool
    said: int = 0


class Desk(Protocol):
    """Where answers are handed over."""

    def offer(self, address: Address) -> Offer | None:
        """What the address's sender offers now; None: what is written for it waits in the outbox."""
        ...

    def hand(self, row: Claimed) -> None:
        """Say this row, which was claimed as it was written. Called after its commit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressLost:
    """An address was marked as blocked just now."""

    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPaused:
    """An account has begun to fail and pauses until it heals; `since` it fails. Told once."""

    account: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHealed:
    """An account that paused speaks again."""

    account: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaReached:
    """An account has used `level` per cent of its month; 100: the messenger says that nothing more goes out.
    `limit` is None where none is set."""

    account: str
    level: int
    used: int
    limit: int | None
    month: str


News = AddressLost | AccountPaused | AccountHealed | QuotaReached


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a sender gets: rows, and whether there may be `more`; new places, where the account has a pace; and when to
    ask again although nobody has said that there is something new (None: never). `closed`: nothing of the account goes
    out before then, also nothing that was claimed earlier. `well`: nothing is wrong with the account, and nothing of it
    is counted or tested."""

    rows: Sequence[Claimed] = ()
    places: Sequence[datetime] = ()
    more: bool = False
    closed: bool = False
    again_at: datetime | None = None
    news: Sequence[News] = ()
    well: bool = False


def earliest(*instants: datetime | None) -> datetime | None:
    """The first of these instants; None is none."""
    return min((at for at in instants if at is not None), default=None)
