"""The messages that the fake Telegram holds, under the limits and with the refusals of the real one."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_faults import (
    BLOCKED,
    CHAT_NOT_FOUND,
    NO_TEXT_TO_EDIT,
    NOT_MODIFIED,
    NOTHING_TO_EDIT,
    Refusal,
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as it stands in a chat. `edits` counts how often it was changed."""

    id: int
    chat: int
    text: str
    bold: str = ""
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    file: Upload | None = None
    edits: int = 0

    @property
    def buttons(self) -> list[str]:
        """The labels, in order."""
        return [label for row in self.rows for label, _ in row]


@dataclass(slots=True)
class Chats:
    """All chats of one bot."""

    blocked: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)
    messages: dict[int, Shown] = field(default_factory=dict)

    def shown(self, chat: int) -> list[Shown]:
        """What stands in a chat, oldest first."""
        return [message for message in self.messages.values() if message.chat == chat]

    def send(self, params: dict[str, Any], upload: Upload | None) -> dict[str, Any]:
        """sendMessage, or sendDocument when there is a file."""
        chat = self._open_chat(params)
        if upload is not None and not upload.content:
            raise Refusal(400, "Bad Request: file must be non-empty")
        text = params.get("text" if upload is None else "caption", "")
        if upload is None and not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        kind = "message" if upload is None else "message caption"
        _check(text, limit=4096 if upload is None else 1024, kind=kind)
        entities = params.get("entities" if upload is None else "caption_entities")
        number = len(self.messages) + 1
        message = Shown(id=number, chat=chat, text=text, bold=_bold(text, entities), rows=_rows(params), file=upload)
        self.messages[number] = message
        return _wire(message)

    def edit(self, params: dict[str, Any]) -> dict[str, Any]:
        """editMessageText. Without a keyboard the old one goes."""
        chat = self._open_chat(params)
        old = self.messages.get(int(params["message_id"]))
        if old is None or old.chat != chat:
            raise NOTHING_TO_EDIT
        if old.file is not None:
            raise NO_TEXT_TO_EDIT
        text, rows = params["text"], _rows(params)
        _check(text, limit=4096, kind="message")
        if (text, rows) == (old.text, old.rows):
            raise NOT_MODIFIED
        bold = _bold(text, params.get("entities"))
        new = Shown(id=old.id, chat=chat, text=text, bold=bold, rows=rows, edits=old.edits + 1)
        self.messages[old.id] = new
        return _wire(new)

    def act(self, params: dict[str, Any]) -> bool:
        """sendChatAction."""
        self._open_chat(params)
        return True

    def _open_chat(self, params: dict[str, Any]) -> int:
        chat = int(params["chat_id"])
        if chat in self.unknown:
            raise CHAT_NOT_FOUND
        if chat in self.blocked:
            raise BLOCKED
        return chat


def _wire(message: Shown) -> dict[str, Any]:
    return {"message_id": message.id, "chat": {"id": message.chat, "type": "private"}, "date": 1, "text": message.text}


def _check(text: str, *, limit: int, kind: str) -> None:
    if len(text.encode("utf-16-le")) // 2 > limit:
        raise Refusal(400, f"Bad Request: {kind} is too long")


def _bold(text: str, entities: list[dict[str, Any]] | None) -> str:
    """The part of the text that is bold, cut by UTF-16 units as a client cuts it."""
    units = text.encode("utf-16-le")
    parts = [units[2 * e["offset"] : 2 * (e["offset"] + e["length"])] for e in entities or () if e["type"] == "bold"]
    return b"".join(parts).decode("utf-16-le")


def _rows(params: dict[str, Any]) -> tuple[tuple[tuple[str, str], ...], ...]:
    rows = (params.get("reply_markup") or {}).get("inline_keyboard", [])
    if sum(map(len, rows)) > 100:
        raise Refusal(400, "Bad Request: reply markup is too long")
    for button in (button for row in rows for button in row):
        if (
            not 1
            <= len(button.get("callback_data", button.get("url", "")).encode())
            <= (2048 if "url" in button else 64)
        ):
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    return tuple(tuple((b["text"], b.get("callback_data") or b["url"]) for b in row) for row in rows)
