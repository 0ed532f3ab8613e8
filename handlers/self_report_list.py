"""The self-reports of a cell for those who lead or watch it: counts, who is missing, who has sent; not what they wrote.

Only who leads the cell is offered to act. The view is made anew at every press and replaces the message whose button
was pressed. Members learn nothing of each other.
"""

from collections.abc import Sequence

from bot.chat import Choice
from bot.domain.ids import UnitId
from bot.domain.rights import Right
from bot.texts import cell_lists as list_texts
from bot.texts import self_report_list as texts
from bot.texts.self_report_sent import SEE_LIST
from handlers import self_report
from handlers.cell_lists import page_at, remind, ways_on
from handlers.choosing import names_apart
from handlers.declare import Action, Args, number
from handlers.registry import RUN, Offer, Task
from handlers.self_report_record import BEHALF, LIST, READ, ROUNDS, SUMS, leads_as_secretary
from handlers.turn import Turn
from storage import audit, self_reports
from storage.organisation import Unit
from storage.rounds import Round
from storage.self_reports import ReportState

COMMAND = "dsbaocao"
SENT = "report-sent"
REMIND = "report-remind"


def offer() -> Offer:
    """The view of one cell, its reminder, and what is open for a secretary."""
    return Offer(
        actions=(
            Action(verb=LIST, right=Right.WATCH, over=ROUNDS.over_cell, run=_list),
            Action(verb=SENT, right=Right.WATCH, over=ROUNDS.over_cell, run=_sent),
            Action(verb=REMIND, right=Right.LEAD, over=ROUNDS.over_cell, run=_remind),
        ),
        tasks=_tasks,
    )


def list_choice(found: Round, cell: UnitId) -> Choice:
    """The button that shows the cell's reports."""
    return Choice(SEE_LIST, f"{LIST}:{found.id}:{cell}:0")


def sums_choice(found: Round, unit: UnitId) -> Choice:
    """The button that shows what the unit's reports say together."""
    return Choice(texts.SUMS, f"{SUMS}:{found.id}:{unit}")


def heading(turn: Turn, found: Round, unit: Unit, state: ReportState) -> texts.Heading:
    """What stands above everything that is shown of a unit."""
    return texts.Heading(
        period=found.period,
        unit=unit.name,
        due_at=found.due_at,
        is_late=turn.now >= found.due_at,
        asked=state.asked,
        sent=state.sent,
        seen_at=turn.now,
    )


async def show_cell(turn: Turn, found: Round, cell: Unit, *, page: int = 0) -> None:
    """The counts of the cell and who is missing. The caller has checked the right."""
    lines = await self_reports.report_lines(turn.tx, found, cell.id)
    missing = [line.member for line in lines if line.report is None]
    state = ReportState(asked=len(lines), sent=len(lines) - len(missing))
    shown = page_at(
        [
            list_texts.missing_line(name, linked=member.linked, reachable=member.reachable)
            for member, name in zip(missing, names_apart(missing), strict=True)
        ],
        page,
    )
    here = f"{found.id}:{cell.id}"
    choices = []
    if await turn.may(Right.LEAD, cell.id) and await ROUNDS.is_current(turn.tx, found, cell.id):
        if missing:
            choices.append(Choice(list_texts.REMIND, f"{REMIND}:{here}"))
        if missing or turn.now < found.due_at:
            choices.append(Choice(list_texts.ON_BEHALF, f"{BEHALF}:{here}"))
    choices += [Choice(texts.SEE_SENT, f"{SENT}:{here}:0"), sums_choice(found, cell.id)]
    choices += await ways_on(turn, shown, verb=LIST, here=here, command=COMMAND)
    turn.answer(
        texts.missing_list(
            heading(turn, found, cell, state), shown.lines, page=shown.number + 1, pages=shown.pages, choices=choices
        )
    )


async def _list(turn: Turn, args: Args) -> None:
    await show_cell(turn, *await ROUNDS.place(turn.tx, args), page=number(args, 2) or 0)


async def _sent(turn: Turn, args: Args) -> None:
    found, cell = await ROUNDS.place(turn.tx, args)
    lines = await self_reports.report_lines(turn.tx, found, cell.id)
    named = zip(lines, names_apart([line.member for line in lines]), strict=True)
    sent = [
        texts.sent_line(
            name,
            sent_at=line.report.submitted_at,
            version=line.report.version,
            is_late=line.report.submitted_at >= found.due_at,
            on_behalf=line.report.on_behalf,
        )
        for line, name in named
        if line.report is not None
    ]
    shown = page_at(sent, number(args, 2) or 0)
    here = f"{found.id}:{cell.id}"
    choices = [Choice(list_texts.SEE_MISSING, f"{LIST}:{here}:0")]
    if sent and leads_as_secretary(turn, cell.id):
        choices.append(Choice(texts.READ, f"{READ}:{here}"))
    choices += [sums_choice(found, cell.id), *await ways_on(turn, shown, verb=SENT, here=here, command=COMMAND)]
    head = heading(turn, found, cell, ReportState(asked=len(lines), sent=len(sent)))
    turn.answer(texts.sent_list(head, shown.lines, page=shown.number + 1, pages=shown.pages, choices=choices))


async def _remind(turn: Turn, args: Args) -> None:
    """Remind whoever is missing at this moment and can be reached, at most once a day and person."""
    found, cell = await ROUNDS.place(turn.tx, args)
    if not await ROUNDS.is_current(turn.tx, found, cell.id):
        turn.answer(texts.round_over(found.period))
        return
    missing = await self_reports.missing_reports(turn.tx, found, cell.id)
    if not missing:
        turn.answer(texts.nobody_missing())
        return
    message = texts.please_report(
        period=found.period,
        due_at=found.due_at,
        is_late=turn.now >= found.due_at,
        data=f"{RUN}:{self_report.COMMAND}",
    )
    told = await remind(turn, missing, message, key=f"report-ask:{found.id}")
    turn.answer(
        list_texts.reminded(
            told, not_done=texts.NOT_SENT, by_oneself=texts.BY_ONESELF, choices=[list_choice(found, cell.id)]
        )
    )
    await audit.record(
        turn.tx, actor=turn.person.person_id, action="self_report_reminded", subject=f"unit:{cell.id}", round=found.id
    )


async def _tasks(turn: Turn) -> Sequence[Task]:
    tasks = []
    for unit in await turn.units_with(Right.LEAD):
        for found in (await ROUNDS.over(turn.tx, unit.id))[:1]:
            state = await self_reports.report_state(turn.tx, found, unit.id)
            if state.missing:
                line = texts.lead_task(period=found.period, cell=unit.name, missing=state.missing)
                tasks.append(Task(text=line, choice=list_choice(found, unit.id)))
    return tasks
