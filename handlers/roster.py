"""/mauexcel and /nhapdanhsach: an officer sends the roster of their committee, sees what it would change, confirms.

The file is stored and checked right after (handlers/roster_checking.py); what came of it, and the confirmation, is the
dialogue's second step (handlers/roster_confirming.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat import Choice
from bot.domain.ids import UnitId
from bot.domain.organisation import UnitKind
from bot.domain.rights import Right
from bot.domain.roster import BYTES_LIMIT
from bot.domain.roster_import import KEEP
from bot.texts import common
from bot.texts import roster_import as texts
from handlers import dialogue as engine
from handlers import roster_checking
from handlers.declare import (
    Action,
    Answer,
    Args,
    Chose,
    Command,
    Gave,
    Go,
    Journey,
    Move,
    Pick,
    Question,
    Stay,
    Step,
    number,
)
from handlers.registry import RUN, Offer, Task
from handlers.roster_confirming import ask_sent, committee, ended, receive, take_sent
from handlers.roster_papers import PAPERS, TEMPLATE
from handlers.turn import Turn
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.organisation import cells_below, unit_of

COMMAND = "nhapdanhsach"
BEGIN = "roster-at"


def offer() -> Offer:
    """What officers are offered."""
    return Offer(
        commands=(
            Command(name=COMMAND, right=Right.OFFICE, run=_command, about=texts.ABOUT, also=texts.WORDS),
            Command(
                name="mauexcel",
                right=Right.OFFICE,
                run=_template,
                about=texts.ABOUT_TEMPLATE,
                also=texts.WORDS_TEMPLATE,
            ),
        ),
        actions=(Action(verb=BEGIN, right=Right.OFFICE, over=_unit, run=_begin),),
        journeys=(JOURNEY,),
        papers=PAPERS,
        dues=(roster_checking.due(JOURNEY),),
        tasks=_tasks,
    )


async def _template(turn: Turn, _rest: str) -> None:
    turn.answer(texts.template(TEMPLATE, send=f"{RUN}:{COMMAND}"))


async def _unit(tx: Tx, args: Args) -> UnitId | None:
    name = number(args)
    found = await unit_of(tx, UnitId(name)) if name is not None else None
    return found.id if found and found.kind is UnitKind.COMMITTEE else None


async def _command(turn: Turn, _rest: str) -> None:
    units = [unit for unit in await turn.units_with(Right.OFFICE) if unit.kind is UnitKind.COMMITTEE]
    if not units:
        turn.answer(texts.no_committee())
    elif len(units) == 1:
        await engine.begin(turn, JOURNEY, str(units[0].id))
    else:
        turn.answer(texts.which_unit([(unit.name, f"{BEGIN}:{unit.id}") for unit in units]))


async def _tasks(turn: Turn) -> Sequence[Task]:
    """A committee without a cell waits for its roster: nothing else can begin before."""
    if not await turn.may(Right.OFFICE):
        return ()
    return [
        Task(text=texts.no_cells_yet(unit.name), choice=Choice(texts.ABOUT, f"{RUN}:{COMMAND}"))
        for unit in await turn.units_with(Right.OFFICE)
        if not await cells_below(turn.tx, unit.id)
    ]


async def _begin(turn: Turn, args: Args) -> None:
    await engine.begin(turn, JOURNEY, args[0])


async def _start(_turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    return Go(step="file")


async def _ask_file(turn: Turn, dialogue: Dialogue) -> Question:
    unit = await committee(turn, dialogue)
    return Question(
        text=texts.send_roster(unit=unit.name, limit=BYTES_LIMIT), picks=(Pick(texts.GET_TEMPLATE, "template"),)
    )


async def _take_file(turn: Turn, dialogue: Dialogue, answer: Answer) -> Move:
    match answer:
        case Gave():
            return await receive(turn, dialogue, answer)
        case Chose():
            turn.answer(texts.template(TEMPLATE, send=None))
            turn.origin = f"{RUN}:mauexcel"
            return Stay("")
        case _:
            return Stay(common.send_file())


JOURNEY = Journey(
    name="roster",
    right=Right.OFFICE,
    title=texts.TITLE,
    start=_start,
    over=_unit,
    steps={
        "file": Step(ask=_ask_file, take=_take_file, file_limit=BYTES_LIMIT),
        roster_checking.WAITING: Step(ask=ask_sent, take=take_sent, file_limit=BYTES_LIMIT),
    },
    keep=KEEP,
    ended=ended,
)
