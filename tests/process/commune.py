"""A commune that is there before the program starts: a committee, cells, members who are linked, a pledge round that is
open, and a meeting of every cell that everybody is invited to."""

from datetime import timedelta

from bot.chat import Address
from bot.domain.ids import PersonId, UnitId
from bot.domain.meeting import MeetingKind, Plan
from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rights import Role
from bot.domain.rounds import RoundKind
from storage import addresses, calendars, meetings, organisation, people, rounds
from storage.database import Database, Tx
from storage.migrate import upgrade

ACCOUNT = "telegram"
FIRST_CHAT = 7_001
FIRST_FOLLOWED = 9_001
CELLS = (
    ("Chi bộ thôn 1", CellKind.VILLAGE),
    ("Chi bộ trường học", CellKind.SCHOOL),
    ("Chi bộ cơ quan", CellKind.AGENCY),
)


async def found_commune(database: Database, *, members: int) -> dict[int, PersonId]:
    """The members by their chats at Telegram. Nothing but the members' own words makes the bot speak: nothing has a
    next step, and the calendar opens no round, whatever the day. What the secretaries follow, the counts of the replies
    to their meetings, they follow in chats of their own."""
    await upgrade(database)
    linked: dict[int, PersonId] = {}
    async with database.write() as tx:
        top = await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
        cells = [
            await organisation.add_unit(tx, name=name, kind=UnitKind.CELL, parent=top, cell_kind=kind)
            for name, kind in CELLS
        ]
        for number in range(members):
            person = await people.add_person(tx, full_name=f"Nguyễn Văn Mẫu {number + 1}")
            cell = cells[number % len(cells)]
            await people.add_membership(tx, person=person, unit=cell, status=Status.OFFICIAL)
            if number < len(cells):
                await people.add_role(tx, person=person, unit=cell, role=Role.SECRETARY)
                await call_meeting(tx, cell, person, Address(ACCOUNT, str(FIRST_FOLLOWED + number)))
            await addresses.link(tx, person=person, address=Address(ACCOUNT, str(FIRST_CHAT + number)))
            linked[FIRST_CHAT + number] = person
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
    return linked


async def call_meeting(tx: Tx, cell: UnitId, secretary: PersonId, follow: Address) -> None:
    """The cell meets in five days; its secretary follows the replies at this address."""
    plan = Plan(
        kind=MeetingKind.REGULAR,
        starts_at=tx.now + timedelta(days=5),
        place="Nhà văn hóa",
        agenda="Sinh hoạt thường kỳ.",
    )
    await addresses.link(tx, person=secretary, address=follow)
    await meetings.add_meeting(
        tx, key=f"cell:{cell}", unit=cell, plan=plan, sent_by=secretary, follow=follow, reminder=None
    )
