"""/dscamket over many cells: each with its counts, those with the most missing first, and the way into one of them.

Who leads or watches only one cell is shown that one at once.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.domain.ids import UnitId
from bot.domain.organisation import UnitKind
from bot.domain.rights import Right
from bot.texts import common
from bot.texts import pledge_list as texts
from bot.texts.cell_lists import cell_note
from handlers import choosing
from handlers import dialogue as engine
from handlers.cell_lists import rounds_for, watched
from handlers.declare import Command, End, Go, Journey, Move
from handlers.pledge_list import COMMAND, show_cell
from handlers.pledge_record import ROUNDS, text_hash
from handlers.registry import Offer
from handlers.turn import Turn
from storage import organisation, pledges
from storage.dialogues import Dialogue
from storage.organisation import Unit
from storage.pledges import CellPledges
from storage.rounds import Round

_CELL = "cell"


def offer() -> Offer:
    """The command, and the dialogue that chooses a cell."""
    return Offer(
        commands=(Command(name=COMMAND, right=Right.WATCH, run=_command, about=texts.ABOUT, also=texts.WORDS),),
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


async def _watched(turn: Turn) -> Sequence[tuple[Round, CellPledges]]:
    async def count(found: Round, top: UnitId) -> Sequence[CellPledges]:
        return await pledges.pledges_by_cell(turn.tx, found, text_hash=text_hash(turn), unit=top)

    return await watched(turn, ROUNDS, count)


# --------------------------------------------------------------------------------- the dialogue


async def _start(turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    cells = await _watched(turn)
    rows = [
        (cell.cell_id, cell.cell_name, cell_note(asked=cell.state.asked, done=cell.state.confirmed))
        for _found, cell in cells
    ]
    lead = texts.all_cells(
        periods=sorted({found.period for found, _cell in cells}),
        asked=sum(cell.state.asked for _found, cell in cells),
        confirmed=sum(cell.state.confirmed for _found, cell in cells),
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


JOURNEY = Journey(
    name="pledge-cells",
    right=Right.WATCH,
    title=texts.CELLS_TITLE,
    start=_start,
    steps={_CELL: choosing.cell_step(text=_lead, then=_chosen)},
    keep=timedelta(days=1),
)
