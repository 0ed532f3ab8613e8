"""The countdown to the yearly review (T-30 … T-1 before a cell's own deadline): to the secretary and deputy only, and
only while something is open in their cell. All cells of a calendar are due at one instant, so they are asked together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.chat import Choice, Message, Priority
from bot.domain.broadcast import Audience, AudienceKind
from bot.domain.ids import UnitId
from bot.domain.period import Period, read_period
from bot.domain.reminder import Planned
from bot.domain.rights import LEADERS
from bot.domain.rounds import RoundKind
from bot.texts import review as texts
from handlers.pledge_record import text_hash
from handlers.registry import RUN
from handlers.reminders import MISSING as MISSING_IN
from handlers.review import MISSING
from handlers.rounds import Prompt, Saying, step_key
from handlers.telling import Word, tell_each
from handlers.turn import Act
from storage import rounds, self_reviews, walks
from storage.rounds import Round

_SEE_PLEDGES = Choice(texts.SEE_PLEDGES, f"{RUN}:dscamket")
_SEE_REPORTS = Choice(texts.SEE_REPORTS, f"{RUN}:dsbaocao")


async def _say(act: Act, said: Sequence[Round], saying: Saying) -> None:
    cells = [found.unit_id for found in said]
    places = await walks.places_of(act.tx, cells)
    counts = await _counts(act, said, places)
    leaders = await walks.holders_of(act.tx, cells, LEADERS)
    texts_of = _Texts()
    words = []
    for found in said:
        here, whom = counts[found.unit_id], leaders.get(found.unit_id)
        message = (
            texts_of.countdown(found, here, cell=_name(places, found.unit_id), now=saying.due_at) if whom else None
        )
        if whom and message:
            key = step_key(found, saying.step)
            words += [Word(person, message, f"{key}:{person}") for person in whom]
    await tell_each(act, words, priority=Priority.REMINDER, due_at=saying.due_at, expires_at=saying.expires_at)


def _name(places: Mapping[UnitId, walks.Place], cell: UnitId) -> str:
    return places[cell].name if cell in places else ""


class _Texts:
    """The countdowns of cells that are due together: what many of them say alike is put into words once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Period, str]] = {}

    def countdown(self, found: Round, counts: texts.Counts, *, cell: str, now: datetime) -> Message | None:
        """The message; None when nothing is open."""
        alike = (found.period, found.due_at, now, counts.pledges, counts.reports, counts.report_period, counts.reviews)
        known = self._known.get(alike)
        if known is None:
            text = "" if counts.complete else texts.countdown_text(due_at=found.due_at, now=now, counts=counts)
            known = self._known[alike] = (read_period(found.period), text)
        period, text = known
        if not text:
            return None
        return Message(
            title=texts.countdown_title(cell=cell, period=period), text=text, choices=_choices(found, counts)
        )


def _choices(found: Round, counts: texts.Counts) -> tuple[Choice, ...]:
    missing = Choice(texts.MISSING, f"{MISSING}:{found.id}")
    pledges = counts.pledges is not None and counts.pledges[0] < counts.pledges[1]
    reports = counts.reports is not None and counts.reports[0] < counts.reports[1]
    return (missing, *([_SEE_PLEDGES] if pledges else []), *([_SEE_REPORTS] if reports else []))


async def _missed(act: Act, missed: Sequence[tuple[Round, Planned]]) -> None:
    cells = [found.unit_id for found, _ in missed]
    names = await walks.names_of(act.tx, cells)
    leaders = await walks.holders_of(act.tx, cells, LEADERS)
    words = []
    for found, planned in missed:
        message = texts.missed(
            cell=names.get(found.unit_id, ""),
            period=read_period(found.period),
            due_at=found.due_at,
            planned_at=planned.at,
        )
        key = f"missed:{found.id}:{planned.step}"
        words += [Word(person, message, f"{key}:{person}") for person in leaders.get(found.unit_id, ())]
    await tell_each(act, words)


PROMPT = Prompt(say=_say, missed=_missed)


# --------------------------------------------------------------------------------- what is done of what


async def _counts(
    act: Act, reviews: Sequence[Round], places: Mapping[UnitId, walks.Place]
) -> Mapping[UnitId, texts.Counts]:
    """What is done of what in each of these cells, now; in a few queries, however many they are."""
    cells = [found.unit_id for found in reviews]
    everybody = Audience(kind=AudienceKind.ALL, unit=UnitId(0))
    asked = await walks.counts_by_cell(act.tx, everybody, cells, text_hash=text_hash(act))
    handed_in = await self_reviews.handed_in_here(act.tx, [found.id for found in reviews])
    pledged = await _collected(act, RoundKind.PLEDGE, places, asked)
    reported = await _collected(act, RoundKind.SELF_REPORT, places, asked)
    found = {}
    for review in reviews:
        cell = review.unit_id
        _, pledges = pledged.get(cell, (None, None))
        report, reports = reported.get(cell, (None, None))
        found[cell] = texts.Counts(
            pledges=pledges,
            reports=reports,
            reviews=(handed_in.get(review.id, 0), asked.get(cell, 0)),
            report_period=read_period(report.period) if report else None,
        )
    return found


async def _collected(
    act: Act, kind: RoundKind, places: Mapping[UnitId, walks.Place], asked: Mapping[UnitId, int]
) -> Mapping[UnitId, tuple[Round, tuple[int, int]]]:
    """For each cell its newest round of a kind, and how many have done what it asks of how many."""
    units = {*places, *(unit for place in places.values() for unit in place.above)}
    newest = await rounds.newest_rounds(act.tx, kind, list(units))
    if not newest:
        return {}
    cells_of: dict[Round, list[UnitId]] = {}
    for cell, place in places.items():
        over = next((one for one in newest if one.unit_id == cell or one.unit_id in place.above), None)
        if over is not None:
            cells_of.setdefault(over, []).append(cell)
    collected = {}
    for one, cells in cells_of.items():
        audience = Audience(kind=MISSING_IN[kind], unit=one.unit_id, round_id=one.id)
        missing = await walks.counts_by_cell(act.tx, audience, cells, text_hash=text_hash(act))
        for cell in cells:
            of = asked.get(cell, 0)
            collected[cell] = (one, (of - missing.get(cell, 0), of))
    return collected
