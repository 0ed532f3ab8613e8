"""What the page needs of those who keep and run things: a mailbox and, for the rehearsal, a stage.

The page knows neither tables nor journeys. A `Mailbox` keeps what was said on the page, a `Rehearsal` knows the
sample's people and moves the clock, `Menus` says which commands a person has.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.chat import Delivery, File, Message, OutboxState
from bot.domain.page import Browser, Entered, NoEntry, PassState, SignedIn, Visit


@dataclass(frozen=True, slots=True)
class MailFile:
    """What a bubble says of its file; `size` in bytes. The content is asked for by the mail's id."""

    name: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One bubble of a conversation.

    `id` orders a chat and is the external id of what the bot said (as text). `change` grows with every new or
    replaced mail of the account: who has seen change 7 asks for what came after 7. `key` is the event's id for what
    a person said (`incoming`) and the delivery's key for what the bot said. An incoming one's `message` is only text.
    """

    id: int
    change: int
    chat: str
    key: str
    incoming: bool
    at: datetime
    message: Message
    file: MailFile | None = None


class Mailbox(Protocol):
    """The conversations of the page's account. What cannot be written for now raises `bot.chat.TransientFailure`."""

    async def add_in(self, *, chat: str, event_id: str, shown: str) -> bool:
        """Keep what a person said; False, and nothing kept, when the event id is there already. It counts as read."""
        ...

    async def add_out(self, delivery: Delivery) -> int:
        """Keep what the bot said, unread, with its file; the mail's id.

        A second call with the same key keeps nothing and returns the same id. With `replaces` the earlier mail of this
        chat keeps its id, time and place, and gets the new message, file and change; if there is
        no such mail, a new one is kept.
        """
        ...

    async def history(self, chat: str, *, before: int | None = None, limit: int) -> Sequence[Mail]:
        """The newest mails of a chat, of those with an id under `before` if it is given; oldest first."""
        ...

    async def changes(self, *, after: int, chats: Collection[str] | None, limit: int) -> Sequence[Mail]:
        """The mails with a change above `after`, in order of change; of these chats, or of all (None)."""
        ...

    async def last_change(self) -> int:
        """The highest change there is; 0 at the beginning."""
        ...

    async def mark_read(self, chat: str, *, up_to: int) -> None:
        """Everything in the chat up to this mail id has been seen."""
        ...

    async def unread(self, chats: Collection[str] | None) -> Mapping[str, int]:
        """How many unread mails each of these chats has (None: all); chats without any are left out."""
        ...

    async def file(self, mail: int, *, chat: str) -> File | None:
        """The file of a mail of this chat; None when there is no such mail or no content."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a person's menu: `name` with its slash, and what it does in a few words."""

    name: str
    does: str


Menus = Callable[[str], Awaitable[Sequence[Command]]]
"""The commands that the person of this chat has today, likeliest first."""


# --------------------------------------------------------------------------------- in service


class Gate(Protocol):
    """Who is let onto the page, and in which browsers they are signed in. A cookie is what a browser keeps."""

    async def signed_in(self, cookie: str) -> SignedIn | None:
        """Whom the browser with this cookie is signed in as; None: nobody (any more)."""
        ...

    async def link_state(self, token: str) -> PassState | None:
        """What a link would do now; None for one that was never given. It is not used."""
        ...

    async def enter_by_link(self, token: str, visit: Visit) -> Entered | NoEntry:
        """Use a link up. The same browser a second time is let in again; another is not."""
        ...

    async def enter_by_code(self, typed: str, visit: Visit) -> Entered | NoEntry:
        """Use a code for the page up, or begin to join with the code of an invitation."""
        ...

    async def browsers(self, signed_in: SignedIn) -> Sequence[Browser]:
        """Where the person is signed in, the browser that was used last first; none for a guest."""
        ...

    async def sign_out(self, signed_in: SignedIn, session: int) -> bool:
        """End this session or another of the same person; False when it is none of theirs, or over."""
        ...

    async def sign_out_everywhere(self, signed_in: SignedIn) -> int:
        """End every session of the person, this one too; how many."""
        ...


class Subscriptions(Protocol):
    """Where browsers want to be nudged (Web Push): an address at their push service for each session."""

    async def add(self, session: int, endpoint: str) -> None:
        """Nudge this session here from now on, and no other at this address; what it had before is forgotten."""
        ...

    async def remove(self, session: int) -> None:
        """Nudge this session no more."""
        ...

    async def has(self, session: int) -> bool:
        """Whether this session is nudged."""
        ...

    async def of_chat(self, chat: str) -> Sequence[str]:
        """Where the browsers are nudged that are signed in to a chat."""
        ...

    async def gone(self, endpoint: str) -> None:
        """The push service knows the address no more: forget it."""
        ...


# ------------------------------------------------------------------------------- the rehearsal


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One person of the sample. `chat` is their chat on the page, joined or not; `role` is in words, as is `unit`.

    `invitation` is a code that works, for those who have not joined.
    """

    chat: str
    name: str
    unit: str
    role: str
    joined: bool
    invitation: str | None = None


class StepKind(StrEnum):
    """The things to try first, in this order."""

    PLEDGE = "pledge"
    MISSING = "missing"
    MEETING = "meeting"
    ANSWER = "answer"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStep:
    """One thing to try: whose chat it opens and what is typed there ("": nothing; the clock step moves the clock)."""

    kind: StepKind
    chat: str
    types: str = ""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something that the clock will set off, in words."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """The rehearsal's time, what fires next (soonest first), and how many messages the outbox has in each state."""

    now: datetime
    upcoming: Sequence[Upcoming]
    outbox: Mapping[OutboxState, int]


class Advance(StrEnum):
    """How far the clock is moved: an hour, a day, or to the next thing that fires."""

    HOUR = "hour"
    DAY = "day"
    NEXT = "next"


class Rehearsal(Protocol):
    """The stage: the sample's people and the clock that can be moved."""

    async def run_id(self) -> str:
        """A word that changes when the rehearsal starts over, so that pages forget what they kept of the last one."""
        ...

    async def players(self) -> Sequence[Player]:
        """The people of the sample, by unit, those with roles first."""
        ...

    async def first_steps(self) -> Sequence[FirstStep]:
        """One step of each kind, in order, for people who can really do them."""
        ...

    async def clock(self) -> ClockView: ...

    async def advance(self, step: Advance) -> None:
        """Move the clock and run every tick on the way, in order; returns when what they said has been sent.

        To the next event when there is none: nothing happens.
        """
        ...
