"""A small world for conversations: the real wiring on a real SQLite file, channels that record, a clock that moves.

an = await world.member("Nguyễn Thị An", cell="Chi bộ thôn 1")
await an.says("/camket")
await an.presses("Đồng ý")
assert an.heard() == snapshot(...)
await world.passes(days=3)
"""

import random
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from bot.advance import advance, settle
from bot.app import App
from bot.chat import (
    Address,
    Blocked,
    Capabilities,
    Choice,
    Delivery,
    DeliveryFailure,
    File,
    FileSent,
    Incoming,
    Message,
    Payload,
    Pressed,
    Started,
    Text,
    Unblocked,
    Unsupported,
)
from bot.clock import MovableClock
from bot.content.loader import load_content
from bot.domain.ids import PersonId, UnitId
from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.page import ACCOUNT as PAGE_ACCOUNT
from bot.domain.page import Device, Entered, Visit
from bot.domain.rights import Role
from bot.doors import Door
from bot.texts import plain
from bot.texts.when import moment
from handlers.page_gate import PageGate
from storage import addresses, organisation, people
from storage.database import Database
from tests.fakes.timers import ClockTimer

ACCOUNT = "test"
ABLE = Capabilities(buttons=True, edit=True, files=True, text_limit=4096)
"""A channel that can do everything."""
DOORS = (Door(account=ACCOUNT, messenger="Messenger", start="https://t.example/bot?start="),)
START = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)  # Monday, 08:00 in Viet Nam


@dataclass
class Bubble:
    """One message as its reader sees it now; `edits` counts how often it was replaced."""

    id: str
    message: Message
    file: File | None = None
    edits: int = 0


@dataclass
class Recorder:
    """A channel that keeps what was said, chat by chat. `fails` may raise a failure for a delivery."""

    account: str = ACCOUNT
    capabilities: Capabilities = ABLE
    chats: dict[str, list[Bubble]] = field(default_factory=dict)
    news: dict[str, list[Bubble]] = field(default_factory=dict)
    fails: Callable[[Delivery], DeliveryFailure | None] = lambda _delivery: None
    counter: int = 0
    story: "Story | None" = None

    def shown(self, message: Message) -> str:
        """A message as its reader sees it: as a transcript has it, or as the text that it is without buttons."""
        return shown(message) if self.capabilities.buttons else plain.as_text(message)

    async def send(self, delivery: Delivery) -> str | None:
        """Keep the message, or replace the one that it edits."""
        assert self.capabilities.length(delivery.message) <= self.capabilities.text_limit, delivery.message
        failure = self.fails(delivery)
        if failure is not None:
            raise failure
        bubbles = self.chats.setdefault(delivery.chat, [])
        bubble = next((one for one in bubbles if one.id == delivery.replaces), None) if delivery.replaces else None
        if bubble is None:
            self.counter += 1
            bubble = Bubble(id=str(self.counter), message=delivery.message, file=delivery.file)
            bubbles.append(bubble)
        else:
            bubble.message, bubble.file, bubble.edits = delivery.message, delivery.file, bubble.edits + 1
        if self.story:
            self.story.heard(delivery.chat, self.shown(delivery.message), delivery.file, replaced=bubble.edits > 0)
        self.news.setdefault(delivery.chat, []).append(
            Bubble(id=bubble.id, message=delivery.message, file=delivery.file, edits=bubble.edits)
        )
        return bubble.id

    async def typing(self, chat: str) -> None:
        """Nothing to show."""


def shown(message: Message) -> str:
    """A message as a transcript has it: title, text, then the choices with their numbers."""
    numbers = iter(range(1, 100))
    choices = [
        f"[{choice.label}]" if choice.nav else f"[{next(numbers)}. {choice.label}]" for choice in message.choices
    ]
    parts = [f"*{message.title}*" if message.title else "", message.text, " ".join(choices)]
    if message.link:
        parts.append(f"<{message.link.label}>")
    return "\n\n".join(part for part in parts if part)


@dataclass
class Story:
    """Everything that was said at each address, by the bot and by the person, as a transcript to read."""

    clock: MovableClock
    lines: dict[str, list[str]] = field(default_factory=dict)
    _last: dict[str, datetime] = field(default_factory=dict)
    _of_page: dict[str, str] = field(default_factory=dict)

    def heard(self, chat: str, text: str, file: File | None, *, replaced: bool) -> None:
        """The bot said something."""
        attached = f"\n\n[tệp: {file.name}]" if file else ""
        self._add(chat, ("(thay tin trước)\n" if replaced else "") + text + attached)

    def did(self, chat: str, what: str) -> None:
        """The person said or pressed something."""
        self._add(chat, f">>> {what}")

    def of(self, chat: str) -> str:
        """The transcript of one address, and of our page where it went on there."""
        return "\n\n".join(self.lines.get(chat, [])) + "\n"

    def goes_on(self, chat: str, page: str) -> None:
        """Somebody opened our page by a link that they were sent in this chat."""
        self._of_page[page] = chat

    def _add(self, chat: str, text: str) -> None:
        now = self.clock.now()
        if chat in self._of_page:
            chat, text = self._of_page[chat], f"(trên trang web)\n{text}"
        lines = self.lines.setdefault(chat, [])
        if self._last.get(chat) != now:
            lines.append(f"======== {moment(now)}")
            self._last[chat] = now
        lines.append(text)


@dataclass
class Voice:
    """Somebody at one address."""

    world: "World"
    chat: str
    name: str = ""
    person_id: PersonId | None = None
    account: str = ACCOUNT

    @property
    def recorder(self) -> Recorder:
        """The channel that this address is of."""
        return self.world.recorders[self.account]

    @property
    def address(self) -> Address:
        """Where this is."""
        return Address(self.account, self.chat)

    async def says(self, text: str) -> Self:
        """Type something."""
        return await self.does(Text(text))

    async def starts(self, code: str = "") -> Self:
        """Open the chat, by a start link or bare."""
        return await self.does(Started(code))

    async def presses(self, label: str, *, old: int = 0) -> Self:
        """Press the newest button with this label that this person sees (`old=1`: the one before it). Where there are
        no buttons, type its number, or its words when it has none, as the newest message that asks something says."""
        if not self.recorder.capabilities.buttons:
            assert old == 0, "an old choice is not there to be typed"
            return await self.says(self._typed(label))
        found = [
            (bubble, choice)
            for bubble in reversed(self.recorder.chats.get(self.chat, []))
            for choice in bubble.message.choices
            if choice.label == label
        ]
        seen = [choice.label for bubble in self.bubbles[-3:] for choice in bubble.message.choices]
        assert len(found) > old, f"{self.name} sees no button “{label}”, only {seen}"
        bubble, choice = found[old]
        return await self.does(Pressed(choice.data, bubble.id))

    def _typed(self, label: str) -> str:
        asks = next((one.message for one in reversed(self.bubbles) if one.message.choices), None)
        labels = [choice.label for choice in asks.choices] if asks else []
        assert asks is not None and label in labels, f"{self.name} is not asked “{label}”, only {labels}"
        numbered = [choice.label for choice in asks.numbered()]
        return str(numbered.index(label) + 1) if label in numbered else label.lower()

    async def follows(self) -> "Voice":
        """Open the newest link to our page and press the button there; what is said there goes on at that address."""
        url = next(one.message.link.url for one in reversed(self.bubbles) if one.message.link)
        visit = Visit(cookie="", place="a telephone", device=Device.ANDROID)
        entered = await self.world.gate.enter_by_link(url.rpartition("/")[2], visit)
        assert isinstance(entered, Entered), entered
        there = Voice(self.world, chat=entered.chat, name=self.name, person_id=self.person_id, account=PAGE_ACCOUNT)
        if there.recorder.story:
            there.recorder.story.goes_on(self.chat, there.chat)
        await there.does(Pressed(entered.press) if entered.press else Started(""), event_id=entered.event_id)
        return there

    async def forges(self, data: str) -> Self:
        """Press a button that nobody offered."""
        return await self.does(Pressed(data, None))

    async def sends_file(self, name: str, content: bytes | None, *, size: int | None = None) -> Self:
        """Send a file, fetched only as far as the open dialogue wants it, as the adapters do."""
        wanted = await self.world.app.router.wants_file(self.address)
        size = len(content) if content is not None and size is None else size
        fetched = content if content is not None and len(content) <= wanted else None
        return await self.does(FileSent(name, size, fetched))

    async def sends_media(self) -> Self:
        """Send a picture or a voice message."""
        return await self.does(Unsupported("media"))

    async def blocks(self) -> Self:
        """Block the bot."""
        return await self.does(Blocked())

    async def comes_back(self) -> Self:
        """Unblock the bot."""
        return await self.does(Unblocked())

    async def does(self, payload: Payload, *, event_id: str | None = None) -> Self:
        """One event from this address, handled, and everything said that it causes."""
        self.world.events += 1
        if self.recorder.story:
            self.recorder.story.did(self.chat, self._described(payload))
        event = event_id or f"e{self.world.events}"
        await self.world.app.router.handle(Incoming(address=self.address, event_id=event, payload=payload))
        await self.world.app.sender.drain()
        await self.world.hurry()
        return self

    def _described(self, payload: Payload) -> str:
        match payload:
            case Text(text=text):
                return text
            case Pressed(data=data):
                labels = [one.label for bubble in self.bubbles for one in bubble.message.choices if one.data == data]
                through = "(bấm “Vào trang”)" if self.account == PAGE_ACCOUNT else f"[{data}]"
                return f"[{labels[-1]}]" if labels else through
            case Started(code=code):
                return f"(mở trò chuyện{' bằng đường dẫn' if code else ''})"
            case FileSent(name=name):
                return f"(gửi tệp {name})"
            case _:
                return f"({type(payload).__name__})"

    @property
    def bubbles(self) -> list[Bubble]:
        """All messages in this chat as they are now."""
        return self.recorder.chats.get(self.chat, [])

    def heard(self) -> list[str]:
        """What was said (and replaced) here since this was asked last."""
        return [self.recorder.shown(bubble.message) for bubble in self.recorder.news.pop(self.chat, [])]

    def files(self) -> list[File]:
        """The files in this chat, oldest first."""
        return [bubble.file for bubble in self.bubbles if bubble.file]

    @property
    def last(self) -> str:
        """The newest message as a transcript has it."""
        return self.recorder.shown(self.bubbles[-1].message)

    @property
    def buttons(self) -> list[Choice]:
        """The choices of the newest message that has any."""
        return next((list(one.message.choices) for one in reversed(self.bubbles) if one.message.choices), [])


@dataclass
class World:
    """Everything of one test. `recorder` is the first of its channels."""

    app: App
    clock: MovableClock
    recorder: Recorder
    gate: PageGate
    recorders: dict[str, Recorder] = field(default_factory=dict)
    events: int = 0
    voices: dict[str, Voice] = field(default_factory=dict)
    units: dict[str, UnitId] = field(default_factory=dict)

    @classmethod
    async def open(
        cls,
        database_url: str,
        *,
        start: datetime = START,
        content: Path | None = None,
        seed: int = 4,
        capabilities: Capabilities = ABLE,
        doors: Sequence[Door] = DOORS,
        also: Sequence[Recorder] = (),
        page: str = "",
    ) -> Self:
        """The real wiring over a migrated database; `also` are further channels, `page` the address of our page, which
        is a channel then. Worlds over copies of one file need different seeds."""
        also = (*also, Recorder(account=PAGE_ACCOUNT)) if page else also
        clock = MovableClock(start=start)
        recorder = Recorder(capabilities=capabilities)
        chance = random.Random(seed)
        app = App.build(
            database=Database(database_url, clock=clock),
            clock=clock,
            channels=[recorder, *also],
            content=load_content(content),
            random=chance.randbytes,
            pepper=b"pepper of the tests, not a secret",
            doors=lambda: doors,
            timer=ClockTimer(clock),
            page=page,
        )
        recorders = {one.account: one for one in (recorder, *also)}
        gate = PageGate(database=app.database, house=app.house, wake=lambda: None)
        return cls(app=app, clock=clock, recorder=recorder, recorders=recorders, gate=gate)

    @classmethod
    async def copy(cls, template: Path, to: Path, **options: object) -> Self:
        """A world over a copy of a migrated SQLite file: much faster than migrating again."""
        shutil.copy(template, to)
        return await cls.open(f"sqlite+aiosqlite:///{to}", **options)  # type: ignore[arg-type]

    async def close(self) -> None:
        """Let go of the database."""
        await self.app.database.close()

    # --------------------------------------------------------------------------- who and where

    async def committee(self, name: str = "Đảng ủy xã Mẫu", *, parent: str | None = None) -> UnitId:
        """A committee, once."""
        if name not in self.units:
            async with self.app.database.write() as tx:
                self.units[name] = await organisation.add_unit(
                    tx, name=name, kind=UnitKind.COMMITTEE, parent=self.units[parent] if parent else None
                )
        return self.units[name]

    async def cell(self, name: str, *, kind: CellKind = CellKind.VILLAGE, parent: str = "Đảng ủy xã Mẫu") -> UnitId:
        """A cell, once, below a committee that is made when it is missing."""
        above = await self.committee(parent)
        if name not in self.units:
            async with self.app.database.write() as tx:
                self.units[name] = await organisation.add_unit(
                    tx, name=name, kind=UnitKind.CELL, parent=above, cell_kind=kind
                )
        return self.units[name]

    async def member(
        self,
        name: str,
        *,
        cell: str | None = "Chi bộ thôn 1",
        status: Status = Status.OFFICIAL,
        roles: Iterable[Role] = (),
        over: str | None = None,
        linked: bool = True,
    ) -> Voice:
        """A person in a cell, with roles over it (or `over` another unit), linked at an address of their own."""
        unit = await self.cell(cell) if cell else None
        async with self.app.database.write() as tx:
            person = await people.add_person(tx, full_name=name)
            if unit is not None:
                await people.add_membership(tx, person=person, unit=unit, status=status)
            held_over = self.units[over] if over else unit
            for role in roles:
                assert held_over is not None
                await people.add_role(tx, person=person, unit=held_over, role=role)
            voice = Voice(self, chat=f"chat-{person}", name=name, person_id=person)
            if linked:
                await addresses.link(tx, person=person, address=Address(self.recorder.account, voice.chat))
        self.voices[name] = voice
        return voice

    async def secretary(self, name: str, *, cell: str = "Chi bộ thôn 1") -> Voice:
        """The secretary of a cell."""
        return await self.member(name, cell=cell, roles=[Role.SECRETARY])

    async def officer(self, name: str, *, over: str = "Đảng ủy xã Mẫu", admin: bool = False) -> Voice:
        """An officer (or administrator) of a committee, without a cell of their own."""
        await self.committee(over)
        role = Role.ADMINISTRATOR if admin else Role.COMMITTEE_OFFICER
        return await self.member(name, cell=None, roles=[role], over=over)

    def stranger(self, chat: str = "stranger", *, account: str = ACCOUNT) -> Voice:
        """Somebody whom the bot does not know."""
        return Voice(self, chat=chat, name=chat, account=account)

    async def second(self, voice: Voice, *, account: str) -> Voice:
        """The same person at a second address of theirs, linked after the first."""
        assert voice.person_id is not None
        other = replace(voice, account=account)
        async with self.app.database.write() as tx:
            await addresses.link(tx, person=voice.person_id, address=other.address)
        return other

    # ------------------------------------------------------------------------------------ time

    async def passes(self, *, days: float = 0, hours: float = 0) -> None:
        """Let time pass; everything on the way happens, in order."""
        await self.reaches(self.clock.now() + timedelta(days=days, hours=hours))

    async def reaches(self, instant: datetime) -> None:
        """Let time pass until an instant."""
        await advance(self.app, self.clock, to=instant)

    async def hurry(self) -> None:
        """Tick at once if somebody waits for what just became due, as the program in service does."""
        if self.app.ticker.hurried.is_set():
            self.app.ticker.hurried.clear()
            await self.app.ticker.tick()
            await self.app.sender.drain()

    async def settle(self) -> None:
        """Let everything happen that is due now."""
        await settle(self.app)
