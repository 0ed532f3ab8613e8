"""Recording a self-report: which criteria ask, until when it is taken, every version kept, a receipt for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.chat import Choice
from bot.content.criteria import kept_criteria
from bot.content.loader import criteria_for
from bot.domain.criteria import CriteriaSet, choose_criteria
from bot.domain.ids import PersonId, RoundId, UnitId
from bot.domain.organisation import CellKind
from bot.domain.period import read_period
from bot.domain.rights import Role
from bot.domain.rounds import RoundKind
from bot.domain.self_report import Answers, encode_answers
from bot.texts import self_report_sent as texts
from handlers import receipts as codes
from handlers.rounds_of import RoundsOf
from handlers.turn import Act, Turn
from storage import audit, content_texts, organisation, people, receipts, self_reports
from storage.rounds import Round
from storage.self_reports import SelfReport

KIND = "self_report"
ROUNDS = RoundsOf(RoundKind.SELF_REPORT)
SHOW = "report-show"
CHANGE = "report-change"
LIST = "report-list"
BEHALF = "report-behalf"
SUMS = "report-sums"
READ = "report-read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose report it is, and in which cell they are asked today."""

    person: PersonId
    name: str
    cell: UnitId
    cell_name: str


class Standing(Enum):
    """What can be done with somebody's report in a round."""

    OPEN = auto()
    LATE = auto()  # after the deadline, nothing sent yet
    CLOSED = auto()  # after the deadline, and something was sent
    OVER = auto()  # another round has opened


async def standing(act: Act, found: Round, owner: Owner) -> Standing:
    """Before the deadline a report may be sent and changed; after it one may still be sent, as long as there is none
    and no other round has opened."""
    if act.now < found.due_at:
        return Standing.OPEN
    if await self_reports.newest_report(act.tx, found.id, owner.person) is not None:
        return Standing.CLOSED
    return Standing.LATE if await ROUNDS.is_current(act.tx, found, owner.cell) else Standing.OVER


async def criteria_of(act: Act, found: Round, cell: UnitId) -> CriteriaSet | None:
    """The set that asks the cell's members in this round: the one for its kind of cell today, or on the last day of
    the period when that is over, so that a set for the new year does not ask about the old one."""
    unit = await organisation.unit_of(act.tx, cell)
    content = act.house.content
    for day in (min(act.today, read_period(found.period).last_day), act.today):
        if unit is not None and unit.cell_kind is not None:
            criteria = criteria_for(content, kind=unit.cell_kind, on=day)
        else:
            # A cell of no known kind is asked what every kind is asked.
            general = [one for one in content.criteria if not one.cell_kinds]
            criteria = choose_criteria(general, kind=CellKind.VILLAGE, on=day)
        if criteria is not None:
            return criteria
    return None


async def criteria_sent(act: Act, criteria_hash: str) -> CriteriaSet:
    """The set that a report answered, as it was shown then."""
    now = next((one for one in act.house.content.criteria if one.edition.hash == criteria_hash), None)
    if now is not None:
        return now
    edition = await content_texts.text_by_hash(act.tx, criteria_hash)
    assert edition is not None, "the set of every report is kept"
    return kept_criteria(edition)


async def record(
    turn: Turn, found: Round, owner: Owner, *, criteria: CriteriaSet, answers: Answers, after: int
) -> SelfReport | None:
    """Keep the version that follows `after`; who spoke is who records it. The same answers sent again by the same
    person change nothing: the version that is there is given. None when another version came between."""
    if same := await _same(turn, found, owner, criteria, answers):
        return same
    await content_texts.keep_text(turn.tx, kind="criteria", edition=criteria.edition)
    code = codes.new_code(turn.house)
    if not await self_reports.add_report(
        turn.tx,
        round_id=found.id,
        person=owner.person,
        after=after,
        criteria_key=criteria.key,
        criteria_version=criteria.edition.version,
        criteria_hash=criteria.edition.hash,
        answers=encode_answers(answers),
        code=code.compact,
        submitted_by=turn.person.person_id,
    ):
        return await _same(turn, found, owner, criteria, answers)
    await receipts.add_receipt(turn.tx, code=code.compact, kind=KIND)
    await audit.record(
        turn.tx,
        actor=turn.person.person_id,
        action="self_report_sent",
        subject=f"person:{owner.person}",
        round=found.id,
        version=after + 1,
    )
    return await self_reports.newest_report(turn.tx, found.id, owner.person)


async def _same(turn: Turn, found: Round, owner: Owner, criteria: CriteriaSet, answers: Answers) -> SelfReport | None:
    """The newest version, if it is what would be recorded now."""
    newest = await self_reports.newest_report(turn.tx, found.id, owner.person)
    if newest is None:
        return None
    there = (newest.submitted_by, newest.criteria_hash, newest.answers)
    return newest if there == (turn.person.person_id, criteria.edition.hash, encode_answers(answers)) else None


async def sent(act: Act, found: Round, report: SelfReport) -> texts.Sent:
    """What is said of a report that was sent."""
    by = await people.who_is(act.tx, report.submitted_by) if report.on_behalf else None
    return texts.Sent(
        period=found.period,
        code=codes.shown(report.code),
        version=report.version,
        sent_at=report.submitted_at,
        due_at=found.due_at,
        by=by.full_name if by else "",
    )


def leads_as_secretary(turn: Turn, cell: UnitId) -> bool:
    """Whether who spoke is the secretary of exactly this cell; a deputy is not."""
    return any(role.role is Role.SECRETARY and role.unit_id == cell for role in turn.person.roles)


def own_choices(round_id: RoundId, *, may_change: bool) -> Sequence[Choice]:
    """What its owner can do with a report that was sent."""
    show = Choice(texts.SHOW, f"{SHOW}:{round_id}")
    return (show, Choice(texts.CHANGE, f"{CHANGE}:{round_id}")) if may_change else (show,)
