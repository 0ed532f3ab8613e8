"""What the page sends, made into `Incoming`. Everything here comes from outside and may be forged.

The page makes the event's id (a uuid) and uses it again when it tries again; the chat is put before it, so that
nobody can use up the ids of another chat.
"""

import re

import msgspec

from bot.chat import Address, Incoming, Payload, Pressed, Started, Text
from bot.domain.page import ACCOUNT
from bot.texts import page

TEXT_LIMIT = 200_000
"""Longer text is refused outright; what is shorter and still too long, the bot answers in words."""

_EVENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_CHAT = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Said(msgspec.Struct, frozen=True, tag="said", forbid_unknown_fields=True):
    """Something typed."""

    id: str
    text: str


class PressedOn(msgspec.Struct, frozen=True, tag="pressed", forbid_unknown_fields=True):
    """A choice pressed; `mail` is the id of the bubble that carries it."""

    id: str
    data: str
    mail: int | None = None


class StartedWith(msgspec.Struct, frozen=True, tag="started", forbid_unknown_fields=True):
    """The chat opened, with an invitation's code or none."""

    id: str
    code: str = ""


Event = Said | PressedOn | StartedWith

_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class BadEvent(ValueError):
    """What was sent is no event of the page."""


def read_event(body: bytes) -> Event:
    """The event in a request's body. Raises `BadEvent`."""
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise BadEvent("not an event") from error


def incoming(chat: str, event: Event) -> Incoming:
    """The event as the bot takes it. Raises `BadEvent` for an id or a length that the page never makes."""
    return Incoming(address=address_of(chat), event_id=event_id_of(chat, event.id), payload=_payload(event))


def address_of(chat: str) -> Address:
    """The address of a chat of the page. Raises `BadEvent`."""
    if not _CHAT.fullmatch(chat):
        raise BadEvent("not a chat")
    return Address(ACCOUNT, chat)


def event_id_of(chat: str, made: str) -> str:
    """The event's id, from the one that the page made. Raises `BadEvent`."""
    if not _EVENT_ID.fullmatch(made):
        raise BadEvent("not an event id")
    return f"{chat}:{made}"


def number(text: str) -> int | None:
    """A number in an address or a header; None for anything else, and for one that no database holds."""
    return int(text) if _NUMBER.fullmatch(text) else None


def shown(event: Event) -> str | None:
    """What the person's own bubble says; None: no bubble, because a press shows on the button itself."""
    match event:
        case Said(text=text):
            return text
        case StartedWith(code=code):
            return page.started_with_code() if code else page.started()
        case PressedOn():
            return None


def _payload(event: Event) -> Payload:
    match event:
        case Said(text=text) if 0 < len(text) <= TEXT_LIMIT:
            return Text(text)
        case StartedWith(code=code) if len(code) <= TEXT_LIMIT:
            return Started(code)
        case PressedOn(data=data, mail=mail) if len(data) <= TEXT_LIMIT:
            return Pressed(data, None if mail is None else str(mail))
        case _:
            raise BadEvent("empty or too long")
