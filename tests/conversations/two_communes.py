"""Two communes below a province, two cells in each, a voice for every role inside and outside, something of every kind.

    PROVINCE ─┬─ COMMUNE ───────┬─ CELL            most of what is spoken of is of this cell
              │                 └─ BESIDE
              └─ OTHER_COMMUNE ─┬─ OTHER_CELL
                                └─ OTHER_BESIDE

It is made once and copied: `made` fills a world, `Copy` is a world over such a file, which can be put back.
"""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from bot.chat import Address, Incoming, Message, Payload, Pressed, Text, decode_message
from bot.clock import VIETNAM
from bot.domain.ids import PersonId
from bot.domain.member import Status
from bot.domain.rights import Role
from bot.domain.rounds import RoundKind
from storage import people, rounds
from storage.schema import addresses, broadcasts, dialogues, meetings, pledges
from tests.slips import codes_on, joins, sheet_of
from tests.world import ACCOUNT, Voice, World

PROVINCE, COMMUNE, OTHER_COMMUNE = "Tỉnh ủy Mẫu", "Đảng ủy xã Mẫu", "Đảng ủy xã Khác"
CELL, BESIDE = "Chi bộ thôn 1", "Chi bộ thôn 2"
OTHER_CELL, OTHER_BESIDE = "Chi bộ thôn 3", "Chi bộ thôn 4"

PATH: Mapping[str, tuple[str, ...]] = {
    PROVINCE: (PROVINCE,),
    COMMUNE: (COMMUNE, PROVINCE),
    OTHER_COMMUNE: (OTHER_COMMUNE, PROVINCE),
    CELL: (CELL, COMMUNE, PROVINCE),
    BESIDE: (BESIDE, COMMUNE, PROVINCE),
    OTHER_CELL: (OTHER_CELL, OTHER_COMMUNE, PROVINCE),
    OTHER_BESIDE: (OTHER_BESIDE, OTHER_COMMUNE, PROVINCE),
}
"""Every unit with itself and all above it."""

PAGE = "https://chi-bo.example"
"""The installation has a page of its own."""

CELLS = (CELL, BESIDE, OTHER_CELL, OTHER_BESIDE)
OFFICERS = (Role.COMMITTEE_OFFICER, Role.ADMINISTRATOR)
WHERE = {"in": CELL, "beside": BESIDE, "out": OTHER_CELL, "above": COMMUNE}
WHERE_OFFICER = {"in": COMMUNE, "beside": BESIDE, "out": OTHER_COMMUNE, "above": PROVINCE}
DUE = datetime(2027, 3, 31, 23, 59, tzinfo=VIETNAM)

Dump = Mapping[str, Sequence[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who may speak: the role and what it is held over, the cell where they are a member and how, or nothing."""

    key: str
    chat: str
    person: PersonId | None = None
    link: int | None = None
    role: Role | None = None
    over: str | None = None
    cell: str | None = None
    status: Status | None = None

    @property
    def linked(self) -> bool:
        """Whether they have joined."""
        return self.person is not None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Province:
    """What was made: a database file, who may speak, and the ids of what can be spoken of here and elsewhere."""

    file: Path
    actors: Mapping[str, Actor]
    here: Mapping[str, int | str]
    elsewhere: Mapping[str, int | str]


def make(template: Path, folder: Path) -> Province:
    """Everything, once."""
    return asyncio.run(_make(template, folder / "province.db"))


async def _make(template: Path, file: Path) -> Province:
    world = await World.copy(template, file, page=PAGE)
    try:
        for commune, cells in ((COMMUNE, (CELL, BESIDE)), (OTHER_COMMUNE, (OTHER_CELL, OTHER_BESIDE))):
            await world.committee(PROVINCE)
            await world.committee(commune, parent=PROVINCE)
            for cell in cells:
                await world.cell(cell, parent=commune)
        actors = {actor.key: actor for actor in [*await _role_holders(world), *await _members(world)]}
        here = await _things(world, COMMUNE, CELL, letter="A")
        elsewhere = await _things(world, OTHER_COMMUNE, OTHER_CELL, letter="B")
        for key, name in (("an", "An A"), ("binh", "Bình A")):
            voice = world.voices[name]
            actors[key] = Actor(key=key, chat=voice.chat, person=voice.person_id, cell=CELL, status=Status.OFFICIAL)
        actors["second"] = Actor(key="second", chat="second-A")
        return Province(file=file, actors=await _with_links(world, actors), here=here, elsewhere=elsewhere)
    finally:
        await world.close()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --------------------------------------------------------------------------------------- who speaks


async def _role_holders(world: World) -> Sequence[Actor]:
    """Every role in four places. Who holds a role of a cell is a member of it; who holds one of a committee of none."""
    found = []
    for role in Role:
        for place, over in (WHERE_OFFICER if role in OFFICERS else WHERE).items():
            cell = over if role not in OFFICERS and over.startswith("Chi bộ") else None
            key = f"{role.value} {place}"
            voice = await world.member(f"Đồng chí {key}", cell=cell, roles=[role], over=over)
            status = Status.OFFICIAL if cell else None
            found.append(
                Actor(key=key, chat=voice.chat, person=voice.person_id, role=role, over=over, cell=cell, status=status)
            )
    return found


async def _members(world: World) -> Sequence[Actor]:
    """Members of every kind in the cell, official ones elsewhere, somebody without a cell, a guest."""
    kinds = (Status.OFFICIAL, Status.PROBATIONARY, Status.EXEMPT, Status.SUSPENDED, Status.TEMPORARY_IN)
    wanted = [(f"{kind.value} in", CELL, kind) for kind in kinds]
    wanted += [("official beside", BESIDE, Status.OFFICIAL), ("official out", OTHER_CELL, Status.OFFICIAL)]
    found = []
    for key, cell, status in wanted:
        voice = await world.member(f"Đồng chí {key}", cell=cell, status=status)
        found.append(Actor(key=key, chat=voice.chat, person=voice.person_id, cell=cell, status=status))
        if status is Status.TEMPORARY_IN:
            assert voice.person_id is not None
            async with world.app.database.write() as tx:
                home = world.units[OTHER_BESIDE]
                await people.add_membership(tx, person=voice.person_id, unit=home, status=Status.TEMPORARY_OUT)
    alone = await world.member("Đồng chí không chi bộ", cell=None)
    found.append(Actor(key="linked", chat=alone.chat, person=alone.person_id))
    found.append(Actor(key="guest", chat="guest"))
    return found


async def _with_links(world: World, actors: Mapping[str, Actor]) -> Mapping[str, Actor]:
    async with world.app.database.read() as tx:
        rows = await tx.all(select(addresses.c.chat, addresses.c.id))
    links = {row.chat: row.id for row in rows}
    return {
        key: Actor(**{name: getattr(actor, name) for name in Actor.__slots__} | {"link": links.get(actor.chat)})
        for key, actor in actors.items()
    }


# --------------------------------------------------------------------------------- what is spoken of


async def _things(world: World, commune: str, cell: str, *, letter: str) -> dict[str, int | str]:
    """Of every kind one, by the front door: rounds, pledges, reports, invitations, a request, a broadcast."""
    lead = await world.secretary(f"Bí thư {letter}", cell=cell)
    officer = await world.officer(f"Văn phòng {letter}", over=commune)
    an = await world.member(f"An {letter}", cell=cell)
    binh = await world.member(f"Bình {letter}", cell=cell)
    cuc = await world.member(f"Cúc {letter}", cell=cell, linked=False)
    ids: dict[str, int | str] = {"cell": world.units[cell], "commune": world.units[commune]}
    ids |= {"an": _id(an), "binh": _id(binh), "cuc": _id(cuc)}
    for kind, unit, period in (
        (RoundKind.PLEDGE, commune, "2027"),
        (RoundKind.SELF_REPORT, commune, "2027-Q1"),
        (RoundKind.REVIEW, cell, "2027"),
    ):
        ids[kind.value] = await _round(world, kind, unit, period)
    await _sign(an)
    await _sign_for(lead, binh, f"{ids['pledge']}:{ids['cell']}")
    await _report(an)
    await _call(lead, ids["cell"])
    await lead.forges(f"review-tick:{ids['review']}")
    await lead.says(an.name)
    ids["code"] = (await sheet_of(lead))[cuc.name]
    ids |= await _request(world, lead, an, f"second-{letter}")
    await officer.says("/thongbao")
    await officer.presses("Tất cả đảng viên")
    await officer.says("Ngày mai tổng vệ sinh.")
    await officer.presses("Không kèm tệp")
    await officer.says("1")
    ids |= await _newest(world, an, binh)
    return ids


def _id(voice: Voice) -> PersonId:
    assert voice.person_id is not None
    return voice.person_id


async def _round(world: World, kind: RoundKind, unit: str, period: str) -> int:
    async with world.app.database.write() as tx:
        found = await rounds.open_round(
            tx,
            kind=kind,
            unit=world.units[unit],
            period=period,
            opened_at=tx.now,
            due_at=DUE,
            next_due_at=None,
            next_step=None,
        )
    assert found is not None
    return found


async def _sign(voice: Voice) -> None:
    await voice.says("/camket")
    for _ in range(5):
        await voice.presses("Tiếp tục")
    await voice.presses("Không")
    await voice.presses("Ký cam kết")


async def _sign_for(lead: Voice, whom: Voice, here: str) -> None:
    await lead.forges(f"pledge-behalf:{here}")
    await lead.says(whom.name)
    await lead.presses("Đã trực tiếp đồng ý")


async def _report(voice: Voice) -> None:
    await voice.says("/baocao")
    await voice.says("bắt đầu")
    while "Gửi báo cáo" not in [choice.label for choice in voice.buttons]:
        await voice.says("1")
    await voice.presses("Gửi báo cáo")


async def _call(lead: Voice, cell: int | str) -> None:
    await lead.forges(f"meeting-new:{cell}")
    for answer in ("Sinh hoạt thường kỳ", "20/3 19h30", "Đúng", "Nhà văn hóa thôn", "Thời sự; nhiệm vụ quý II"):
        await lead.says(answer)
    await lead.says("gửi thông báo")


async def _request(world: World, lead: Voice, an: Voice, chat: str) -> dict[str, int]:
    """A second account that waits for An's word."""
    await lead.forges(f"invite-person:{an.person_id}")
    await lead.presses("Làm phiếu")
    codes = codes_on(lead.files()[-1])
    await joins(world.stranger(chat), next(code for name, code in codes.items() if an.name in name))
    _verb, dialogue, invitation = an.buttons[0].data.split(":")
    return {"request": int(dialogue), "invitation": int(invitation)}


async def _newest(world: World, an: Voice, binh: Voice) -> dict[str, int]:
    async with world.app.database.write() as tx:
        # What was begun on the way is no subject of any test; the request of the second account is.
        await tx.run(update(dialogues).where(dialogues.c.journey != "join-wait").values(state="ended"))
        behalf = select(pledges.c.id).where(pledges.c.person_id == binh.person_id, pledges.c.on_behalf)
        return {
            "pledged_for": await tx.scalar(behalf),
            "broadcast": await tx.scalar(select(func.max(broadcasts.c.id))),
            "meeting": await tx.scalar(select(func.max(meetings.c.id))),
            "link": await tx.scalar(select(addresses.c.id).where(addresses.c.person_id == binh.person_id)),
        }


# ------------------------------------------------------------------------------------------ a copy


class Copy:
    """A world over a copy of the province. What is said is read from the outbox, where no sender is at work."""

    def __init__(self, world: World, province: Province, file: Path) -> None:
        self.world = world
        self.province = province
        self._made = sqlite3.connect(province.file)
        self._eyes = sqlite3.connect(file, isolation_level=None)
        self._eyes.execute("PRAGMA synchronous = OFF")
        self._events = 0
        self._last_event: Incoming | None = None

    @classmethod
    async def open(cls, province: Province, file: Path) -> "Copy":
        """A fresh copy."""
        world = await World.copy(province.file, file, seed=5, page=PAGE)
        world.clock.move_to(DUE.replace(month=1, day=5, hour=8))
        # Nothing here is meant to outlive the test.
        async with world.app.database.engine.connect() as connection:
            await connection.exec_driver_sql("COMMIT")
            await connection.exec_driver_sql("PRAGMA synchronous = OFF")
        return cls(world, province, file)

    async def close(self) -> None:
        """Let go of the database."""
        self._eyes.close()
        self._made.close()
        await self.world.close()

    def put_back(self, kept: sqlite3.Connection | None = None) -> None:
        """As it was made, or as it was kept."""
        (kept or self._made).backup(self._eyes)

    def keep(self) -> sqlite3.Connection:
        """Everything as it is now, to be put back."""
        kept = sqlite3.connect(":memory:")
        self._eyes.backup(kept)
        return kept

    async def ticks(self) -> None:
        """What is due now happens."""
        while await self.world.app.ticker.tick():
            self._rows(_DELIVERED)

    async def hears(self, chat: str, payload: Payload) -> Sequence[Message]:
        """One event from a chat; what is answered there."""
        self._events += 1
        address = Address(ACCOUNT, chat)
        self._last_event = Incoming(address=address, event_id=f"copy-{self._events}", payload=payload)
        return await self.hears_again()

    async def hears_again(self) -> Sequence[Message]:
        """The last event, once more; what is answered."""
        if self._last_event is None:
            return []
        before, chat = self._last(), self._last_event.address.chat
        await self.world.app.router.handle(self._last_event)
        said = [decode_message(row[0]) for row in self._rows(_SAID, before, chat)]
        # As if it were delivered: numbers and words answer only what was heard.
        self._rows(_DELIVERED)
        return said

    async def presses(self, actor: Actor, data: str) -> Sequence[Message]:
        """A button, offered or not."""
        return await self.hears(actor.chat, Pressed(data, None))

    async def says(self, actor: Actor, text: str) -> Sequence[Message]:
        """Something typed."""
        return await self.hears(actor.chat, Text(text))

    def dialogue(self, actor: Actor) -> tuple[int, str, str, int] | None:
        """What is open at the actor's address: id, journey, step and screen."""
        rows = self._rows(_OPEN, actor.chat)
        return rows[0] if rows else None

    async def waits(self, *, hours: int) -> None:
        """Time passes, and what is due then happens."""
        self.world.clock.move_to(self.world.clock.now() + timedelta(hours=hours))
        await self.ticks()

    def offered(self, actor: Actor) -> Sequence[str]:
        """The data of the buttons that the actor saw last."""
        rows = self._rows(_NEWEST_QUESTION, actor.chat)
        return [choice.data for row in rows for choice in decode_message(row[0]).choices]

    def ever_offered(self, actor: Actor) -> Sequence[str]:
        """The data of all buttons that the actor ever saw."""
        rows = self._rows(_QUESTIONS, actor.chat)
        return [choice.data for row in rows for choice in decode_message(row[0]).choices]

    def unfinished(self) -> Sequence[int]:
        """The ids of the dialogues that are open or put aside."""
        return [row[0] for row in self._rows("SELECT id FROM dialogues WHERE state IN ('open', 'parked')")]

    def draft(self, actor: Actor) -> object:
        """Everything about what is open at the actor's address."""
        return self._rows("SELECT * FROM dialogues WHERE chat = ? AND state = 'open'", actor.chat)

    def faults(self) -> Sequence[tuple[Any, ...]]:
        """What must never be: rows that refer to nothing, two open dialogues at one address."""
        return [*self._rows("PRAGMA foreign_key_check"), *self._rows(_TWO_OPEN)]

    def dump(self) -> Dump:
        """All tables but `events`, row by row."""
        tables = [row[0] for row in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        wanted = [table for table in tables if table not in ("events", "sqlite_sequence")]
        return {table: self._rows(f'SELECT * FROM "{table}"') for table in wanted}  # noqa: S608

    def incidents(self) -> Sequence[tuple[Any, ...]]:
        """Events that failed."""
        return self._rows("SELECT event_id, incident FROM events WHERE incident IS NOT NULL")

    def _last(self) -> int:
        return int(self._rows("SELECT coalesce(max(id), 0) FROM outbox")[0][0])

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._eyes.execute(sql, values).fetchall()


_SAID = "SELECT body FROM outbox WHERE id > ? AND chat = ? ORDER BY id"
_DELIVERED = "UPDATE outbox SET state = 'sent', external_id = id, finished_at = created_at WHERE state = 'queued'"
_QUESTIONS = "SELECT body FROM outbox WHERE chat = ? AND has_choices AND state = 'sent' ORDER BY id DESC"
_NEWEST_QUESTION = f"{_QUESTIONS} LIMIT 1"
_TWO_OPEN = "SELECT account, chat FROM dialogues WHERE state = 'open' GROUP BY account, chat HAVING count(*) > 1"
_OPEN = (
    "SELECT id, journey, step, coalesce(json_extract(answers, '$.at'), 0) FROM dialogues "
    "WHERE chat = ? AND state = 'open'"
)


def changed(before: Dump, after: Dump) -> set[str]:
    """The tables that are not what they were."""
    return {table for table in before if before[table] != after[table]}
