"""One update of Telegram, as raw JSON, turned into an `Incoming`.

Takes whatever comes and never raises: the library's own decoder raises on nearly half of all malformed updates, and an
update that raises would be delivered again for ever. What is not for us, or not as it should be, is None: to be
confirmed and dropped. Text is passed on as it was typed, at any length; only what no database can keep (halves of
surrogate pairs, the zero character) becomes U+FFFD.
"""

from typing import TypeGuard

import msgspec

from bot.channels.raw import a_text, an_object
from bot.chat import (
    Address,
    Blocked,
    FileSent,
    Incoming,
    Payload,
    Pressed,
    Started,
    Text,
    Unblocked,
    Unsupported,
)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""What Telegram is asked to deliver."""

_NUMBER_LIMIT = 2**63
_MEDIA = frozenset(
    {"animation", "audio", "checklist", "contact", "dice", "game", "location", "paid_media", "photo"}
    | {"poll", "sticker", "story", "venue", "video", "video_note", "voice"}
)


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """An event, and what its channel needs to finish it: the file to fetch, the button press to acknowledge."""

    incoming: Incoming
    file_id: str | None = None
    callback_id: str | None = None


def update_id(update: object) -> int | None:
    """The number under which the update is confirmed; None when it has none that can be used."""
    number = an_object(update).get("update_id")
    return number if _is_number(number) and number >= 0 else None


def decode(account: str, update: object) -> Received | None:
    """What the update says; None when it is nothing for us."""
    fields = an_object(update)
    number = update_id(update)
    if number is None:
        return None
    for kind, read in _READERS:
        if kind in fields:
            event = read(an_object(fields[kind]))
            return event.received(account, str(number)) if event is not None else None
    return None


class _Event(msgspec.Struct, frozen=True):
    chat: int
    payload: Payload
    file_id: str | None = None
    callback_id: str | None = None

    def received(self, account: str, event_id: str) -> Received:
        incoming = Incoming(address=Address(account, str(self.chat)), event_id=event_id, payload=self.payload)
        return Received(incoming=incoming, file_id=self.file_id, callback_id=self.callback_id)


def _message(message: dict[str, object]) -> _Event | None:
    chat, is_private = _chat(message)
    if chat is None:
        return None
    if not is_private:
        return _Event(chat, Unsupported("group"))
    if (text := a_text(message.get("text"))) is not None:
        return _Event(chat, _said(text))
    if not _MEDIA.isdisjoint(message):
        return _Event(chat, Unsupported("media"))
    if "document" in message:
        return _document(chat, an_object(message["document"]))
    return None


def _said(text: str) -> Payload:
    command, *rest = text.split(maxsplit=1) or [""]
    if command == "/start" or command.startswith("/start@"):
        return Started(rest[0].strip() if rest else "")
    return Text(text)


def _document(chat: int, document: dict[str, object]) -> _Event | None:
    file_id = a_text(document.get("file_id"))
    if file_id is None:
        return None
    name = a_text(document.get("file_name")) or ""
    size = document.get("file_size")
    return _Event(chat, FileSent(name, size if _is_number(size) and size >= 0 else None), file_id=file_id)


def _press(press: dict[str, object]) -> _Event | None:
    message = an_object(press.get("message"))
    (chat, is_private), data, callback_id = _chat(message), a_text(press.get("data")), a_text(press.get("id"))
    if chat is None:
        return None
    if not is_private:
        return _Event(chat, Unsupported("group"), callback_id=callback_id)
    if data is None:
        return None
    number = message.get("message_id")
    pressed = Pressed(data, str(number) if _is_number(number) else None)
    return _Event(chat, pressed, callback_id=callback_id)


def _edited(message: dict[str, object]) -> _Event | None:
    chat, is_private = _chat(message)
    if chat is None:
        return None
    return _Event(chat, Unsupported("edited" if is_private else "group"))


def _membership(change: dict[str, object]) -> _Event | None:
    """Only a person's own chat counts: being put into a group is no word to anybody."""
    chat, is_private = _chat(change)
    if chat is None or not is_private:
        return None
    match an_object(change.get("new_chat_member")).get("status"):
        case "kicked":
            return _Event(chat, Blocked())
        case "member":
            return _Event(chat, Unblocked())
        case _:
            return None


def _chat(message: dict[str, object]) -> tuple[int | None, bool]:
    """The chat's number, and whether it is one person's own."""
    chat = an_object(message.get("chat"))
    number = chat.get("id")
    return (number if _is_number(number) else None), chat.get("type") == "private"


def _is_number(value: object) -> TypeGuard[int]:
    return type(value) is int and -_NUMBER_LIMIT < value < _NUMBER_LIMIT


_READERS = (
    ("message", _message),
    ("callback_query", _press),
    ("edited_message", _edited),
    ("my_chat_member", _membership),
    ("channel_post", _edited),
)
"""Who reads what an update is about; the first that is there counts."""
