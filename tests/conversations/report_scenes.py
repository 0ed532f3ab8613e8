"""What the conversations about self-reports share: an open round, a report in one breath, what is stored."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from bot.domain.ids import RoundId
from bot.domain.rounds import RoundKind
from storage import rounds
from storage.database import Row
from tests.world import Voice, World

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ALL_MET = "1" * 12


def at(day: int, month: int, hour: int = 8, minute: int = 0) -> datetime:
    """An instant of 2027 in Viet Nam."""
    return datetime(2027, month, day, hour, minute, tzinfo=VIETNAM)


async def open_round(
    world: World, *, over: str = "Đảng ủy xã Mẫu", period: str = "2026-Q4", due_at: datetime | None = None
) -> RoundId:
    """A round of self-reports over a unit, open from now on; it speaks no more by itself."""
    async with world.app.database.write() as tx:
        found = await rounds.open_round(
            tx,
            kind=RoundKind.SELF_REPORT,
            unit=world.units[over],
            period=period,
            opened_at=tx.now,
            due_at=due_at or at(15, 1, 23, 59),
            next_due_at=None,
            next_step=None,
        )
    assert found is not None
    return found


async def answers(voice: Voice, numbers: str = ALL_MET) -> None:
    """Answer one question after the other by number, adding nothing."""
    for number in numbers:
        await voice.says(number)
        if number != "1":
            await voice.presses("Bỏ qua")


async def reports(voice: Voice, numbers: str = ALL_MET) -> None:
    """A whole report, sent."""
    await voice.says("/baocao")
    await voice.presses("Bắt đầu")
    await answers(voice, numbers)
    await voice.presses("Gửi báo cáo")
    voice.heard()


async def rows(world: World, table: Table) -> Sequence[Row]:
    """Everything in a table, oldest first."""
    async with world.app.database.read() as tx:
        return await tx.all(select(table).order_by(*table.primary_key.columns))


@asynccontextmanager
async def with_content(world: World, voice: Voice, folder: Path) -> AsyncIterator[Voice]:
    """The same person on the same database, after the committee changed its files and the program was restarted."""
    await world.close()
    url = world.app.database.url.render_as_string(hide_password=False)
    again = await World.open(url, start=world.clock.now(), content=folder, capabilities=world.recorder.capabilities)
    again.events = world.events
    again.recorder.chats = world.recorder.chats
    again.recorder.counter = world.recorder.counter
    again.app.house.random(64)  # so that its codes are not those of the first world
    try:
        yield Voice(again, chat=voice.chat, name=voice.name, person_id=voice.person_id)
    finally:
        await again.close()
