"""A commune that is there before the program starts: cells, members who have joined, a pledge round that is open."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot.chat import Address, Message, Priority
from bot.clock import SystemClock
from bot.domain.ids import UnitId
from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rounds import RoundKind
from storage import addresses, calendars, organisation, outbox, people, rounds
from storage.database import Database, Tx, sqlite_url
from storage.migrate import upgrade

ACCOUNT = "telegram"
FIRST_CHAT = 1_000_000
CELL_SIZE = 20
WORDS = "Kính mời đồng chí dự sinh hoạt chi bộ thường kỳ vào 19:30 thứ Sáu tuần này tại nhà văn hóa thôn. Trân trọng!"


async def found(file: Path, *, members: int) -> Sequence[int]:
    """Make the database; the members' chats."""
    database = Database(sqlite_url(file), clock=SystemClock())
    try:
        await upgrade(database)
        async with database.write() as tx:
            return await _settle(tx, members)
    finally:
        await database.close()


async def _settle(tx: Tx, members: int) -> Sequence[int]:
    top = await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
    chats = range(FIRST_CHAT, FIRST_CHAT + members)
    cell = top
    for number, chat in enumerate(chats):
        if number % CELL_SIZE == 0:
            cell = await _add_cell(tx, top, number // CELL_SIZE + 1)
        person = await people.add_person(tx, full_name=f"Nguyễn Văn Mẫu {number + 1}")
        await people.add_membership(tx, person=person, unit=cell, status=Status.OFFICIAL)
        await addresses.link(tx, person=person, address=Address(ACCOUNT, str(chat)))
    # The calendar opens nothing by itself while something is measured.
    await calendars.move_calendar(tx, top, next_due_at=None)
    await rounds.open_round(
        tx,
        kind=RoundKind.PLEDGE,
        unit=top,
        period=str(tx.now.year),
        opened_at=tx.now,
        due_at=tx.now + timedelta(days=60),
        next_due_at=None,
        next_step=None,
    )
    return chats


async def _add_cell(tx: Tx, top: UnitId, number: int) -> UnitId:
    return await organisation.add_unit(
        tx, name=f"Chi bộ thôn {number}", kind=UnitKind.CELL, parent=top, cell_kind=CellKind.VILLAGE
    )


async def put_letters(file: Path, *, letters: int) -> None:
    """A database with so many messages that wait, each for another chat."""
    database = Database(sqlite_url(file), clock=SystemClock())
    try:
        await upgrade(database)
        async with database.write() as tx:
            waiting = [
                outbox.Letter(
                    address=Address(ACCOUNT, str(FIRST_CHAT + number)),
                    message=Message(title="Giấy mời", text=WORDS),
                    priority=Priority.REMINDER,
                )
                for number in range(letters)
            ]
            await outbox.put_many(tx, waiting)
    finally:
        await database.close()
