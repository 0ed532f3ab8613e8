"""People with phones at a Telegram of our own, who read what stands there and press the buttons that they see."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bot.texts import common, pledge
from bot.texts import meeting_notice as notice
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_chats import Shown, Upload

SAYING = ("sendMessage", "editMessageText", "sendDocument")


class WatchedTelegram(FakeTelegram):
    """Remembers in which life of the program every update was handed out, and what was said in every chat."""

    def __init__(self) -> None:
        super().__init__()
        self.life = 0
        self.handed: list[tuple[int, int]] = []
        self.said: dict[int, list[str]] = {}
        self.newest: dict[int, int] = {}

    async def do(self, method: str, params: dict[str, Any], upload: Upload | None) -> object:
        """As the fake does, and remember."""
        if method in SAYING:
            self.said.setdefault(int(params["chat_id"]), []).append(params["text"])
        done = await super().do(method, params, upload)
        if method in SAYING:
            assert isinstance(done, dict)
            self.newest[int(params["chat_id"])] = done["message_id"]
        if method == "getUpdates":
            assert isinstance(done, list)
            self.handed += [(self.life, update["update_id"]) for update in done]
        return done


@dataclass
class Person:
    """A member with a phone: reads what stands there, and acts on it. `answered` counts what was said in every chat as
    the database has it, so that a message said twice counts once."""

    chat: int
    telegram: WatchedTelegram
    answered: Counter[int]
    chance: random.Random
    events: list[int] = field(default_factory=list)
    wrote: bool = False

    async def lives(self, enough: asyncio.Event) -> None:
        """Ask what is open, sign the pledge, answer the notice of a meeting, say something odd, and ask again until it
        is enough."""
        await self.does(self.says("/toi"), self.says("/camket"))
        while not any(text.startswith(pledge.RECEIPT_TITLE) for text in self.telegram.said[self.chat]):
            if self.chance.random() < 0.1:
                await self.does(self.says("hôm nay trời đẹp"))
            await self.reads_on()
        await self.does(self.says("/toi"))
        answer = (notice.PRESENT,) if self.chat % 2 else (notice.EXCUSED, notice.REASONS[0])
        for label in (notice.ANSWER_NOTICE, *answer):
            await self.taps(label)
        await self.does(self.says("bao giờ thì họp ạ"), self.says("/trogiup"))
        while not enough.is_set():
            await self.does(self.says("/toi"))

    async def reads_on(self) -> None:
        """Do what leads on to the signature, sometimes with words of one's own."""
        labels = self.newest.buttons
        on = [label for label in (common.GO_ON, pledge.SIGN, pledge.ON, pledge.ADD_NOT) if label in labels]
        if pledge.ADD in labels and self.chat % 4 == 0 and not self.wrote:
            on, self.wrote = [pledge.ADD], True
        if not on and len(labels) > 4:  # for which of the four goods
            on = labels[:1]
        if on:
            await self.taps(on[0])
        else:
            own_words = "gõ cam kết riêng của mình" in self.newest.text
            await self.does(self.says("Mỗi tuần giúp một hộ khó khăn." if own_words else "/camket"))

    async def taps(self, label: str) -> None:
        """Press a button that stands there; sometimes the finger slips and presses twice."""
        await self.does(*[self.presses(label) for _ in range(2 if self.chance.random() < 0.1 else 1)])

    @property
    def newest(self) -> Shown:
        """The message that changed last."""
        return self.telegram.chats.messages[self.telegram.newest[self.chat]]

    def says(self, text: str) -> int:
        return self.telegram.updates.says(self.chat, text)

    def presses(self, label: str) -> int:
        data = next(data for row in self.newest.rows for name, data in row if name == label)
        return self.telegram.updates.presses(self.chat, data, message=self.newest.id)

    async def does(self, *events: int) -> None:
        """Wait until everything is answered, however many lives of the program it takes."""
        self.events += events
        async with asyncio.timeout(90):
            while self.answered[self.chat] < len(self.events):
                await asyncio.sleep(0.05)
