"""How far a cell's yearly review is: its round, and what is done of what.

A review round is of one cell; pledges and self-reports count by the newest rounds over it.
"""

from collections.abc import Sequence

from bot.domain.ids import UnitId
from bot.domain.period import read_period
from bot.domain.rounds import RoundKind
from bot.texts.review import Counts
from handlers.pledge_record import text_hash
from handlers.rounds_of import RoundsOf
from handlers.turn import Act
from storage import organisation, pledges, rounds, self_reports, self_reviews
from storage.database import Tx
from storage.rounds import Round

REVIEWS = RoundsOf(RoundKind.REVIEW)
"""The review rounds; one is over its cell alone."""


async def review_of(tx: Tx, cell: UnitId) -> Round | None:
    """The cell's newest review round; None before its first."""
    return next(iter(await rounds.newest_rounds(tx, RoundKind.REVIEW, [cell])), None)


async def counts_of(act: Act, found: Round) -> Counts:
    """What is done of what in the cell of a review round, now."""
    path = await organisation.path_up(act.tx, found.unit_id)
    state = await self_reviews.review_state(act.tx, found)
    report = next(iter(await rounds.newest_rounds(act.tx, RoundKind.SELF_REPORT, path)), None)
    return Counts(
        pledges=await _pledges(act, path, found.unit_id),
        reports=await _reports(act, report, found.unit_id),
        reviews=(state.handed_in, state.asked),
        report_period=read_period(report.period) if report else None,
    )


async def _pledges(act: Act, path: Sequence[UnitId], cell: UnitId) -> tuple[int, int] | None:
    for found in await rounds.newest_rounds(act.tx, RoundKind.PLEDGE, path):
        state = await pledges.pledge_state(act.tx, found, text_hash=text_hash(act), unit=cell)
        return state.confirmed, state.asked
    return None


async def _reports(act: Act, found: Round | None, cell: UnitId) -> tuple[int, int] | None:
    if found is None:
        return None
    state = await self_reports.report_state(act.tx, found, cell)
    return state.sent, state.asked
