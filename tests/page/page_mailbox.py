"""The page's mailbox in memory, for its tests."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.channels.web.ports import Mail, MailFile
from bot.chat import Delivery, File, Message
from bot.clock import MovableClock


@dataclass(slots=True)
class FakeMailbox:
    """The mailbox port over lists."""

    clock: MovableClock
    mails: list[Mail] = field(default_factory=list)
    files: dict[int, File] = field(default_factory=dict)
    read_to: dict[str, int] = field(default_factory=dict)
    _change: int = 0

    async def add_in(self, *, chat: str, event_id: str, shown: str) -> bool:
        if any(mail.key == event_id for mail in self.mails):
            return False
        self._add(chat=chat, key=event_id, incoming=True, message=Message(text=shown))
        return True

    async def add_out(self, delivery: Delivery) -> int:
        for at, mail in enumerate(self.mails):
            if str(mail.id) == delivery.replaces and mail.chat == delivery.chat:
                self._change += 1
                self.mails[at] = replace(mail, message=delivery.message, change=self._change)
                return mail.id
            if mail.key == delivery.key and not mail.incoming:
                return mail.id
        return self._add(
            chat=delivery.chat, key=delivery.key, incoming=False, message=delivery.message, file=delivery.file
        )

    def _add(self, *, chat: str, key: str, incoming: bool, message: Message, file: File | None = None) -> int:
        self._change += 1
        mail = Mail(
            id=len(self.mails) + 1,
            change=self._change,
            chat=chat,
            key=key,
            incoming=incoming,
            at=self.clock.now(),
            message=message,
            file=None if file is None else MailFile(file.name, file.mime, len(file.content)),
        )
        if file is not None:
            self.files[mail.id] = file
        self.mails.append(mail)
        return mail.id

    async def history(self, chat: str, *, before: int | None = None, limit: int) -> Sequence[Mail]:
        return [mail for mail in self.mails if mail.chat == chat and (before is None or mail.id < before)][-limit:]

    async def changes(self, *, after: int, chats: Collection[str] | None, limit: int) -> Sequence[Mail]:
        new = [mail for mail in self.mails if mail.change > after and (chats is None or mail.chat in chats)]
        return sorted(new, key=lambda mail: mail.change)[:limit]

    async def last_change(self) -> int:
        return self._change

    async def mark_read(self, chat: str, *, up_to: int) -> None:
        self.read_to[chat] = max(up_to, self.read_to.get(chat, 0))

    async def unread(self, chats: Collection[str] | None) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for mail in self.mails:
            if not mail.incoming and mail.id > self.read_to.get(mail.chat, 0):
                counts[mail.chat] = counts.get(mail.chat, 0) + 1
        return {chat: count for chat, count in counts.items() if chats is None or chat in chats}

    async def file(self, mail: int, *, chat: str) -> File | None:
        known = any(each.id == mail and each.chat == chat for each in self.mails)
        return self.files.get(mail) if known else None
