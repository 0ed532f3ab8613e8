"""/dsbaocao: a cell's reports at once for who watches only one; otherwise all cells with their counts, and what all of
their reports say together, criterion by criterion, without names.

Sums are shown from three reports on: fewer would give a person's answers away.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from bot.chat import Choice
from bot.domain.ids import UnitId
from bot.domain.organisation import UnitKind
from bot.domain.rights import Right
from bot.domain.self_report import FEWEST, decode_answers, roll_up
from bot.texts import cell_lists as list_texts
from bot.texts import common
from bot.texts import self_report_list as texts
from handlers import choosing
from handlers import dialogue as engine
from handlers.cell_lists import rounds_for, watched
from handlers.declare import Action, Args, Command, End, Go, Journey, Move, Pick
from handlers.registry import RUN, Offer
from handlers.self_report_list import COMMAND, heading, list_choice, show_cell
from handlers.self_report_record import ROUNDS, SUMS, criteria_sent
from handlers.turn import Turn
from storage import organisation, self_reports
from storage.dialogues import Dialogue
from storage.organisation import Unit
from storage.rounds import Round
from storage.self_reports import CellReports, Nameless

_CELL = "cell"
_ALL = "all"


def offer() -> Offer:
    """The command, the dialogue that chooses a cell, and the sums."""
    return Offer(
        commands=(Command(name=COMMAND, right=Right.WATCH, run=_command, about=texts.ABOUT, also=texts.WORDS),),
        actions=(Action(verb=SUMS, right=Right.WATCH, over=ROUNDS.over_unit, run=_sums),),
        journeys=(JOURNEY,),
    )


async def _command(turn: Turn, _rest: str) -> None:
    units = await turn.units_with(Right.WATCH)
    if len(units) == 1 and units[0].kind is UnitKind.CELL:
        await _show(turn, units[0])
    elif not [one for unit in units for one in await rounds_for(turn, ROUNDS, unit)]:
        turn.answer(texts.no_round())
    elif not await _watched(turn):
        turn.answer(texts.no_cell())
    else:
        await engine.begin(turn, JOURNEY, fresh=True)


async def _show(turn: Turn, cell: Unit) -> None:
    here = await ROUNDS.over(turn.tx, cell.id)
    if here:
        await show_cell(turn, here[0], cell)
    else:
        turn.answer(texts.no_round())


async def _watched(turn: Turn) -> Sequence[tuple[Round, CellReports]]:
    async def count(found: Round, top: UnitId) -> Sequence[CellReports]:
        return await self_reports.reports_by_cell(turn.tx, found, top)

    return await watched(turn, ROUNDS, count)


# --------------------------------------------------------------------------------- choosing a cell


async def _start(turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    cells = await _watched(turn)
    rows = [
        (cell.cell_id, cell.cell_name, list_texts.cell_note(asked=cell.state.asked, done=cell.state.sent))
        for _found, cell in cells
    ]
    lead = texts.all_cells(
        periods=sorted({found.period for found, _cell in cells}),
        asked=sum(cell.state.asked for _found, cell in cells),
        sent=sum(cell.state.sent for _found, cell in cells),
    )
    return choosing.among_cells(_CELL, rows, keep={"lead": lead})


async def _lead(_turn: Turn, dialogue: Dialogue) -> str:
    return str(dialogue.answers["lead"])


async def _chosen(turn: Turn, _dialogue: Dialogue, cell: UnitId) -> Move:
    unit = await organisation.unit_of(turn.tx, cell)
    if unit is not None and await turn.may(Right.WATCH, cell):
        await _show(turn, unit)
    else:
        turn.answer(common.not_allowed())
    return End()


async def _picked(turn: Turn, _dialogue: Dialogue, _value: str) -> Move:
    """The sums of everything that who asks watches."""
    for unit in await turn.units_with(Right.WATCH):
        for found, top in await rounds_for(turn, ROUNDS, unit):
            below = await organisation.unit_of(turn.tx, top)
            if below is not None:
                await show_sums(turn, found, below)
    return End()


JOURNEY = Journey(
    name="report-cells",
    right=Right.WATCH,
    title=texts.CELLS_TITLE,
    start=_start,
    steps={
        _CELL: choosing.cell_step(text=_lead, then=_chosen, picks=(Pick(texts.SUMS, _ALL, plain=True),), picked=_picked)
    },
    keep=timedelta(days=1),
)


# -------------------------------------------------------------------------------------------- sums


async def _sums(turn: Turn, args: Args) -> None:
    found, unit = await ROUNDS.place(turn.tx, args)
    if unit.kind is not UnitKind.CELL and not await turn.may(Right.OFFICE, unit.id):
        turn.answer(common.not_allowed())  # in charge of a committee, not of its cells
        return
    await show_sums(turn, found, unit)


async def show_sums(turn: Turn, found: Round, unit: Unit) -> None:
    """What the reports below the unit say together. The caller has checked the right."""
    state = await self_reports.report_state(turn.tx, found, unit.id)
    reports = sorted(
        await self_reports.nameless_reports(turn.tx, found, unit.id), key=lambda report: report.criteria_key
    )
    of_sets = [await _sum(turn, list(same)) for _key, same in groupby(reports, key=lambda report: report.criteria_key)]
    back = Choice(texts.SEE_CELLS, f"{RUN}:{COMMAND}", nav=True)
    choices = [list_choice(found, unit.id) if unit.kind is UnitKind.CELL else back]
    turn.answer(texts.sums(heading(turn, found, unit, state), of_sets, turn.house.content.movement, choices=choices))


async def _sum(turn: Turn, reports: Sequence[Nameless]) -> texts.Sum:
    # As the newest report was asked; of those that answered an older edition, what still fits.
    criteria = await criteria_sent(turn, reports[-1].criteria_hash)
    if len(reports) < FEWEST:
        return texts.Sum(criteria, len(reports), ())
    totals = roll_up(criteria, (decode_answers(criteria, report.answers) for report in reports))
    return texts.Sum(criteria, len(reports), totals)
