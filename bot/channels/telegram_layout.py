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
    common: dict[str, object] = {"chat_id": chat_id(delivery.chat), "reply_markup": keyboard(message)}
    if delivery.file is None:
        return Call("sendMessage", _given(common | _text(message)))
    _check_units(message.plain, CAPTION_LIMIT)
    caption = {"caption": message.plain or None, "caption_entities": _bold(message)}
    parameters = common | caption | {"document": _document(delivery.file)}
    return Call("sendDocument", parameters, write_seconds=_UPLOAD_SECONDS)


def editing(delivery: Delivery, message_id: int) -> Call:
    """The call that puts this delivery in place of an earlier message. Without choices the old buttons go."""
    where: dict[str, object] = {
        "chat_id": chat_id(delivery.chat),
        "message_id": message_id,
        "reply_markup": keyboard(delivery.message),
    }
    return Call("editMessageText", _given(where | _text(delivery.message)))


def _given(parameters: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in parameters.items() if value is not None}


def chat_id(chat: str) -> int:
    """The chat as Telegram numbers it."""
    try:
        return int(chat)
    except ValueError:
        pass
    raise PermanentFailure("not a chat of Telegram")


def keyboard(message: Message) -> dict[str, object] | None:
    """Choices in order, short ones side by side; ways out below in rows of their own; the link first."""
    rows = [[{"text": message.link.label, "url": message.link.url}]] if message.link else []
    for kind in (False, True):
        same = [choice for choice in message.choices if choice.nav is kind]
        rows += [[{"text": one.label, "callback_data": one.data} for one in row] for row in _rows(same)]
    if sum(map(len, rows)) > BUTTON_LIMIT:
        raise PermanentFailure(f"more than {BUTTON_LIMIT} buttons")
    return {"inline_keyboard": rows} if rows else None


def _rows(choices: Sequence[Choice]) -> Iterator[list[Choice]]:
    row: list[Choice] = []
    for choice in choices:
        wider = [*row, choice]
        if row and not _fits(wider):
            yield row
            wider = [choice]
        row = wider
    if row:
        yield row


def _fits(row: Sequence[Choice]) -> bool:
    widest = max(len(choice.label) for choice in row)
    return len(row) <= _ROW_BUTTONS and widest * len(row) <= _ROW_WIDTH


def _text(message: Message) -> dict[str, object]:
    if not message.plain.strip():
        raise PermanentFailure("the text is empty")
    _check_units(message.plain, TEXT_LIMIT)
    # No preview: to draw one, Telegram opens the link, and a link that works once would be used up.
    return {
        "text": message.plain,
        "entities": _bold(message),
        "link_preview_options": {"is_disabled": True},
    }


def _bold(message: Message) -> list[dict[str, object]] | None:
    if not message.title:
        return None
    return [{"type": "bold", "offset": 0, "length": _units(message.title)}]


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
    if _units(text) > limit:
        raise PermanentFailure(f"a text of {_units(text)} units, {limit} are allowed")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2
