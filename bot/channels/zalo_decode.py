"""One update of Zalo, as raw JSON, turned into an `Incoming`.

It comes bare, or wrapped as the result of a call; both are taken. Like the decoder of Telegram this one takes whatever
comes and never raises, and what is not for us is None: to be answered with 200 and dropped. Zalo numbers its messages,
not its updates: the message's id is the event's, and a repeat is known by it.
"""

from bot.channels.raw import a_text, an_object
from bot.chat import Address, Incoming, Payload, Text, Unsupported

_ID_LIMIT = 128
"""Letters that an id may have, far more than Zalo's."""
_NUMBER_LIMIT = 2**63
_WORDS = frozenset({"message.text.received", "message.link.received"})
_MEDIA = frozenset(
    {
        "message.image.received",
        "message.sticker.received",
        "message.voice.received",
    }
)
_HIDDEN = "message.unsupported.received"
"""Files and places, and whatever people write whose accounts Zalo protects: nothing of it is told to bots."""


def updates_of(result: object) -> list[object]:
    """The updates in the result of `getUpdates`: it is one object; a list would be taken too."""
    if isinstance(result, list):
        return result
    return [result] if isinstance(result, dict) and result else []


def decode(account: str, update: object) -> Incoming | None:
    """What the update says; None when it is nothing for us."""
    fields = an_object(update)
    if "message" not in fields:
        fields = an_object(fields.get("result"))
    message = an_object(fields.get("message"))
    chat = an_object(message.get("chat"))
    event_id, address = _id(message.get("message_id")), _id(chat.get("id"))
    if event_id is None or address is None or an_object(message.get("from")).get("is_bot") is True:
        return None
    payload = _payload(fields.get("event_name"), message, chat.get("chat_type"))
    if payload is None:
        return None
    return Incoming(address=Address(account, address), event_id=event_id, payload=payload)


def _payload(event: object, message: dict[str, object], chat_type: object) -> Payload | None:
    if not isinstance(event, str | None) or not isinstance(chat_type, str):
        return None
    if event is not None and event not in _WORDS | _MEDIA | {_HIDDEN}:
        return None
    if chat_type.upper() != "PRIVATE":
        return Unsupported("group")
    if event == _HIDDEN:
        return Unsupported("hidden")
    text = a_text(message.get("text")) if event not in _MEDIA else None
    if text is not None:
        return Text(text)
    # A polled update may come without its event's name: then a text is a text, and of the rest nothing is sure.
    return Unsupported("media") if event in _MEDIA else None


def _id(value: object) -> str | None:
    """An id as Zalo writes it (a text; a number would do), fit to be stored."""
    if type(value) is int and 0 <= value < _NUMBER_LIMIT:
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= _ID_LIMIT or not value.isascii() or not value.isprintable():
        return None
    return value
