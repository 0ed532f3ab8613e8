"""/dscamket: the pledges of a cell for those who lead or watch it: counts, who is missing, who has confirmed.

The upper member in charge and officers see; only who leads the cell is offered to act. The view is made anew at every
press and replaces the message whose button was pressed. Members learn nothing of each other.
"""

from collections.abc import Sequence

from bot.chat import Choice
from bot.domain.ids import UnitId
from bot.domain.reminder import hold
from bot.domain.rights import Right
from bot.texts import choosing as choosing_texts
from bot.texts import pledge_list as texts
from handlers import pledge
from handlers.choosing import PAGE, names_apart
from handlers.declare import Action, Args, number
from handlers.pledge_record import ROUNDS, text_hash
from handlers.registry import RUN, Offer, Task
from handlers.turn import Turn
from storage import audit, outbox, pledges
from storage.organisation import Unit
from storage.people import Member
from storage.pledges import PledgeLine
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
        texts.missing_line(name, linked=member.linked, reachable=member.reachable)
        for member, name in zip(missing, names_apart(missing), strict=True)
    ]
    page, pages, shown = _page_of(names, page)
    heading = await _heading(turn, found, cell, lines)
    leads = await turn.may(Right.LEAD, cell.id) and await ROUNDS.is_current(turn.tx, found, cell.id)
    here = f"{found.id}:{cell.id}"
    choices = _lead_choices(heading, here) if leads else []
    choices.append(Choice(texts.SEE_SIGNED, f"{SIGNED}:{here}:0"))
    choices += await _moving(turn, LIST, here, page, pages)
    turn.answer(texts.missing_list(heading, shown, page=page + 1, pages=pages, choices=choices))


def list_choice(found: Round, cell: UnitId) -> Choice:
    """The button that shows the cell's pledges."""
    return Choice(texts.SEE_LIST, f"{LIST}:{found.id}:{cell}:0")


async def place_of(turn: Turn, args: Args) -> tuple[Round, Unit]:
    """The round and the cell of `round:cell`, over which the right was checked."""
    place = await ROUNDS.and_unit(turn.tx, args)
    assert place is not None, "the right was checked over this cell"
    return place


async def _list(turn: Turn, args: Args) -> None:
    await show_cell(turn, *await place_of(turn, args), page=number(args, 2) or 0)


async def _signed(turn: Turn, args: Args) -> None:
    found, cell = await place_of(turn, args)
    lines = await pledges.pledge_lines(turn.tx, found, text_hash=text_hash(turn), unit=cell.id)
    names = dict(
        zip([line.member.person_id for line in lines], names_apart([line.member for line in lines]), strict=True)
    )
    page, pages, shown = _page_of(
        [_signed_line(found, line, names[line.member.person_id]) for line in lines if line.pledge], number(args, 2) or 0
    )
    here = f"{found.id}:{cell.id}"
    choices = [Choice(texts.SEE_MISSING, f"{LIST}:{here}:0"), *await _moving(turn, SIGNED, here, page, pages)]
    heading = await _heading(turn, found, cell, lines)
    turn.answer(texts.signed_list(heading, shown, page=page + 1, pages=pages, choices=choices))


def _signed_line(found: Round, line: PledgeLine, name: str) -> str:
    assert line.pledge is not None
    return texts.signed_line(
        name,
        recorded_at=line.pledge.recorded_at,
        is_late=line.pledge.recorded_at > found.due_at,
        on_behalf=line.pledge.on_behalf,
        paper_signed=line.pledge.paper_signed_at is not None,
    )


def _page_of(lines: Sequence[str], page: int) -> tuple[int, int, Sequence[str]]:
    pages = max(1, -(-len(lines) // PAGE))
    page = min(page, pages - 1)
    return page, pages, lines[page * PAGE : (page + 1) * PAGE]


async def _heading(turn: Turn, found: Round, cell: Unit, lines: Sequence[PledgeLine]) -> texts.Heading:
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
        choices += [Choice(texts.REMIND, f"{REMIND}:{here}"), Choice(texts.ON_BEHALF, f"{ON_BEHALF}:{here}")]
    if heading.confirmed:
        choices.append(Choice(texts.PAPER, f"{PAPER}:{here}"))
    return choices


async def _moving(turn: Turn, verb: str, here: str, page: int, pages: int) -> list[Choice]:
    """The ways from one page to another, to the newest state, and to other cells."""
    choices = [Choice(choosing_texts.EARLIER, f"{verb}:{here}:{page - 1}", nav=True)] if page > 0 else []
    if page + 1 < pages:
        choices.append(Choice(choosing_texts.LATER, f"{verb}:{here}:{page + 1}", nav=True))
    choices.append(Choice(texts.REFRESH, f"{verb}:{here}:{page}", nav=True))
    if await turn.may(Right.OFFICE) or len(await turn.units_with(Right.WATCH)) > 1:
        choices.append(Choice(texts.OTHER_CELLS, f"{RUN}:{COMMAND}", nav=True))
    return choices


# ------------------------------------------------------------------------------------- reminding


async def _remind(turn: Turn, args: Args) -> None:
    """Remind whoever is missing at this moment and can be reached, at most once a day and person."""
    found, cell = await place_of(turn, args)
    if not await ROUNDS.is_current(turn.tx, found, cell.id):
        turn.answer(texts.round_over(found.period))
        return
    missing = await pledges.missing_pledges(turn.tx, found, text_hash=text_hash(turn), unit=cell.id)
    if not missing:
        turn.answer(texts.nobody_missing())
        return
    turn.answer(texts.reminded(await _tell(turn, found, missing), choices=[list_choice(found, cell.id)]))
    await audit.record(
        turn.tx, actor=turn.person.person_id, action="pledge_reminded", subject=f"unit:{cell.id}", round=found.id
    )


async def _tell(turn: Turn, found: Round, missing: Sequence[Member]) -> texts.Reminded:
    others = [member for member in missing if member.person_id != turn.person.person_id]
    key = f"pledge-ask:{found.id}:{turn.today}"
    reachable = [member.person_id for member in others if member.reachable]
    known = await outbox.said(turn.tx, [f"{key}:{person}" for person in reachable])
    fresh = [person for person in reachable if f"{key}:{person}" not in known]
    at = hold(turn.now, turn.house.content.calendar.rest)
    message = texts.please_sign(
        period=found.period,
        due_at=found.due_at,
        is_late=turn.now >= found.due_at,
        data=f"{RUN}:{pledge.COMMAND}",
    )
    await turn.tell_all(fresh, message, key=key, due_at=at)
    return texts.Reminded(
        told=len(fresh),
        already=len(known),
        unreachable=[member.full_name for member in others if not member.reachable],
        self_missing=len(others) < len(missing),
        waits_until=at if at > turn.now else None,
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
