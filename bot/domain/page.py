"""The page in service: the ways onto it, and how long a browser stays signed in.

A pass is for one person, once, until an instant: a link that the bot sent, or a code that a secretary read out or wrote
down. Neither is kept: the table has a keyed hash of it. So it is with the word in a browser's cookie.
"""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.codes import Code

ACCOUNT = "web"
"""The account of our own page: every address on it is of this one."""
LINK_VALID = timedelta(days=1)
"""A link with something to do there."""
OPENING_VALID = timedelta(hours=1)
"""A link that only opens the page: another is a word away."""
CODE_VALID = timedelta(days=3)
"""A code that somebody carries home."""
GUEST_VALID = timedelta(hours=2)
"""A browser in which somebody is about to join."""
KEPT = timedelta(days=7)
"""How long a pass or a session is remembered after its end, so that an old link is told from a forged one."""

_TOKEN_BYTES = 24


class PassKind(StrEnum):
    """A link that the bot sent, or a code to type."""

    LINK = "link"
    CODE = "code"


class PassState(StrEnum):
    """What became of a pass. Only a LIVE one lets somebody in."""

    LIVE = "live"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Device(StrEnum):
    """What somebody signed in with, as far as its browser says; no more of it is kept."""

    ANDROID = "android"
    IPHONE = "iphone"
    WINDOWS = "windows"
    MAC = "mac"
    LINUX = "linux"
    OTHER = "other"


_MARKS = (
    ("android", Device.ANDROID),
    ("iphone", Device.IPHONE),
    ("ipad", Device.IPHONE),
    ("windows", Device.WINDOWS),
    ("macintosh", Device.MAC),
    ("linux", Device.LINUX),
)


class Closed(StrEnum):
    """Why somebody is not let onto the page."""

    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOBODY = "nobody"
    SOMEONE_ELSE = "someone_else"
    TOO_OFTEN = "too_often"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A browser at the gate: its cookie, where it calls from, what it is."""

    cookie: str
    place: str
    device: Device


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A browser that is signed in, and to whose chat. A guest (about to join) has no name yet."""

    session: int
    chat: str
    name: str
    is_guest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Somebody came in: the browser's new cookie and their chat. Then, once, by the event's id: `press` is pressed for
    them, or the chat is opened with `start` (a code, or ""); None: neither."""

    cookie: str
    chat: str
    event_id: str
    press: str = ""
    start: str | None = None


@dataclass(frozen=True, slots=True)
class NoEntry:
    """Somebody was not let in; `until`: when to try again, for TOO_OFTEN."""

    why: Closed
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A place where a person is signed in; `here`: the one that asks."""

    session: int
    device: Device
    started_at: datetime
    seen_at: datetime
    here: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a browser stays signed in: since it was last used, and since it signed in."""

    idle: timedelta = timedelta(days=30)
    longest: timedelta = timedelta(days=180)


def new_token(random: Callable[[int], bytes]) -> str:
    """A word for an address or a cookie, that nobody guesses (192 bits)."""
    return base64.urlsafe_b64encode(random(_TOKEN_BYTES)).decode("ascii")


def cookie_after(word: str, cookie: str, *, pepper: bytes) -> str:
    """The cookie of a browser that comes in with a link's token or a code. The same browser with the same word gets the
    same one: who asks again because the answer was lost is in, and nobody else is."""
    return _hash("page-cookie", f"{word}\0{cookie}", pepper)


def hash_link(token: str, *, pepper: bytes) -> str:
    """What is kept of a link."""
    return _hash("page-link", token, pepper)


def hash_page_code(code: Code, *, pepper: bytes) -> str:
    """What is kept of a code for the page; the same letters as an invitation give another hash."""
    return _hash("page-code", code.letters, pepper)


def hash_session(token: str, *, pepper: bytes) -> str:
    """What is kept of a browser's cookie."""
    return _hash("page-session", token, pepper)


def form_word(token: str, *, pepper: bytes) -> str:
    """What a form of the page carries, so that no other page can send it in a person's name: it is made of the
    browser's cookie, which no other page can read."""
    return _hash("page-form", token, pepper)


def state_of(
    *, used_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> PassState:
    """What became of the pass by now."""
    if used_at is not None:
        return PassState.USED
    if revoked_at is not None:
        return PassState.REVOKED
    return PassState.LIVE if now < expires_at else PassState.EXPIRED


def device_of(agent: str) -> Device:
    """The kind of device that a browser's own description names."""
    told = agent[:400].lower()
    return next((device for mark, device in _MARKS if mark in told), Device.OTHER)


def _hash(purpose: str, word: str, pepper: bytes) -> str:
    if not pepper:
        raise ValueError("nothing is hashed without a pepper")
    return hmac.digest(pepper, f"{purpose}:{word}".encode(), "sha256").hex()
