"""How a neutral message looks on Telegram: one delivery is one call of the Bot API, checked before it is sent.

The library checks no size, and Telegram's refusal would cost a round trip; what cannot succeed is a `PermanentFailure`
here. A file and its text are one call too, so that a crash between two cannot say half: the text is the file's
caption, and `split_message` has cut it to what a caption may hold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.channels.telegram_library import InputFile
from bot.chat import CAPTION_LIMIT, Choice, Delivery, File, Message, PermanentFailure

TEXT_LIMIT = 4096
"""UTF-16 units that a text may have."""
FILE_LIMIT = 50_000_000
"""Bytes that a bot may upload."""
BUTTON_LIMIT = 100

_ROW_WIDTH = 28
"""Letters that fit side by side on a narrow phone."""
_ROW_BUTTONS = 5
_UPLOAD_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the Bot API. `write_seconds` is how long its body may take to go up."""

    method: str
    parameters: dict[str, object]
    write_seconds: float = 5.0


def sending(delivery: Delivery) -> Call:
    """The call that says this delivery as a new message."""
    message = delivery.message
    where: dict[str, object] = {"chat_id": chat_id(delivery.chat)}
    if delivery.file is None:
        return Call("sendMessage", _with_text(where, message))
    _check_units(message.plain, CAPTION_LIMIT)
    caption = {"caption": message.plain or None, "caption_entities": _bold(message) or None}
    parameters = where | {"reply_markup": keyboard(message)} | caption | {"document": _document(delivery.file)}
    return Call("sendDocument", parameters, write_seconds=_UPLOAD_SECONDS)


def editing(delivery: Delivery, message_id: int) -> Call:
    """The call that puts this delivery in place of an earlier message. Without choices the old buttons go."""
    where: dict[str, object] = {"chat_id": chat_id(delivery.chat), "message_id": message_id}
    return Call("editMessageText", _with_text(where, delivery.message))


def _with_text(parameters: dict[str, object], message: Message) -> dict[str, object]:
    """These parameters, and those that say the message."""
    buttons = keyboard(message)
    text = message.plain
    if not text.strip():
        raise PermanentFailure("the text is empty")
    _check_units(text, TEXT_LIMIT)
    if buttons:
        parameters["reply_markup"] = buttons
    parameters["text"] = text
    if message.title:
        parameters["entities"] = _bold(message)
    # No preview: to draw one, Telegram opens the link, and a link that works once would be used up.
    parameters["link_preview_options"] = {"is_disabled": True}
    return parameters


def chat_id(chat: str) -> int:
    """The chat as Telegram numbers it."""
    try:
        return int(chat)
    except ValueError:
        pass
    raise PermanentFailure("not a chat of Telegram")


def keyboard(message: Message) -> dict[str, object] | None:
    """Choices in order, short ones side by side; ways out below in rows of their own; the link first."""
    if not message.choices and not message.link:
        return None
    rows = [[{"text": message.link.label, "url": message.link.url}]] if message.link else []
    for kind in (False, True):
        same = [choice for choice in message.choices if choice.nav is kind]
        rows += [[{"text": one.label, "callback_data": one.data} for one in row] for row in _rows(same)]
    if sum(map(len, rows)) > BUTTON_LIMIT:
        raise PermanentFailure(f"more than {BUTTON_LIMIT} buttons")
    return {"inline_keyboard": rows}


def _rows(choices: Sequence[Choice]) -> Iterator[list[Choice]]:
    row: list[Choice] = []
    widest = 0
    for choice in choices:
        widest = max(widest, len(choice.label))
        if row and (len(row) == _ROW_BUTTONS or widest * (len(row) + 1) > _ROW_WIDTH):
            yield row
            row = []
            widest = len(choice.label)
        row.append(choice)
    if row:
        yield row


def _bold(message: Message) -> list[dict[str, object]]:
    return [{"type": "bold", "offset": 0, "length": _units(message.title)}] if message.title else []


def _document(file: File) -> InputFile:
    if not file.content:
        raise PermanentFailure("the file is empty")
    if len(file.content) > FILE_LIMIT:
        raise PermanentFailure(f"a file of {len(file.content)} bytes")
    # The name goes into a header of the upload: a line end in it would begin another.
    name = "".join(char for char in file.name if char.isprintable()).strip()
    document = InputFile(file.content, filename=name or None)
    document.mimetype = file.mime
    return document


def _check_units(text: str, limit: int) -> None:
    # A character has two units at most: a short text need not be counted.
    if 2 * len(text) > limit and _units(text) > limit:
        raise PermanentFailure(f"a text of {_units(text)} units, {limit} are allowed")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2
