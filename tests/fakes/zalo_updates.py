"""What people do at Zalo, as its updates have it: in the shape of live captures, or wrapped as the documents say.

A message has an id, an update has none; what is said again has the same id.
"""

import asyncio
from collections import deque
from typing import Any, Literal

NAME = "Nguyễn Văn Mẫu"
Shape = Literal["flat", "wrapped"]
_DATE = 1_750_316_131_602


class Updates:
    """The queue of one bot: what is fetched is gone."""

    def __init__(self) -> None:
        self.waiting: deque[dict[str, Any]] = deque()
        self.arrived = asyncio.Event()
        self._next = 0x2D758CB5E222

    def says(self, chat: str, text: str) -> str:
        """A person types something; the message's id."""
        return self.push("message.text.received", self.message(chat) | {"text": text})

    def sends_image(self, chat: str, *, key: str = "photo", caption: str = "") -> str:
        """A person sends a picture; its address stands under one of two keys."""
        return self.push(
            "message.image.received", self.message(chat) | {key: "https://f.example/1.jpg", "caption": caption}
        )

    def sends_sticker(self, chat: str) -> str:
        """A person sends a sticker."""
        return self.push("message.sticker.received", self.message(chat) | {"sticker": "bfe458bf64fa8da4d4eb"})

    def sends_voice(self, chat: str) -> str:
        """A person speaks."""
        return self.push("message.voice.received", self.message(chat) | {"voice_url": "https://f.example/1.aac"})

    def sends_something_else(self, chat: str) -> str:
        """A file, a place, or whatever somebody writes whose account is specially protected: nothing of it is told."""
        return self.push("message.unsupported.received", self.message(chat))

    def message(self, chat: str) -> dict[str, Any]:
        """A message in a person's own chat, as yet without content."""
        self._next += 1
        return {
            "date": _DATE + self._next,
            "chat": {"chat_type": "PRIVATE", "id": chat},
            "message_id": f"{self._next:x}",
            "from": {"id": chat, "is_bot": False, "display_name": NAME},
        }

    def push(self, event: str, message: dict[str, Any]) -> str:
        """Any event at all, about any message; the message's id."""
        self.waiting.append({"event_name": event, "message": message})
        self.arrived.set()
        return str(message.get("message_id", ""))

    def again(self, update: dict[str, Any]) -> None:
        """The same once more, as Zalo does when it is not sure."""
        self.waiting.append(update)
        self.arrived.set()


def shaped(update: object, shape: Shape) -> object:
    """The body of a webhook's request."""
    return update if shape == "flat" else {"ok": True, "result": update}
