"""The vocabulary between the messengers and the bot: what comes in, what goes out, what can fail.

Nothing here knows a messenger, a table or a journey. What is made at every event is a struct of msgspec's, which is
made in C, and everything else a dataclass. A channel turns what it received into an
`Incoming` and hands it to a `Handle`; the sender hands each `Delivery` to a `Channel`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final, Literal, Protocol, TypeVar

import msgspec

N = TypeVar("N", int, float)

CHOICE_DATA_LIMIT = 64
"""Bytes that a choice's data may have: Telegram's limit, the smallest of all channels."""

CAPTION_LIMIT = 1024
"""UTF-16 units that may go with a file: Telegram's limit. So a file and its text are one delivery and one call."""


class Address(msgspec.Struct, frozen=True, gc=False):
    """Where one person can be reached: the account (one of our bots, or the page) and its chat."""

    account: str
    chat: str


# ---------------------------------------------------------------------------------------- in


class Text(msgspec.Struct, frozen=True, gc=False):
    """Something typed. The channel does not strip or normalise it."""

    text: str


class Pressed(msgspec.Struct, frozen=True, gc=False):
    """A button pressed. `data` comes from outside and may be forged; `message` is the external id of
    the message that carries the button, so that the answer can replace it."""

    data: str
    message: str | None = None


class Started(msgspec.Struct, frozen=True, gc=False):
    """The person opened the chat, with the code of a start link or with none ("")."""

    code: str


class FileSent(msgspec.Struct, frozen=True, gc=False):
    """A file. `content` is there only when the open dialogue asked for one and it was not too large
    (`size` may be unknown: None)."""

    name: str
    size: int | None
    content: bytes | None = None


class Blocked(msgspec.Struct, frozen=True, gc=False):
    """The person blocked the bot: nothing can be sent until they come back."""


class Unblocked(msgspec.Struct, frozen=True, gc=False):
    """The person came back."""


class Unsupported(msgspec.Struct, frozen=True, gc=False):
    """Something the bot cannot use: `edited` text, a `group` chat, a picture, voice or sticker (`media`), or whatever
    the messenger tells bots nothing of (`hidden`: a file, a place, the words of a specially protected account)."""

    what: Literal["edited", "group", "media", "hidden"]


Payload = Text | Pressed | Started | FileSent | Blocked | Unblocked | Unsupported


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """One event from a messenger. `(address.account, event_id)` is the same when it is repeated."""

    address: Address
    event_id: str
    payload: Payload


Handle = Callable[[Incoming], Awaitable[None]]
"""Handles one event; returns only when its transaction has committed. It raises only when nothing
was stored, so that the channel must not confirm the event and will get it again."""

WantsFile = Callable[[Address], Awaitable[int]]
"""The size in bytes up to which the address's open dialogue wants a file fetched; 0: it wants none."""


# --------------------------------------------------------------------------------------- out


class Choice(msgspec.Struct, frozen=True, gc=False):
    """Something to press, or to answer with its number or its words.

    `data` is `verb:argument:…`, at most 64 bytes. A `nav` choice (back, stop, menu) has no number.
    """

    label: str
    data: str
    nav: bool = False

    def __post_init__(self) -> None:
        if self.data.isascii() and 1 <= len(self.data) <= CHOICE_DATA_LIMIT:
            return
        if not 1 <= len(self.data.encode()) <= CHOICE_DATA_LIMIT:
            raise ValueError(f"choice data of {len(self.data.encode())} bytes: {self.data!r}")


@dataclass(frozen=True, slots=True)
class Link:
    """An address to open, shown as a button where the channel has them."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that the sender makes, or fetches from storage, after the commit: what kind, and from what."""

    kind: str
    args: dict[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One neutral message.

    `title` is shown in bold above `text`. `in_place` says that it may replace the message whose button
    was just pressed. A `slot` names a message that moves (a progress report): it replaces the newest
    one with the same slot in the same chat, where the channel can edit. An answer with a slot does not: it stands
    where somebody asked, and is the one that moves from then on. `about` names what it asks its reader
    ("meeting:12"): once that is answered at another address of theirs, this one is changed to say so.
    """

    text: str
    title: str = ""
    choices: tuple[Choice, ...] = ()
    link: Link | None = None
    paper: Paper | None = None
    in_place: bool = False
    slot: str | None = None
    about: str | None = None

    def numbered(self) -> tuple[Choice, ...]:
        """The choices that have numbers, in order; number 1 is the first."""
        return tuple(choice for choice in self.choices if not choice.nav)

    @property
    def plain(self) -> str:
        """Title and text as one text, paragraphs parted by an empty line."""
        return f"{self.title}\n\n{self.text}" if self.title and self.text else self.title or self.text


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Message)


def encode_message(message: Message) -> str:
    """The message as JSON text, as the outbox keeps it."""
    return _encoder.encode(message).decode()


def encode_text(text: str) -> str:
    """The text as it stands between the quotes in what `encode_message` writes."""
    return _encoder.encode(text)[1:-1].decode()


def decode_message(text: str) -> Message:
    """The message that `encode_message` wrote."""
    return _decoder.decode(text)


def utf16_length(text: str) -> int:
    """The text's UTF-16 units, as messengers count."""
    return len(text.encode("utf-16-le", "replace")) // 2


def bare_length(message: Message) -> int:
    """The UTF-16 units of title and text: all that counts where choices and links are buttons."""
    return utf16_length(message.plain)


# ----------------------------------------------------------------------------------- channel


def no_group(_chat: str) -> bool:
    """For channels that speak to persons only."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do, and what its account may. `text_limit` is in UTF-16 units, and `length` how many of them a
    message takes up there. `per_second` is the account's own pace, `chat_seconds` the shortest time between two
    messages to one chat, `group_per_minute` what a group gets at most; None: as fast as it goes. `monthly_quota` is how
    many messages the account has in a month, `people_limit` how many people may be linked to it; None: any number."""

    buttons: bool
    edit: bool
    files: bool
    text_limit: int
    length: Callable[[Message], int] = bare_length
    monthly_quota: int | None = None
    people_limit: int | None = None
    per_second: float | None = None
    chat_seconds: float | None = None
    group_per_minute: int | None = None
    is_group: Callable[[str], bool] = no_group


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds for one account instead of what is usual at its messenger; None: the usual, 0: no limit."""

    per_second: float | None = None
    chat_seconds: float | None = None
    group_per_minute: int | None = None
    monthly_quota: int | None = None
    people_limit: int | None = None

    def of(self, usual: Capabilities) -> Capabilities:
        """What the account may."""
        return replace(
            usual,
            per_second=_limit(self.per_second, usual.per_second),
            chat_seconds=_limit(self.chat_seconds, usual.chat_seconds),
            group_per_minute=_limit(self.group_per_minute, usual.group_per_minute),
            monthly_quota=_limit(self.monthly_quota, usual.monthly_quota),
            people_limit=_limit(self.people_limit, usual.people_limit),
        )


def _limit(given: N | None, usual: N | None) -> N | None:
    return usual if given is None else given or None


USUAL: Final = Limits()


@dataclass(frozen=True, slots=True)
class File:
    """A file in memory."""

    name: str
    mime: str
    content: bytes


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message on its way to one chat. `key` is the same when the delivery is tried again;
    `replaces` is the external id of the message to edit, if the channel can."""

    key: str
    chat: str
    message: Message
    file: File | None = None
    replaces: str | None = None


class DeliveryFailure(Exception):
    """Why a delivery did not succeed. `str()` is a short reason without personal content."""


class AddressBlocked(DeliveryFailure):
    """The person has blocked the bot or is gone: permanent for this address."""


class RateLimited(DeliveryFailure):
    """The messenger asks the whole account to wait `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"rate limited for {after:g} s")
        self.after = after


class QuotaExhausted(DeliveryFailure):
    """The account's monthly quota is gone."""


class PermanentFailure(DeliveryFailure):
    """It will never succeed as it is (too long, chat not found, wrong token)."""


class TokenRefused(PermanentFailure):
    """The messenger does not know the account's token: nothing of this account goes out until it is set anew."""

    def __init__(self) -> None:
        super().__init__("the token was refused")


class TransientFailure(DeliveryFailure):
    """It surely was not delivered; try again later."""


class OutcomeUnknown(DeliveryFailure):
    """The request was written and no answer came: it may or may not have been delivered."""


class Channel(Protocol):
    """One account at one messenger, for sending. Receiving is the adapter's own loop or routes."""

    @property
    def account(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, delivery: Delivery) -> str | None:
        """Deliver and return the message's external id. Raises a `DeliveryFailure`, nothing else."""
        ...

    async def typing(self, chat: str) -> None:
        """Show that an answer is being made. Never raises."""
        ...


Channels = Mapping[str, Channel]
"""The running channels by account."""


class OutboxState(StrEnum):
    """The life of one message. `in_flight` is claimed under a lease; `uncertain`: outcome unknown; `missed`: it
    waited until it would have been too late."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Priority(IntEnum):
    """What goes first: answers to somebody who waits, then what people tell people, then reminders, then the rest."""

    ANSWER = 0
    NOTICE = 1
    REMINDER = 2
    BROADCAST = 3


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A row claimed for sending. `attempts` counts this one; `doubtful`: an earlier one may have said it."""

    id: int
    address: Address
    message: Message
    priority: Priority
    replaces: str | None
    attempts: int
    doubtful: bool = False


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of a claimed row. State QUEUED means another try at `due_at`; `doubtful`: this one may have said it
    all the same; `counts`: it was a try at all.

    And what it says of the account: whether the messenger was `reached` (None: nothing); `hold`: it asked the whole
    account to wait so many seconds; `quota_gone`: the month's messages are gone; `refused`: so was the token."""

    id: int
    state: OutboxState
    external_id: str | None = None
    due_at: datetime | None = None
    failure: str | None = None
    doubtful: bool = False
    counts: bool = True
    reached: bool | None = None
    hold: float | None = None
    quota_gone: bool = False
    refused: bool = False
