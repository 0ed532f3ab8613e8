"""/tiendo: all cells of an officer's part of the tree, how far each is; and another review deadline for one of them.

The cells with the most to do come first. Three queries, however many cells.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.chat import Choice
from bot.clock import instant_of
from bot.domain.ids import RoundId, UnitId
from bot.domain.rights import LEADERS, Right
from bot.domain.rounds import DUE_TIME, RoundKind
from bot.domain.when import WhenFault, read_date
from bot.texts import choosing as choosing_texts
from bot.texts import common
from bot.texts import review as texts
from bot.texts.when import fault_text
from handlers import choosing
from handlers import dialogue as engine
from handlers.choosing import PAGE
from handlers.declare import (
    Action,
    Answer,
    Args,
    Chose,
    Command,
    End,
    Go,
    Journey,
    Move,
    Pick,
    Question,
    Said,
    Stay,
    Step,
    number,
)
from handlers.pledge_record import text_hash
from handlers.registry import Offer
from handlers.review_state import review_of
from handlers.rounds import change_deadline
from handlers.turn import Turn
from storage import audit, organisation, people, pledges, rounds, self_reports, self_reviews
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.organisation import Unit
from storage.rounds import Round

COMMAND = "tiendo"
PAGE_VERB = "progress"
DEADLINE = "review-deadline"
LATEST = timedelta(days=120)
"""A deadline is not put off further than this."""


def offer() -> Offer:
    """What officers are offered."""
    return Offer(
        commands=(Command(name=COMMAND, right=Right.OFFICE, run=_command, about=texts.ABOUT_ALL, also=("tien do",)),),
        actions=(
            Action(verb=PAGE_VERB, right=Right.OFFICE, over=over_unit, run=_page),
            Action(verb=DEADLINE, right=Right.OFFICE, over=over_unit, run=_begin),
        ),
        journeys=(JOURNEY,),
    )


async def over_unit(tx: Tx, args: Args) -> UnitId | None:
    """The unit that the first argument names."""
    name = number(args)
    found = await organisation.unit_of(tx, UnitId(name)) if name is not None else None
    return found.id if found else None


async def _command(turn: Turn, _rest: str) -> None:
    await show_all(turn)


async def show_all(turn: Turn) -> None:
    """All cells of every unit over which who asks is an officer. The caller has checked that there is one."""
    for unit in await turn.units_with(Right.OFFICE):
        await _show(turn, unit, page=0)


async def _page(turn: Turn, args: Args) -> None:
    unit = await organisation.unit_of(turn.tx, UnitId(int(args[0])))
    assert unit is not None, "the right was checked over this unit"
    await _show(turn, unit, page=number(args, 1) or 0)


async def _show(turn: Turn, unit: Unit, *, page: int) -> None:
    states = await _states(turn, unit)
    pages = max(1, -(-len(states) // PAGE))
    page = min(page, pages - 1)
    lines = [f"{cell.name}: {note}" for cell, note, _ in states[page * PAGE : (page + 1) * PAGE]]
    choices = [Choice(texts.CHANGE_DEADLINE, f"{DEADLINE}:{unit.id}")] if _any_open(states, turn.now) else []
    if page > 0:
        choices.append(Choice(choosing_texts.EARLIER, f"{PAGE_VERB}:{unit.id}:{page - 1}", nav=True))
    if page + 1 < pages:
        choices.append(Choice(choosing_texts.LATER, f"{PAGE_VERB}:{unit.id}:{page + 1}", nav=True))
    choices.append(Choice(texts.REFRESH, f"{PAGE_VERB}:{unit.id}:{page}", nav=True))
    turn.answer(
        texts.all_cells(
            committee=unit.name,
            lines=lines,
            pages=choosing_texts.page_of(page + 1, pages),
            now=turn.now,
            choices=choices,
        )
    )


def _any_open(states: Sequence[tuple[Unit, str, Round | None]], now: datetime) -> bool:
    return any(found is not None and found.due_at > now for _, _, found in states)


async def _states(turn: Turn, unit: Unit) -> Sequence[tuple[Unit, str, Round | None]]:
    """Every cell with its note and its review round, those with the most to do first."""
    cells = await organisation.cells_below(turn.tx, unit.id)
    reviews: dict[UnitId, Round] = {}
    for one in await rounds.newest_rounds(turn.tx, RoundKind.REVIEW, [cell.id for cell in cells]):
        reviews.setdefault(one.unit_id, one)
    handed_in = await self_reviews.handed_in_counts(turn.tx, [one.id for one in reviews.values()])
    asked, signed = await _pledges(turn, unit)
    sent = await _reports(turn, unit)
    found = []
    for cell in cells:
        review = reviews.get(cell.id)
        total = asked.get(cell.id, 0)
        counts = texts.Counts(
            pledges=signed.get(cell.id),
            reports=sent.get(cell.id),
            reviews=(handed_in.get(review.id, 0) if review else 0, total),
        )
        note = texts.cell_note(counts=counts, due_at=review.due_at if review else None)
        found.append((_open_work(counts, review), cell, note, review))
    found.sort(key=lambda row: (-row[0], row[1].id))
    return [(cell, note, review) for _, cell, note, review in found]


def _open_work(counts: texts.Counts, review: Round | None) -> int:
    pairs = [counts.pledges, counts.reports, counts.reviews if review else None]
    return sum(pair[1] - pair[0] for pair in pairs if pair is not None)


async def _pledges(turn: Turn, unit: Unit) -> tuple[Mapping[UnitId, int], Mapping[UnitId, tuple[int, int]]]:
    """How many are asked in every cell, and the cells' pledges in the newest round."""
    members = await people.members_of(turn.tx, unit.id)
    asked: dict[UnitId, int] = {}
    for member in members:
        asked[member.cell_id] = asked.get(member.cell_id, 0) + 1
    path = await organisation.path_up(turn.tx, unit.id)
    for found in await rounds.newest_rounds(turn.tx, RoundKind.PLEDGE, path):
        by_cell = await pledges.pledges_by_cell(turn.tx, found, text_hash=text_hash(turn), unit=unit.id)
        return asked, {one.cell_id: (one.state.confirmed, one.state.asked) for one in by_cell}
    return asked, {}


async def _reports(turn: Turn, unit: Unit) -> Mapping[UnitId, tuple[int, int]]:
    path = await organisation.path_up(turn.tx, unit.id)
    for found in await rounds.newest_rounds(turn.tx, RoundKind.SELF_REPORT, path):
        by_cell = await self_reports.reports_by_cell(turn.tx, found, unit.id)
        return {one.cell_id: (one.state.sent, one.state.asked) for one in by_cell}
    return {}


# -------------------------------------------------------------------------------- another deadline


async def _begin(turn: Turn, args: Args) -> None:
    await engine.begin(turn, JOURNEY, args[0], fresh=True)


async def _start(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    cells = await organisation.cells_below(turn.tx, UnitId(int(subject)))
    return choosing.among_cells("cell", [(cell.id, cell.name, "") for cell in cells])


async def _cell_chosen(turn: Turn, _dialogue: Dialogue, cell: UnitId) -> Move:
    found = await review_of(turn.tx, cell)
    if found is None or found.due_at <= turn.now:
        return Stay(texts.no_round().text)
    if not await turn.may(Right.OFFICE, cell):
        turn.answer(common.not_allowed())
        return End()
    return Go(step="date", keep={"round": found.id})


async def _draft(turn: Turn, dialogue: Dialogue) -> tuple[Round, str]:
    found = await rounds.round_by_id(turn.tx, RoundId(dialogue.answers["round"]))
    assert found is not None
    unit = await organisation.unit_of(turn.tx, found.unit_id)
    return found, unit.name if unit else ""


async def _ask_date(turn: Turn, dialogue: Dialogue) -> Question:
    found, cell = await _draft(turn, dialogue)
    return Question(text=texts.ask_deadline(cell=cell, due_at=found.due_at))


async def _take_date(turn: Turn, _dialogue: Dialogue, answer: Answer) -> Move:
    if not isinstance(answer, Said):
        return Stay(common.write_text())
    day = read_date(answer.text, now=turn.now)
    if isinstance(day, WhenFault):
        return Stay(fault_text(day))
    due_at = instant_of(day, DUE_TIME)
    if not turn.now < due_at <= turn.now + LATEST:
        return Stay(texts.deadline_outside(until=turn.now + LATEST))
    return Go(step="confirm", keep={"day": day.isoformat()})


async def _ask_confirm(turn: Turn, dialogue: Dialogue) -> Question:
    _, cell = await _draft(turn, dialogue)
    text = texts.confirm_deadline(cell=cell, due_at=_new_deadline(dialogue))
    return Question(text=text, picks=(Pick(texts.RIGHT, "yes"), Pick(texts.WRITE_AGAIN, "again")))


async def _take_confirm(turn: Turn, dialogue: Dialogue, answer: Answer) -> Move:
    match answer:
        case Chose(value="again"):
            return Go(step="date")
        case Chose():
            return await _change(turn, dialogue)
        case _:
            return Stay(common.use_choices())


async def _change(turn: Turn, dialogue: Dialogue) -> Move:
    found, cell = await _draft(turn, dialogue)
    if not await turn.may(Right.OFFICE, found.unit_id):
        # The cell went to another committee while the draft was lying.
        turn.answer(common.not_allowed())
        return End()
    due_at = _new_deadline(dialogue)
    if due_at <= turn.now:
        # The draft was left lying until its day had passed.
        return Go(step="date")
    await change_deadline(turn, found, due_at)
    await audit.record(
        turn.tx,
        actor=turn.person.person_id,
        action="deadline_changed",
        subject=f"round:{found.id}",
        was=found.due_at.isoformat(),
        now=due_at.isoformat(),
    )
    turn.answer(texts.deadline_changed(cell=cell, due_at=due_at, by_officer=True))
    await turn.tell_all(
        await people.holders(turn.tx, found.unit_id, LEADERS),
        texts.deadline_changed(cell=cell, due_at=due_at, by_officer=False),
        key=f"deadline:{found.id}:{dialogue.id}",
    )
    return End()


def _new_deadline(dialogue: Dialogue) -> datetime:
    return instant_of(date.fromisoformat(dialogue.answers["day"]), DUE_TIME)


JOURNEY = Journey(
    name="review-deadline",
    right=Right.OFFICE,
    title=texts.DEADLINE_TITLE,
    start=_start,
    over=over_unit,
    steps={
        "cell": choosing.cell_step(text=texts.whose_deadline(), then=_cell_chosen),
        "date": Step(ask=_ask_date, take=_take_date),
        "confirm": Step(ask=_ask_confirm, take=_take_confirm),
    },
)
