"""/dscamket: the pledges of a cell for those who lead or watch it: counts, who is missing, who has confirmed.

The upper member in charge and officers see; only who leads the cell is offered to act. The view is made anew at every
press and replaces the message whose button was pressed. Members learn nothing of each other.
"""

from collections.abc import Sequence

from bot.chat import Choice
from bot.domain.ids import UnitId
from bot.domain.rights import Right
from bot.texts import pledge_list as texts
from bot.texts.cell_lists import ON_BEHALF as ON_BEHALF_LABEL
from bot.texts.cell_lists import REMIND as REMIND_LABEL
from bot.texts.cell_lists import SEE_MISSING, missing_line
from handlers import pledge
from handlers.cell_lists import page_at, remind, ways_on
from handlers.choosing import names_apart
from handlers.declare import Action, Args, number
from handlers.pledge_record import ROUNDS, text_hash
from handlers.registry import RUN, Offer, Task
from handlers.turn import Turn
from storage import audit, pledges
from storage.organisation import Unit
from storage.pledges import Pledge, PledgeLine
from storage.rounds import Round

COMMAND = "dscamket"
LIST = "pledge-list"
SIGNED = "pledge-signed"
REMIND = "pledge-remind"
PAPER = "pledge-paper"
ON_BEHALF = "pledge-behalf"


def offer() -> Offer:
    """The view of one cell, its reminder, and what is open for a secretary."""
    return Offer(
        actions=(
            Action(verb=LIST, right=Right.WATCH, over=ROUNDS.over_cell, run=_list),
            Action(verb=SIGNED, right=Right.WATCH, over=ROUNDS.over_cell, run=_signed),
            Action(verb=REMIND, right=Right.LEAD, over=ROUNDS.over_cell, run=_remind),
        ),
        tasks=_tasks,
    )


async def show_cell(turn: Turn, found: Round, cell: Unit, *, page: int = 0) -> None:
    """The counts of the cell and who is missing. The caller has checked the right."""
    lines = await pledges.pledge_lines(turn.tx, found, text_hash=text_hash(turn), unit=cell.id)
    missing = [line.member for line in lines if line.pledge is None]
    names = [
        missing_line(name, linked=member.linked, reachable=member.reachable)
        for member, name in zip(missing, names_apart(missing), strict=True)
    ]
    shown = page_at(names, page)
    heading = _heading(turn, found, cell, lines)
    leads = await turn.may(Right.LEAD, cell.id) and await ROUNDS.is_current(turn.tx, found, cell.id)
    here = f"{found.id}:{cell.id}"
    choices = _lead_choices(heading, here) if leads else []
    choices.append(Choice(texts.SEE_SIGNED, f"{SIGNED}:{here}:0"))
    choices += await ways_on(turn, shown, verb=LIST, here=here, command=COMMAND)
    turn.answer(texts.missing_list(heading, shown.lines, page=shown.number + 1, pages=shown.pages, choices=choices))


def list_choice(found: Round, cell: UnitId) -> Choice:
    """The button that shows the cell's pledges."""
    return Choice(texts.SEE_LIST, f"{LIST}:{found.id}:{cell}:0")


async def _list(turn: Turn, args: Args) -> None:
    await show_cell(turn, *await ROUNDS.place(turn.tx, args), page=number(args, 2) or 0)


async def _signed(turn: Turn, args: Args) -> None:
    found, cell = await ROUNDS.place(turn.tx, args)
    lines = await pledges.pledge_lines(turn.tx, found, text_hash=text_hash(turn), unit=cell.id)
    names = names_apart([line.member for line in lines])
    signed = [_signed_line(found, line.pledge, name) for line, name in zip(lines, names, strict=True) if line.pledge]
    shown = page_at(signed, number(args, 2) or 0)
    here = f"{found.id}:{cell.id}"
    choices = [
        Choice(SEE_MISSING, f"{LIST}:{here}:0"),
        *await ways_on(turn, shown, verb=SIGNED, here=here, command=COMMAND),
    ]
    heading = _heading(turn, found, cell, lines)
    turn.answer(texts.signed_list(heading, shown.lines, page=shown.number + 1, pages=shown.pages, choices=choices))


def _signed_line(found: Round, pledge: Pledge, name: str) -> str:
    return texts.signed_line(
        name,
        recorded_at=pledge.recorded_at,
        is_late=pledge.recorded_at > found.due_at,
        on_behalf=pledge.on_behalf,
        paper_signed=pledge.paper_signed_at is not None,
    )


def _heading(turn: Turn, found: Round, cell: Unit, lines: Sequence[PledgeLine]) -> texts.Heading:
    return texts.Heading(
        period=found.period,
        cell=cell.name,
        due_at=found.due_at,
        is_late=turn.now >= found.due_at,
        asked=len(lines),
        confirmed=sum(line.pledge is not None for line in lines),
        paper_signed=sum(line.pledge is not None and line.pledge.paper_signed_at is not None for line in lines),
        seen_at=turn.now,
    )


def _lead_choices(heading: texts.Heading, here: str) -> list[Choice]:
    choices = []
    if heading.missing:
        choices += [Choice(REMIND_LABEL, f"{REMIND}:{here}"), Choice(ON_BEHALF_LABEL, f"{ON_BEHALF}:{here}")]
    if heading.confirmed:
        choices.append(Choice(texts.PAPER, f"{PAPER}:{here}"))
    return choices


# ------------------------------------------------------------------------------------- reminding


async def _remind(turn: Turn, args: Args) -> None:
    """Remind whoever is missing at this moment and can be reached, at most once a day and person."""
    found, cell = await ROUNDS.place(turn.tx, args)
    if not await ROUNDS.is_current(turn.tx, found, cell.id):
        turn.answer(texts.round_over(found.period))
        return
    missing = await pledges.missing_pledges(turn.tx, found, text_hash=text_hash(turn), unit=cell.id)
    if not missing:
        turn.answer(texts.nobody_missing())
        return
    message = texts.please_sign(
        period=found.period, due_at=found.due_at, is_late=turn.now >= found.due_at, data=f"{RUN}:{pledge.COMMAND}"
    )
    told = await remind(turn, missing, message, key=f"pledge-ask:{found.id}")
    turn.answer(texts.reminded(told, choices=[list_choice(found, cell.id)]))
    await audit.record(
        turn.tx, actor=turn.person.person_id, action="pledge_reminded", subject=f"unit:{cell.id}", round=found.id
    )


# ------------------------------------------------------------------------------------------ /toi


async def _tasks(turn: Turn) -> Sequence[Task]:
    tasks = []
    for unit in await turn.units_with(Right.LEAD):
        for found in (await ROUNDS.over(turn.tx, unit.id))[:1]:
            state = await pledges.pledge_state(turn.tx, found, text_hash=text_hash(turn), unit=unit.id)
            if state.missing:
                line = texts.lead_task(period=found.period, cell=unit.name, missing=state.missing)
                tasks.append(Task(text=line, choice=list_choice(found, unit.id)))
    return tasks
