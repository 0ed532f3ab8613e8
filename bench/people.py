"""People with phones: they read what stands in their chat, press the buttons that they see, and wait for the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import Any

import msgspec

from bench.messenger import Messenger, Said
from bench.wire import Client
from bot.texts import common, pledge

SECRET = "secret-of-the-bench"
OWN_WORDS = "Mỗi tuần giúp một hộ khó khăn trong thôn."
ECHOES = 8
"""Messages of one person to a bot that says one thing: as many as a pledge takes."""
ANSWER_SECONDS = 60.0

Life = Callable[["Phone"], Awaitable[None]]


@dataclass(slots=True)
class Telegram:
    """The updates of one bot, pushed to its webhook. `seconds`: from each call to its 200."""

    messenger: Messenger
    client: Client
    path: str
    seconds: list[float] = field(default_factory=list)
    answered: int = 0
    numbers: "count[int]" = field(default_factory=lambda: count(1000))

    async def push(self, update: dict[str, Any]) -> None:
        """Deliver an update, once; anything but 2xx ends the bench."""
        header = b"X-Telegram-Bot-Api-Secret-Token: " + SECRET.encode() + b"\r\n"
        body = msgspec.json.encode({"update_id": next(self.numbers)} | update)
        begun = perf_counter()
        status, answer = await self.client.post(self.path, body, headers=header)
        self.seconds.append(perf_counter() - begun)
        if not 200 <= status < 300:
            raise RuntimeError(f"the webhook answered {status}: {answer[:200]!r}")


@dataclass(slots=True)
class Phone:
    """One person's chat. `paced` is waited for before everything that the person does."""

    chat: int
    telegram: Telegram
    paced: Callable[[], Awaitable[None]] | None = None
    receipt: str = ""

    async def says(self, text: str) -> Said:
        """Type something; the answer."""
        return await self._does({"message": self._message() | {"text": text}})

    async def presses(self, said: Said, data: str) -> Said:
        """Press a button under a message; the answer."""
        carried = {"message_id": said.id, "chat": self._chat(), "date": 1_700_000_000, "text": said.text}
        query = {"id": str(self.chat), "from": self._person(), "message": carried, "data": data, "chat_instance": "1"}
        return await self._does({"callback_query": query})

    async def _does(self, update: dict[str, Any]) -> Said:
        if self.paced is not None:
            await self.paced()
        answer = self.telegram.messenger.next_in(self.chat)
        await self.telegram.push(update)
        async with asyncio.timeout(ANSWER_SECONDS):
            said = await answer
        self.telegram.answered += 1
        return said

    def _person(self) -> dict[str, Any]:
        return {"id": self.chat, "is_bot": False, "first_name": "Nguyễn Văn Mẫu", "language_code": "vi"}

    def _chat(self) -> dict[str, Any]:
        return {"id": self.chat, "type": "private", "first_name": "Nguyễn Văn Mẫu"}

    def _message(self) -> dict[str, Any]:
        return {"message_id": 5_000_000, "from": self._person(), "chat": self._chat(), "date": 1_700_000_000}


async def pledges(phone: Phone) -> None:
    """Read the pledge part by part, sometimes add words of one's own, sign, and get the receipt."""
    said = await phone.says("/camket")
    adds = phone.chat % 4 == 0
    while not said.text.startswith(pledge.RECEIPT_TITLE):
        labels = [label for label, _ in said.buttons]
        on = [label for label in (pledge.SIGN, pledge.ON, pledge.ADD_NOT) if label in labels]
        if pledge.ADD in labels and adds:
            on, adds = [pledge.ADD], False
        elif not on and len(labels) > 4:  # for which of the four goods
            on = labels[:1]
        if on:
            data = said.data_of(on[0])
            assert data is not None
            said = await phone.presses(said, data)
        elif common.STOP in labels:
            said = await phone.says(OWN_WORDS)
        else:
            raise RuntimeError(f"the pledge does not go on: {said.text[:200]!r}")
    phone.receipt = said.text


async def chats(phone: Phone) -> None:
    """Say something and hear something, again and again."""
    for number in range(ECHOES):
        await phone.says(f"Xin chào lần {number + 1}")


async def side_by_side(phones: Iterable[Phone], life: Life, *, width: int) -> None:
    """Everybody lives it once, so many at the same time."""
    waiting = iter(phones)

    async def one_after_the_other() -> None:
        for phone in waiting:
            await life(phone)

    async with asyncio.TaskGroup() as group:
        for _ in range(width):
            group.create_task(one_after_the_other())
