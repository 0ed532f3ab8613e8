"""The countdown to the yearly review (T-30 … T-1 before a cell's own deadline): to the secretary and deputy only, and
only while something is open in their cell. All cells of a calendar are due at one instant, so they are asked together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.chat import Choice, Message, Priority
from bot.domain.broadcast import Audience, AudienceKind
from bot.domain.ids import UnitId
from bot.domain.period import read_period
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

Pairs = Mapping[UnitId, tuple[int, int]]
"""Done and of how many, by cell."""


async def _say(act: Act, said: Sequence[tuple[Round, Saying]]) -> None:
    cells = [found.unit_id for found, _ in said]
    counts = await _counts(act, [found for found, _ in said])
    names = await walks.names_of(act.tx, cells)
    leaders = await walks.holders_of(act.tx, cells, LEADERS)
    by_saying: dict[Saying, list[Word]] = {}
    for found, saying in said:
        here = counts[found.unit_id]
        if here.complete:
            continue
        message = _countdown(found, here, cell=names.get(found.unit_id, ""), now=saying.due_at)
        key = step_key(found, saying.step)
        words = by_saying.setdefault(saying, [])
        words += [Word(person, message, f"{key}:{person}") for person in leaders.get(found.unit_id, ())]
    for saying, words in by_saying.items():
        await tell_each(act, words, priority=Priority.REMINDER, due_at=saying.due_at, expires_at=saying.expires_at)


def _countdown(found: Round, counts: texts.Counts, *, cell: str, now: datetime) -> Message:
    choices = [Choice(texts.MISSING, f"{MISSING}:{found.id}")]
    if counts.pledges is not None and counts.pledges[0] < counts.pledges[1]:
        choices.append(Choice(texts.SEE_PLEDGES, f"{RUN}:dscamket"))
    if counts.reports is not None and counts.reports[0] < counts.reports[1]:
        choices.append(Choice(texts.SEE_REPORTS, f"{RUN}:dsbaocao"))
    return texts.countdown(
        cell=cell, period=read_period(found.period), due_at=found.due_at, now=now, counts=counts, choices=choices
    )


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


async def _counts(act: Act, reviews: Sequence[Round]) -> Mapping[UnitId, texts.Counts]:
    """What is done of what in each of these cells, now; in a few queries, however many they are."""
    cells = [found.unit_id for found in reviews]
    ways = await walks.ways_up(act.tx, cells)
    everybody = Audience(kind=AudienceKind.ALL, unit=UnitId(0))
    asked = await walks.counts_by_cell(act.tx, everybody, cells, text_hash=text_hash(act))
    handed_in = await self_reviews.handed_in_here(act.tx, [found.id for found in reviews])
    pledged = await _collected(act, RoundKind.PLEDGE, ways, asked)
    reported = await _collected(act, RoundKind.SELF_REPORT, ways, asked)
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
    act: Act, kind: RoundKind, ways: Mapping[UnitId, Sequence[UnitId]], asked: Mapping[UnitId, int]
) -> Mapping[UnitId, tuple[Round, tuple[int, int]]]:
    """For each cell its newest round of a kind, and how many have done what it asks of how many."""
    newest = await rounds.newest_rounds(act.tx, kind, walks.padded({unit for way in ways.values() for unit in way}))
    cells_of: dict[Round, list[UnitId]] = {}
    for cell, way in ways.items():
        over = next((one for one in newest if one.unit_id in way), None)
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
