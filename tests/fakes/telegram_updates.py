"""What people do, as the updates that Telegram keeps until somebody asks for a higher offset."""

import asyncio
from typing import Any

_PERSON = {"is_bot": False, "first_name": "Nguyễn Văn Mẫu", "username": "nguoi_mau", "language_code": "vi"}


class Updates:
    """The queue of one bot. Numbers grow by one; what is confirmed is gone."""

    def __init__(self) -> None:
        self.waiting: dict[int, dict[str, Any]] = {}
        self.confirmed: list[int] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        self.queries: set[str] = set()
        self.arrived = asyncio.Event()
        self._next = 1000

    def says(self, chat: int, text: str) -> int:
        """A person types something."""
        return self.push({"message": self.message(chat) | {"text": text}})

    def edits(self, chat: int, text: str) -> int:
        """A person corrects what was typed."""
        return self.push({"edited_message": self.message(chat) | {"text": text, "edit_date": 1}})

    def presses(self, chat: int, data: str, *, message: int = 1) -> int:
        """A person presses a button under a message."""
        query = f"query-{self._next}"
        self.queries.add(query)
        carried = {"message_id": message, "chat": {"id": chat, "type": "private"}, "date": 1, "text": "…"}
        press = {"id": query, "from": _PERSON | {"id": chat}, "message": carried, "data": data, "chat_instance": "1"}
        return self.push({"callback_query": press})

    def sends_file(self, chat: int, name: str, content: bytes, *, claims: int | None = None) -> int:
        """A person sends a document; `claims` is the size that the update says it has."""
        file_id = f"file-{self._next}"
        self.files[file_id] = (f"documents/{file_id} bản.bin", content)
        size = len(content) if claims is None else claims
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": size}
        return self.push({"message": self.message(chat) | {"document": document}})

    def blocks(self, chat: int) -> int:
        """A person blocks the bot."""
        return self._membership(chat, "kicked")

    def unblocks(self, chat: int) -> int:
        """A person lets the bot speak again."""
        return self._membership(chat, "member")

    def message(self, chat: int) -> dict[str, Any]:
        """A message in a person's own chat, as yet without content."""
        return {
            "message_id": 5_000_000 + self._next,
            "from": _PERSON | {"id": chat},
            "chat": {"id": chat, "type": "private", "first_name": _PERSON["first_name"]},
            "date": 1_700_000_000,
        }

    def push(self, update: dict[str, Any]) -> int:
        """Any update at all, under the next number."""
        number = self._next
        self._next += 1
        self.waiting[number] = {"update_id": number} | update
        self.arrived.set()
        return number

    def confirm_below(self, offset: int) -> None:
        """Forget what is numbered below `offset`. One beyond the end, from before a `restart`, forgets nothing."""
        if offset > self._next:
            return
        for number in [number for number in self.waiting if number < offset]:
            del self.waiting[number]
            self.confirmed.append(number)

    def restart(self, number: int) -> None:
        """After a week of silence Telegram may number anew, from anywhere."""
        self._next = number

    def first(self, limit: int) -> list[dict[str, Any]]:
        """The oldest updates that wait."""
        return [self.waiting[number] for number in sorted(self.waiting)[:limit]]

    def _membership(self, chat: int, status: str) -> int:
        member = {"user": {"id": 1, "is_bot": True, "first_name": "Bốn Tốt"}, "status": status}
        before = member | {"status": "member" if status == "kicked" else "kicked"}
        who = {"chat": {"id": chat, "type": "private"}, "from": _PERSON | {"id": chat}, "date": 1}
        return self.push({"my_chat_member": who | {"old_chat_member": before, "new_chat_member": member}})
