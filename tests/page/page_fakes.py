"""A stage and a small bot for the page's tests, all in memory; the people are invented."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.channels.web.bell import Bell
from bot.channels.web.channel import WebChannel
from bot.channels.web.ports import (
    Advance,
    ClockView,
    Command,
    FirstStep,
    Player,
    StepKind,
    Upcoming,
)
from bot.chat import (
    Address,
    Choice,
    Delivery,
    File,
    FileSent,
    Incoming,
    Link,
    Message,
    OutboxState,
    Pressed,
    Started,
    Text,
)
from bot.clock import MovableClock
from tests.page.page_mailbox import FakeMailbox

HOA, LANH, MINH, NAM, XUAN = "hoa", "lanh", "minh", "nam", "xuan"
DONG, TRUONG = "Chi bộ Thôn Đông (mẫu)", "Chi bộ Trường THCS Sông Lam (mẫu)"
CODE = "7K9Q-BT3X-MF4H"
PARTS = (
    "Tuyệt đối trung thành với lý tưởng của Đảng; giữ gìn đạo đức, lối sống.",
    "Hoàn thành tốt nhiệm vụ được giao; nêu gương trước quần chúng.",
    "Giữ vững đoàn kết, kỷ luật; khắc phục hạn chế đã được chỉ ra.",
)


@dataclass(slots=True)
class FakeStage:
    """The rehearsal port: five people, one reminder that waits for its hour."""

    clock_: MovableClock
    mailbox: FakeMailbox
    channel: WebChannel
    run: str = "run-1"
    joined: set[str] = field(default_factory=lambda: {HOA, LANH, MINH, NAM})
    moved: list[Advance] = field(default_factory=list)
    reminder_at: datetime | None = None

    async def run_id(self) -> str:
        return self.run

    async def players(self) -> Sequence[Player]:
        rows = (
            (HOA, "Trần Thị Hoa", DONG, "Bí thư"),
            (LANH, "Nguyễn Văn Lành", DONG, "Đảng viên chính thức"),
            (XUAN, "Đặng Thị Xuân", DONG, "Đảng viên dự bị"),
            (MINH, "Lê Quang Minh", TRUONG, "Bí thư"),
            (NAM, "Phạm Hải Nam", TRUONG, "Đảng viên chính thức"),
        )
        return [
            Player(
                chat=chat,
                name=name,
                unit=unit,
                role=role,
                joined=chat in self.joined,
                invitation=None if chat in self.joined else CODE,
            )
            for chat, name, unit, role in rows
        ]

    async def first_steps(self) -> Sequence[FirstStep]:
        return [
            FirstStep(kind=StepKind.PLEDGE, chat=LANH, types="/camket"),
            FirstStep(kind=StepKind.MISSING, chat=HOA, types="/danhsach"),
            FirstStep(kind=StepKind.MEETING, chat=HOA, types="/hop"),
            FirstStep(kind=StepKind.ANSWER, chat=LANH),
            FirstStep(kind=StepKind.CLOCK, chat=LANH),
        ]

    async def clock(self) -> ClockView:
        ahead = [Upcoming(self.reminder_at, "Nhắc ký cam kết: 02 đồng chí")] if self.reminder_at else []
        return ClockView(now=self.clock_.now(), upcoming=ahead, outbox={OutboxState.SENT: len(self.mailbox.mails)})

    async def advance(self, step: Advance) -> None:
        self.moved.append(step)
        now = self.clock_.now()
        to = {
            Advance.HOUR: now + timedelta(hours=1),
            Advance.DAY: now + timedelta(days=1),
            Advance.NEXT: self.reminder_at or now,
        }[step]
        self.clock_.move_to(to)
        if self.reminder_at and self.reminder_at <= to:
            self.reminder_at = None
            await self.channel.send(
                Delivery(
                    key="reminder",
                    chat=LANH,
                    message=Message(
                        title="Nhắc ký cam kết",
                        text="Kính gửi đồng chí Nguyễn Văn Lành. Còn 03 ngày để ký cam kết.",
                        choices=(Choice("Ký ngay", "pledge:0"), Choice("Nhắc lại sau", "later")),
                    ),
                )
            )


@dataclass(slots=True)
class FakeBot:
    """A bot that knows a pledge, a list, a notice and a file; it forgets repeats, as the real one does."""

    channel: WebChannel
    stage: FakeStage
    heard: list[Incoming] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    wants: int = 0
    fails: int = 0
    slow: asyncio.Event | None = None

    async def handle(self, incoming: Incoming) -> None:
        self.heard.append(incoming)
        if self.slow is not None:
            await self.channel.typing(incoming.address.chat)
            await self.slow.wait()
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the database is away")
        if incoming.event_id in self.seen:
            return
        self.seen.add(incoming.event_id)
        await self._answer(incoming)

    async def wants_file(self, _address: Address) -> int:
        return self.wants

    async def menu(self, _chat: str) -> Sequence[Command]:
        return [
            Command("/camket", "đọc và ký bản cam kết"),
            Command("/toi", "việc của tôi"),
            Command("/trogiup", "mọi việc đồng chí có thể làm"),
        ]

    async def _answer(self, incoming: Incoming) -> None:
        chat, key = incoming.address.chat, f"to:{incoming.event_id}"
        match incoming.payload:
            case Pressed(data=data, message=message):
                await self._pressed(chat, key, data, message)
            case Started(code=code):
                self.stage.joined |= {chat} if code == CODE else set()
                await self._say(chat, key, Message(title="Chào đồng chí", text="Đồng chí đã tham gia."))
            case FileSent(name=name, size=size, content=content):
                kept = "đã nhận" if content is not None else "không nhận"
                await self._say(chat, key, Message(text=f"{kept}: {name}, {size} byte"))
            case Text(text="/camket"):
                await self._say(chat, key, pledge_part(0))
            case Text(text="/danhsach"):
                await self._say(chat, key, missing())
            case Text(text="/hop"):
                for other in (LANH, NAM, HOA):
                    await self._say(other, f"{key}:{other}", meeting())
            case Text(text="/tep"):
                file = File("Danh sách mẫu.csv", "text/csv", "Họ tên\nTrần Thị Hoa\n".encode())
                await self.channel.send(Delivery(key=key, chat=chat, message=Message(text="Danh sách"), file=file))
            case Text(text=text):
                await self._say(chat, key, Message(text=f"Hệ thống đã nghe: {text}"))
            case other:
                raise AssertionError(f"the page never sends {other}")

    async def _pressed(self, chat: str, key: str, data: str, message: str | None) -> None:
        verb, _, argument = data.partition(":")
        if verb == "pledge" and int(argument) < len(PARTS):
            await self._say(chat, key, pledge_part(int(argument)), replaces=message)
        elif verb == "pledge":
            done = Message(title="Đã ký bản cam kết", text="Mã biên nhận BN-7K9Q-BT3X-MF4H, 08 giờ 15 ngày 01/03/2027.")
            await self._say(chat, key, done, replaces=message)
        elif verb == "remind":
            await self._say(LANH, f"{key}:lanh", Message(text="Đồng chí Trần Thị Hoa nhắc: còn 03 ngày."))
            await self._say(chat, key, Message(text="Đã nhắc 01 đồng chí."))
        else:
            await self._say(chat, key, Message(text=f"Đã ghi nhận: {data}"))

    async def _say(self, chat: str, key: str, message: Message, *, replaces: str | None = None) -> None:
        await self.channel.send(Delivery(key=key, chat=chat, message=message, replaces=replaces))


def pledge_part(number: int) -> Message:
    """A part of the pledge, on its way to the next."""
    return Message(
        title=f"Bản cam kết, phần {number + 1}/{len(PARTS)}",
        text=PARTS[number],
        choices=(
            Choice("Tôi cam kết", f"pledge:{number + 1}"),
            Choice("Quay lại", f"pledge:{max(number - 1, 0)}", nav=True),
            Choice("Dừng lại", "stop", nav=True),
        ),
    )


def missing() -> Message:
    """The secretary's list."""
    return Message(
        title="Cam kết năm 2027: 01/03 đồng chí đã ký",
        text="Chưa ký:\n1. Nguyễn Văn Lành\n2. Đặng Thị Xuân (chưa tham gia)\n\nGõ /trogiup để xem thêm.",
        choices=(Choice("Nhắc các đồng chí chưa ký", "remind:all"), Choice("Tải danh sách", "export")),
        link=Link("Xem hướng dẫn", "https://example.invalid/huong-dan"),
    )


def meeting() -> Message:
    """A notice to answer."""
    return Message(
        title="Thông báo sinh hoạt chi bộ",
        text="Kính gửi đồng chí. Chi bộ sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Tư 03/03/2027, "
        "tại Nhà văn hóa thôn.\n\nTrân trọng.",
        choices=(Choice("Có mặt", "present"), Choice("Vắng có lý do", "excused")),
    )


@dataclass(slots=True)
class World:
    """All of it together."""

    clock: MovableClock
    bell: Bell
    mailbox: FakeMailbox
    channel: WebChannel
    stage: FakeStage
    bot: FakeBot


def make_world(now: datetime) -> World:
    """A world at this instant, with a reminder a day ahead."""
    clock, bell = MovableClock(start=now), Bell()
    mailbox = FakeMailbox(clock)
    channel = WebChannel(mailbox=mailbox, bell=bell)
    stage = FakeStage(clock, mailbox, channel, reminder_at=now + timedelta(days=1))
    return World(clock, bell, mailbox, channel, stage, FakeBot(channel, stage))
