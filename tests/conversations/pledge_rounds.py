"""What the conversations about pledges share: an open round, a cell, a member who signs in one breath, and the tables."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from bot.domain.ids import RoundId
from bot.domain.member import Status
from bot.domain.rounds import RoundKind
from storage import rounds
from storage.database import Row
from tests.world import Voice, World

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DUE = datetime(2027, 3, 31, 23, 59, tzinfo=VIETNAM)


async def open_round(
    world: World, *, over: str = "Đảng ủy xã Mẫu", period: str = "2027", due_at: datetime = DUE
) -> RoundId:
    """A pledge round over a unit, open from now on; it speaks next a week before its deadline."""
    async with world.app.database.write() as tx:
        found = await rounds.open_round(
            tx,
            kind=RoundKind.PLEDGE,
            unit=world.units[over],
            period=period,
            opened_at=tx.now,
            due_at=due_at,
            next_due_at=(due_at - timedelta(days=7)).replace(hour=19, minute=0),
            next_step="T-7",
        )
    assert found is not None
    return found


async def reads(voice: Voice) -> None:
    """Read all parts of the text, as far as the question for own words."""
    await voice.says("/camket")
    while any(choice.label == "Tiếp tục" for choice in voice.bubbles[-1].message.choices):
        await voice.presses("Tiếp tục")


async def signs(voice: Voice) -> None:
    """Read and sign, without own words; where everything is typed nobody is asked for them."""
    await reads(voice)
    if voice.recorder.capabilities.buttons:
        await voice.presses("Không")
    await voice.presses("Ký cam kết")


async def rows(world: World, table: Table) -> Sequence[Row]:
    """Everything in a table."""
    async with world.app.database.read() as tx:
        return await tx.all(select(table))


async def cell_of_five(world: World) -> tuple[Voice, Voice]:
    """A cell with its secretary, three more who are asked (one without a phone), and one who is exempt."""
    secretary = await world.secretary("Phạm Văn Thư")
    an = await world.member("Nguyễn Thị An")
    await world.member("Lê Văn Cả", linked=False)
    await world.member("Hồ Thị Đào")
    await world.member("Trần Văn Cụ", status=Status.EXEMPT)
    return secretary, an


async def signs_from_here(voice: Voice) -> None:
    """Read on from where somebody is, and sign, with buttons."""
    while any(choice.label == "Tiếp tục" for choice in voice.bubbles[-1].message.choices):
        await voice.presses("Tiếp tục")
    await voice.presses("Không")
    await voice.presses("Ký cam kết")
