"""Self-reports of a round: every version of what each member sent, and who is still missing.

A report that is changed is a new row with the next version number; the newest one counts. Who has sent anything,
however late, is not missing. Nothing is deleted and nothing is overwritten. What goes upwards is read without persons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select

from bot.domain.ids import PersonId, RoundId, UnitId
from storage.database import Row, Tx, insert_new
from storage.organisation import today
from storage.people import Member, members_select, to_member
from storage.rounds import Round
from storage.schema import people, self_reports

StoredAnswers = Mapping[str, Mapping[str, str]]
"""Answers as `bot.domain.self_report.encode_answers` makes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfReport:
    """One version of a report. `on_behalf`: recorded by `submitted_by` as the person told it."""

    round_id: RoundId
    person_id: PersonId
    version: int
    criteria_key: str
    criteria_version: str
    criteria_hash: str
    answers: StoredAnswers
    code: str
    submitted_at: datetime
    submitted_by: PersonId
    on_behalf: bool


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A member of the round, and the newest version of their report; None: missing."""

    member: Member
    report: SelfReport | None


@dataclass(frozen=True, slots=True)
class ReportState:
    """How far a unit is: of those who are asked, how many have sent a report."""

    asked: int
    sent: int

    @property
    def missing(self) -> int:
        """How many have sent nothing yet."""
        return self.asked - self.sent


@dataclass(frozen=True, slots=True)
class CellReports:
    """How far one cell is."""

    cell_id: UnitId
    cell_name: str
    state: ReportState


@dataclass(frozen=True, slots=True)
class Nameless:
    """The answers of one report, and the criteria they belong to; not whose they are."""

    criteria_key: str
    criteria_hash: str
    answers: StoredAnswers


_r = self_reports.c
_in_round = _r.round_id == bindparam("round")
_newest = select(func.max(_r.id).label("id")).where(_in_round).group_by(_r.person_id)
_counted = select(self_reports).where(_r.id.in_(_newest)).subquery("counted")
_m = members_select().order_by(None).subquery("members")
_both = _m.outerjoin(_counted, _counted.c.person_id == _m.c.person_id)


def sent(person: Any) -> Any:
    """The condition that this person has sent a report (bind values as of `missing_values`)."""
    return exists().where(_r.person_id == person, _in_round)


missing_select = members_select().where(~sent(people.c.id))
_one_missing = missing_select.where(people.c.id == bindparam("person"))
_lines = (
    select(_m, *[column for column in _counted.c if column.name != "person_id"])
    .select_from(_both)
    .order_by(_m.c.cell_id, _m.c.person_id)
)
_sums = (func.count().label("asked"), func.count(_counted.c.id).label("sent"))
_state = select(*_sums).select_from(_both)
_by_cell = (
    select(_m.c.cell_id, _m.c.cell_name, *_sums)
    .select_from(_both)
    .group_by(_m.c.cell_id, _m.c.cell_name)
    .order_by((func.count() - func.count(_counted.c.id)).desc(), _m.c.cell_id)
)
_nameless = (
    select(_counted.c.criteria_key, _counted.c.criteria_hash, _counted.c.answers)
    .select_from(_both)
    .where(_counted.c.id.is_not(None))
    .order_by(_counted.c.id)
)
_versions = select(self_reports).where(_in_round, _r.person_id == bindparam("person")).order_by(_r.version)
_newest_of_person = _versions.order_by(None).order_by(_r.version.desc()).limit(1)
_add = insert_new(self_reports, "round_id", "person_id", "version").returning(_r.id)


def _to_report(row: Row) -> SelfReport:
    return SelfReport(
        round_id=RoundId(row.round_id),
        person_id=PersonId(row.person_id),
        version=row.version,
        criteria_key=row.criteria_key,
        criteria_version=row.criteria_version,
        criteria_hash=row.criteria_hash,
        answers=dict(row.answers),
        code=row.code,
        submitted_at=row.submitted_at,
        submitted_by=PersonId(row.submitted_by),
        on_behalf=row.on_behalf,
    )


def _where(tx: Tx, round_: Round, unit: UnitId | None) -> dict[str, Any]:
    return {"round": round_.id, "unit": unit or round_.unit_id, "day": today(tx)}


def missing_values(tx: Tx, round_: Round, *, unit: UnitId) -> dict[str, Any]:
    """The bind values of `missing_select`, for statements that narrow it."""
    return _where(tx, round_, unit)


async def missing_reports(tx: Tx, round_: Round, unit: UnitId | None = None) -> Sequence[Member]:
    """Who is asked at or below the unit (the round's own unless given) and has sent nothing, now."""
    return [to_member(row) for row in await tx.all(missing_select, _where(tx, round_, unit))]


async def is_missing(tx: Tx, round_: Round, person: PersonId) -> bool:
    """Whether the person is asked in this round and has sent nothing, now."""
    return await tx.first(_one_missing, {**_where(tx, round_, None), "person": person}) is not None


async def report_lines(tx: Tx, round_: Round, unit: UnitId) -> Sequence[ReportLine]:
    """Everybody who is asked at or below the unit, with the newest version of their report."""
    rows = await tx.all(_lines, _where(tx, round_, unit))
    return [ReportLine(to_member(row), _to_report(row) if row.id is not None else None) for row in rows]


async def report_state(tx: Tx, round_: Round, unit: UnitId | None = None) -> ReportState:
    """How far the unit (the round's own unless given) with all below it is, now."""
    row = await tx.first(_state, _where(tx, round_, unit))
    assert row is not None
    return ReportState(asked=row.asked, sent=row.sent)


async def reports_by_cell(tx: Tx, round_: Round, unit: UnitId | None = None) -> Sequence[CellReports]:
    """How far every cell at or below the unit is, those with the most missing first; in one query, however many.
    A cell in which nobody is asked is not there."""
    rows = await tx.all(_by_cell, _where(tx, round_, unit))
    return [CellReports(UnitId(row.cell_id), row.cell_name, ReportState(row.asked, row.sent)) for row in rows]


async def nameless_reports(tx: Tx, round_: Round, unit: UnitId | None = None) -> Sequence[Nameless]:
    """The newest answers of everybody who is asked at or below the unit, without whose they are: for sums.
    In the order in which they were sent."""
    rows = await tx.all(_nameless, _where(tx, round_, unit))
    return [Nameless(row.criteria_key, row.criteria_hash, dict(row.answers)) for row in rows]


async def newest_report(tx: Tx, round_id: RoundId, person: PersonId) -> SelfReport | None:
    """The version that counts; None when the person has sent nothing."""
    row = await tx.first(_newest_of_person, {"round": round_id, "person": person})
    return _to_report(row) if row else None


async def report_versions(tx: Tx, round_id: RoundId, person: PersonId) -> Sequence[SelfReport]:
    """Every version, the first one first."""
    return [_to_report(row) for row in await tx.all(_versions, {"round": round_id, "person": person})]


async def add_report(
    tx: Tx,
    *,
    round_id: RoundId,
    person: PersonId,
    after: int,
    criteria_key: str,
    criteria_version: str,
    criteria_hash: str,
    answers: StoredAnswers,
    code: str,
    submitted_by: PersonId,
) -> bool:
    """Add the version that follows `after` (0: the first); its criteria are kept (`content_texts.keep_text`). False
    when there is such a version already, also when two arrive at once: then look at the newest one again. On behalf of
    the person when somebody else records it."""
    values = {
        "round_id": round_id,
        "person_id": person,
        "version": after + 1,
        "criteria_key": criteria_key,
        "criteria_version": criteria_version,
        "criteria_hash": criteria_hash,
        "answers": {key: dict(answer) for key, answer in answers.items()},
        "code": code,
        "submitted_at": tx.now,
        "submitted_by": submitted_by,
        "on_behalf": submitted_by != person,
    }
    return await tx.first(_add, values) is not None
