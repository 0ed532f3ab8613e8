"""Pledges of a round: who confirmed which text when, whose paper is signed, and who is still missing.

Which pledge counts: while the round is open, the one for the text that is in force (a new text asks for a new
signature); after its deadline, the newest one of any text, because a text made later must not undo a round that is
over. So every question takes the hash of the text in force. A person, a round and a text have one pledge, however often
it is confirmed. Nothing is deleted: one that was recorded on behalf of somebody who had not agreed is void, and stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, and_, bindparam, exists, func, or_, select, update

from bot.domain.ids import PersonId, PledgeId, RoundId, UnitId
from bot.domain.movement import GoodKey
from bot.domain.pledge import Commitments
from storage.database import Row, Tx, insert_new
from storage.organisation import today
from storage.people import Member, members_select, to_member
from storage.rounds import Round
from storage.schema import people, pledges


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """One confirmation, and (another fact) whether the paper is signed. `on_behalf`: recorded by `recorded_by`
    for somebody who agreed in person or on paper; void (`voided_at`) when they had not, and then it counts nowhere."""

    id: PledgeId
    round_id: RoundId
    person_id: PersonId
    text_version: str
    text_hash: str
    commitments: Commitments
    code: str
    recorded_at: datetime
    recorded_by: PersonId
    on_behalf: bool
    paper_signed_at: datetime | None
    paper_ticked_by: PersonId | None
    voided_at: datetime | None


@dataclass(frozen=True, slots=True)
class PledgeLine:
    """A member of the round, and the pledge that counts; None: missing."""

    member: Member
    pledge: Pledge | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeState:
    """How far a unit is: of those who are asked, how many confirmed, and how many of these signed on paper."""

    asked: int
    confirmed: int
    paper_signed: int

    @property
    def missing(self) -> int:
        """How many have not confirmed yet."""
        return self.asked - self.confirmed


@dataclass(frozen=True, slots=True)
class CellPledges:
    """How far one cell is."""

    cell_id: UnitId
    cell_name: str
    state: PledgeState


_p = pledges.c
_in_round = and_(
    _p.round_id == bindparam("round"),
    _p.voided_at.is_(None),
    or_(_p.text_hash == bindparam("text_hash"), bindparam("any_text", type_=Boolean)),
)
# The newest of those that count, a person; only after the deadline can there be more than one.
_newest = select(func.max(_p.id).label("id")).where(_in_round).group_by(_p.person_id)
_counted = select(pledges).where(_p.id.in_(_newest)).subquery("counted")


_m = members_select().order_by(None).subquery("members")
_both = _m.outerjoin(_counted, _counted.c.person_id == _m.c.person_id)


def signed(person: Any) -> Any:
    """The condition that this person has a pledge that counts (bind values as of `missing_values`)."""
    return exists().where(_p.person_id == person, _in_round)


missing_select = members_select().where(~signed(people.c.id))
_one_missing = missing_select.where(people.c.id == bindparam("person"))
_lines = (
    select(_m, *[column for column in _counted.c if column.name != "person_id"])
    .select_from(_both)
    .order_by(_m.c.cell_id, _m.c.person_id)
)
_sums = (
    func.count().label("asked"),
    func.count(_counted.c.id).label("confirmed"),
    func.count(_counted.c.paper_signed_at).label("paper_signed"),
)
_state = select(*_sums).select_from(_both)
_by_cell = (
    select(_m.c.cell_id, _m.c.cell_name, *_sums)
    .select_from(_both)
    .group_by(_m.c.cell_id, _m.c.cell_name)
    .order_by((func.count() - func.count(_counted.c.id)).desc(), _m.c.cell_id)
)
_of_person = select(pledges).where(_in_round, _p.person_id == bindparam("person")).order_by(_p.id.desc()).limit(1)
_newest_of_person = (
    select(pledges)
    .where(_p.round_id == bindparam("round"), _p.person_id == bindparam("person"), _p.voided_at.is_(None))
    .order_by(_p.id.desc())
    .limit(1)
)
_by_id = select(pledges).where(_p.id == bindparam("pledge"))
_add = insert_new(pledges, "round_id", "person_id", "text_hash", where=_p.voided_at.is_(None)).returning(_p.id)
_void = (
    update(pledges)
    .where(_p.id == bindparam("pledge"), _p.voided_at.is_(None), _p.on_behalf)
    .values(voided_at=bindparam("at"))
)
_tick = (
    update(pledges)
    .where(_p.id == bindparam("pledge"), _p.paper_signed_at.is_(None))
    .values(paper_signed_at=bindparam("at"), paper_ticked_by=bindparam("actor"))
)
_untick = (
    update(pledges)
    .where(_p.id == bindparam("pledge"), _p.paper_signed_at.is_not(None))
    .values(paper_signed_at=None, paper_ticked_by=None)
)


def _to_pledge(row: Row) -> Pledge:
    return Pledge(
        id=PledgeId(row.id),
        round_id=RoundId(row.round_id),
        person_id=PersonId(row.person_id),
        text_version=row.text_version,
        text_hash=row.text_hash,
        commitments={GoodKey(key): text for key, text in row.commitments.items()},
        code=row.code,
        recorded_at=row.recorded_at,
        recorded_by=PersonId(row.recorded_by),
        on_behalf=row.on_behalf,
        paper_signed_at=row.paper_signed_at,
        paper_ticked_by=PersonId(row.paper_ticked_by) if row.paper_ticked_by is not None else None,
        voided_at=row.voided_at,
    )


def missing_values(tx: Tx, round_: Round, *, text_hash: str, unit: UnitId) -> dict[str, Any]:
    """The bind values of `missing_select`, for statements that narrow it."""
    return _where(tx, round_, text_hash, unit)


def _which(tx: Tx, round_: Round, text_hash: str) -> dict[str, Any]:
    return {"round": round_.id, "text_hash": text_hash, "any_text": tx.now >= round_.due_at}


def _where(tx: Tx, round_: Round, text_hash: str, unit: UnitId | None) -> dict[str, Any]:
    return {**_which(tx, round_, text_hash), "unit": unit or round_.unit_id, "day": today(tx)}


async def missing_pledges(tx: Tx, round_: Round, *, text_hash: str, unit: UnitId | None = None) -> Sequence[Member]:
    """Who is asked at or below the unit (the round's own unless given) and has no pledge that counts, now."""
    return [to_member(row) for row in await tx.all(missing_select, _where(tx, round_, text_hash, unit))]


async def is_missing(tx: Tx, round_: Round, person: PersonId, *, text_hash: str) -> bool:
    """Whether the person is asked in this round and has no pledge that counts, now."""
    values = {**_where(tx, round_, text_hash, None), "person": person}
    return await tx.first(_one_missing, values) is not None


async def pledge_lines(tx: Tx, round_: Round, *, text_hash: str, unit: UnitId) -> Sequence[PledgeLine]:
    """Everybody who is asked at or below the unit, with the pledge that counts."""
    rows = await tx.all(_lines, _where(tx, round_, text_hash, unit))
    return [PledgeLine(to_member(row), _to_pledge(row) if row.id is not None else None) for row in rows]


async def pledge_state(tx: Tx, round_: Round, *, text_hash: str, unit: UnitId | None = None) -> PledgeState:
    """How far the unit (the round's own unless given) with all below it is, now."""
    row = await tx.first(_state, _where(tx, round_, text_hash, unit))
    assert row is not None
    return _to_state(row)


async def pledges_by_cell(
    tx: Tx, round_: Round, *, text_hash: str, unit: UnitId | None = None
) -> Sequence[CellPledges]:
    """How far every cell at or below the unit is, those with the most missing first; in one query, however many.
    A cell in which nobody is asked is not there."""
    rows = await tx.all(_by_cell, _where(tx, round_, text_hash, unit))
    return [CellPledges(UnitId(row.cell_id), row.cell_name, _to_state(row)) for row in rows]


def _to_state(row: Row) -> PledgeState:
    return PledgeState(asked=row.asked, confirmed=row.confirmed, paper_signed=row.paper_signed)


async def pledge_of(tx: Tx, round_: Round, person: PersonId, *, text_hash: str) -> Pledge | None:
    """The person's pledge that counts; None when they are to be asked (again)."""
    row = await tx.first(_of_person, {**_which(tx, round_, text_hash), "person": person})
    return _to_pledge(row) if row else None


async def newest_pledge(tx: Tx, round_id: RoundId, person: PersonId) -> Pledge | None:
    """The person's newest pledge in the round, of any text; None when there is none, or it is void."""
    row = await tx.first(_newest_of_person, {"round": round_id, "person": person})
    return _to_pledge(row) if row else None


async def pledge_by_id(tx: Tx, pledge: PledgeId) -> Pledge | None:
    """A pledge by its id, also a void one."""
    row = await tx.first(_by_id, {"pledge": pledge})
    return _to_pledge(row) if row else None


async def add_pledge(
    tx: Tx,
    *,
    round_id: RoundId,
    person: PersonId,
    text_version: str,
    text_hash: str,
    commitments: Commitments,
    code: str,
    recorded_by: PersonId,
) -> PledgeId | None:
    """Record a confirmation of a text that is kept (`content_texts.keep_text`); None when there is one already, also
    when two arrive at once. On behalf of the person when somebody else records it."""
    values = {
        "round_id": round_id,
        "person_id": person,
        "text_version": text_version,
        "text_hash": text_hash,
        "commitments": dict(commitments),
        "code": code,
        "recorded_at": tx.now,
        "recorded_by": recorded_by,
        "on_behalf": recorded_by != person,
    }
    row = await tx.first(_add, values)
    return PledgeId(row.id) if row else None


async def tick_paper(tx: Tx, pledge: PledgeId, *, by: PersonId) -> bool:
    """The paper is signed; False when that was ticked already."""
    return await tx.run(_tick, {"pledge": pledge, "at": tx.now, "actor": by}) == 1


async def untick_paper(tx: Tx, pledge: PledgeId) -> bool:
    """The tick was a mistake; False when there was none."""
    return await tx.run(_untick, {"pledge": pledge}) == 1


async def void_on_behalf(tx: Tx, pledge: PledgeId) -> bool:
    """What was recorded on behalf does not count: the person had not agreed, or it was somebody else. False when it
    is void already, or when the person confirmed it."""
    return await tx.run(_void, {"pledge": pledge, "at": tx.now}) == 1
