"""The countdown to the yearly review (T-30 … T-1 before a cell's own deadline): to the secretary and deputy only, and
only while something is open in their cell. All cells of a calendar are due at one instant, so they are asked together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.chat import Choice, Message, Priority
from bot.domain.broadcast import Audience
from bot.domain.ids import UnitId
from bot.domain.period import read_period
from bot.domain.reminder import Planned
from bot.domain.rights import LEADERS
from bot.domain.rounds import RoundKind
from bot.template import BLANK, Template
from bot.texts import review as texts
from handlers.pledge_record import text_hash
from handlers.registry import RUN
from handlers.reminders import MISSING as MISSING_IN
from handlers.review import MISSING
from handlers.rounds import Prompt, Saying, step_key
from handlers.telling import Word, tell_each
from handlers.turn import Act
from storage import rounds, self_reviews, walks
from storage.addresses import reach_holders
from storage.rounds import DueRounds, Round
from storage.self_reviews import ReviewedCell

_SEE_PLEDGES = Choice(texts.SEE_PLEDGES, f"{RUN}:dscamket")
_SEE_REPORTS = Choice(texts.SEE_REPORTS, f"{RUN}:dsbaocao")


class _Collected(NamedTuple):
    """What a cell's newest round of a kind has collected: of how many, how many have done it."""

    period: str
    done: int
    asked: int

    @property
    def counts(self) -> tuple[int, int]:
        return self.done, self.asked


_NOTHING = (None, None)


async def _say(act: Act, said: DueRounds, saying: Saying) -> None:
    cells = await self_reviews.reviewed_cells(act.tx, said.units)
    leaders = await reach_holders(act.tx, [cell.unit_id for cell in cells], LEADERS)
    collected = await _collected(act, cells)
    countdowns = _Countdowns(said, now=saying.due_at)
    words = []
    for cell in cells:
        whom = leaders.get(cell.unit_id)
        message = countdowns.of(cell, *collected.get(cell.unit_id, _NOTHING)) if whom else None
        if whom and message:
            key = step_key(said.kind, cell.round_id, saying.step)
            blanks = (cell.name or "", cell.round_id)
            words += [Word(person, address, f"{key}:{person}", message, blanks) for person, address in whom.items()]
    await tell_each(act, words, priority=Priority.REMINDER, due_at=saying.due_at, expires_at=saying.expires_at)


class _Countdowns:
    """The countdowns of cells that are due together. Cells in the same state are told the same, but for their name and
    for the round that a choice asks about."""

    def __init__(self, said: DueRounds, *, now: datetime) -> None:
        self._due_at, self._now = said.due_at, now
        self._period = read_period(said.period)
        self._known: dict[tuple[object, ...], Template | None] = {}

    def of(self, cell: ReviewedCell, pledges: _Collected | None, reports: _Collected | None) -> Template | None:
        """What its secretary is told; None when nothing is open."""
        state = (pledges, reports, cell.handed_in, cell.asked)
        try:
            return self._known[state]
        except KeyError:
            said = self._known[state] = self._put_into_words(cell, pledges, reports)
            return said

    def _put_into_words(
        self, cell: ReviewedCell, pledges: _Collected | None, reports: _Collected | None
    ) -> Template | None:
        counts = texts.Counts(
            pledges=pledges.counts if pledges else None,
            reports=reports.counts if reports else None,
            reviews=(cell.handed_in, cell.asked),
            report_period=read_period(reports.period) if reports else None,
        )
        if counts.complete:
            return None
        lists = ((pledges, _SEE_PLEDGES), (reports, _SEE_REPORTS))
        message = Message(
            title=texts.countdown_title(cell=BLANK, period=self._period),
            text=texts.countdown_text(due_at=self._due_at, now=self._now, counts=counts),
            choices=(
                Choice(texts.MISSING, f"{MISSING}:{BLANK}"),
                *(choice for of, choice in lists if of is not None and of.done < of.asked),
            ),
        )
        return Template(message, has_blanks=True)


async def _missed(act: Act, late: DueRounds, missed: Sequence[Planned]) -> None:
    cells = list(late.units.values())
    names = await walks.names_of(act.tx, cells)
    leaders = await reach_holders(act.tx, cells, LEADERS)
    period = read_period(late.period)
    words = []
    for found, cell in late.units.items():
        for planned in missed:
            said = texts.missed(cell=names.get(cell, ""), period=period, due_at=late.due_at, planned_at=planned.at)
            key = f"missed:{found}:{planned.step}"
            reached = leaders.get(cell, {}).items()
            words += [Word(person, address, f"{key}:{person}", Template(said)) for person, address in reached]
    await tell_each(act, words)


PROMPT = Prompt(say=_say, missed=_missed)


# --------------------------------------------------------------------------------- what is done of what


async def _collected(
    act: Act, cells: Sequence[ReviewedCell]
) -> Mapping[UnitId, tuple[_Collected | None, _Collected | None]]:
    """What the pledges and the self-reports of each of these cells have collected, now; in a few queries, however many
    they are. Cells without any are left out."""
    here = [cell for cell in cells if cell.name is not None]
    above = await walks.ways_up(act.tx, {cell.parent_id for cell in here if cell.parent_id is not None})
    pledges = await _collected_by(act, RoundKind.PLEDGE, here, above)
    reports = await _collected_by(act, RoundKind.SELF_REPORT, here, above)
    return {unit: (pledges.get(unit), reports.get(unit)) for unit in {**pledges, **reports}}


async def _collected_by(
    act: Act, kind: RoundKind, cells: Sequence[ReviewedCell], above: Mapping[UnitId, frozenset[UnitId]]
) -> Mapping[UnitId, _Collected]:
    """For each cell what its newest round of a kind has collected."""
    units = {cell.unit_id for cell in cells}.union(*above.values())
    newest = await rounds.newest_rounds(act.tx, kind, list(units))
    if not newest:
        return {}
    over: dict[Round, list[ReviewedCell]] = {}
    nowhere: frozenset[UnitId] = frozenset()
    for cell in cells:
        way = above.get(cell.parent_id, nowhere) if cell.parent_id is not None else nowhere
        found = next((one for one in newest if one.unit_id == cell.unit_id or one.unit_id in way), None)
        if found is not None:
            over.setdefault(found, []).append(cell)
    collected = {}
    for one, theirs in over.items():
        audience = Audience(kind=MISSING_IN[kind], unit=one.unit_id, round_id=one.id)
        units_of = [cell.unit_id for cell in theirs]
        missing = await walks.counts_by_cell(act.tx, audience, units_of, text_hash=text_hash(act))
        for cell in theirs:
            done = cell.asked - missing.get(cell.unit_id, 0)
            collected[cell.unit_id] = _Collected(one.period, done, cell.asked)
    return collected
