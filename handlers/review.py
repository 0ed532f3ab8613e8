"""/kiemdiem: the yearly review of a cell, for its secretary: what is still open, and the ticks.

The paper self-reviews are handed in on paper; here it is only ticked that they were. The upper
member in charge and officers see; who leads the cell acts.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat import Choice, Message
from bot.domain.ids import PersonId
from bot.domain.period import read_period
from bot.domain.rights import Right
from bot.texts import review as texts
from handlers import choosing, review_cells
from handlers import dialogue as engine
from handlers.choosing import names_apart
from handlers.declare import Action, Args, Command, End, Go, Journey, Move, Stay
from handlers.registry import RUN, Offer, Task
from handlers.review_state import REVIEWS, counts_of, review_of
from handlers.turn import Act, Turn
from storage import audit, organisation, people, self_reviews
from storage.dialogues import Dialogue
from storage.rounds import Round

COMMAND = "kiemdiem"
SHOW = "review"
MISSING = "review-missing"
TICK = "review-tick"
TICK_ALL = "review-tick-all"
UNTICK = "review-untick"


def offer() -> Offer:
    """What a cell's leaders are offered in the review."""
    return Offer(
        commands=(Command(name=COMMAND, right=Right.WATCH, run=_command, about=texts.ABOUT_CELL, also=("kiem diem",)),),
        actions=(
            Action(verb=SHOW, right=Right.WATCH, over=REVIEWS.over_round, run=_show_action),
            Action(verb=MISSING, right=Right.WATCH, over=REVIEWS.over_round, run=_missing),
            Action(verb=TICK, right=Right.LEAD, over=REVIEWS.over_round, run=_tick),
            Action(verb=TICK_ALL, right=Right.LEAD, over=REVIEWS.over_round, run=_tick_all),
            Action(verb=UNTICK, right=Right.LEAD, over=REVIEWS.over_round, run=_untick),
        ),
        journeys=(TICKING, UNTICKING),
        tasks=_tasks,
    )


async def _command(turn: Turn, _rest: str) -> None:
    units = await turn.units_with(Right.WATCH)
    found = [one for unit in units if (one := await review_of(turn.tx, unit.id))]
    for one in found:
        await show(turn, one)
    if not found and await turn.may(Right.OFFICE):
        await review_cells.show_all(turn)
    elif not found:
        turn.answer(texts.no_round())


async def show(turn: Turn, found: Round) -> None:
    """The state of the cell of a review round. The caller has checked the right."""
    counts = await counts_of(turn, found)
    choices = [Choice(texts.MISSING, f"{MISSING}:{found.id}")]
    if await turn.may(Right.LEAD, found.unit_id):
        choices.append(Choice(texts.SEE_PLEDGES, f"{RUN}:dscamket"))
        choices.append(Choice(texts.SEE_REPORTS, f"{RUN}:dsbaocao"))
    choices.append(Choice(texts.REFRESH, f"{SHOW}:{found.id}", nav=True))
    message = texts.cell_state(
        cell=await _cell_name(turn, found),
        period=read_period(found.period),
        due_at=found.due_at,
        now=turn.now,
        counts=counts,
        choices=choices,
    )
    turn.answer(message)


async def _named(turn: Turn, args: Args) -> Round:
    found = await REVIEWS.by_args(turn.tx, args)
    assert found is not None, "the right was checked over this round's cell"
    return found


async def _show_action(turn: Turn, args: Args) -> None:
    await show(turn, await _named(turn, args))


async def _missing(turn: Turn, args: Args) -> None:
    found = await _named(turn, args)
    missing = await self_reviews.missing_reviews(turn.tx, found)
    choices = []
    if await turn.may(Right.LEAD, found.unit_id):
        if missing:
            choices += [
                Choice(texts.TICK, f"{TICK}:{found.id}"),
                Choice(texts.TICK_ALL, f"{TICK_ALL}:{found.id}"),
            ]
        if await self_reviews.handed_in_reviews(turn.tx, found):
            choices.append(Choice(texts.UNTICK, f"{UNTICK}:{found.id}"))
    choices.append(Choice(texts.REFRESH, f"{SHOW}:{found.id}", nav=True))
    turn.answer(texts.missing_list(names_apart(missing), choices=choices))


async def _cell_name(act: Act, found: Round) -> str:
    unit = await organisation.unit_of(act.tx, found.unit_id)
    return unit.name if unit else ""


# --------------------------------------------------------------------------------------- ticking


async def _tick(turn: Turn, args: Args) -> None:
    await engine.begin(turn, TICKING, args[0], fresh=True)


async def _untick(turn: Turn, args: Args) -> None:
    await engine.begin(turn, UNTICKING, args[0], fresh=True)


async def _tick_all(turn: Turn, args: Args) -> None:
    found = await _named(turn, args)
    missing = [member.person_id for member in await self_reviews.missing_reviews(turn.tx, found)]
    ticked = await self_reviews.hand_in(turn.tx, found.id, missing, by=turn.person.person_id)
    await audit.record(
        turn.tx,
        actor=turn.person.person_id,
        action="self_reviews_handed_in",
        subject=f"round:{found.id}",
        people=missing,
    )
    turn.answer(texts.ticked_all(ticked))
    await show(turn, found)


async def _start_ticking(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    found = await _named(turn, (subject,))
    return choosing.among_people("who", await self_reviews.missing_reviews(turn.tx, found))


async def _ticked(turn: Turn, dialogue: Dialogue, person: PersonId) -> Move:
    found = await _named(turn, (dialogue.subject,))
    member = await people.member_of(turn.tx, found.unit_id, person)
    if member is None:
        return Stay(texts.left_the_cell())
    if not await self_reviews.hand_in(turn.tx, found.id, [person], by=turn.person.person_id):
        return Stay(texts.ticked_before(member.full_name))
    await audit.record(
        turn.tx,
        actor=turn.person.person_id,
        action="self_review_handed_in",
        subject=f"person:{person}",
        round=found.id,
    )
    missing = await self_reviews.missing_reviews(turn.tx, found)
    turn.answer(Message(text=texts.ticked(member.full_name, missing=len(missing))))
    if missing:
        # Papers are handed in by the pile: the next one at once.
        return choosing.among_people("who", missing)
    await show(turn, found)
    return End()


async def _ticked_several(turn: Turn, dialogue: Dialogue, whom: Sequence[PersonId]) -> Move:
    found = await _named(turn, (dialogue.subject,))
    missing = {member.person_id for member in await self_reviews.missing_reviews(turn.tx, found)}
    still = [person for person in whom if person in missing]
    ticked = await self_reviews.hand_in(turn.tx, found.id, still, by=turn.person.person_id) if still else 0
    for person in still:
        await audit.record(
            turn.tx,
            actor=turn.person.person_id,
            action="self_review_handed_in",
            subject=f"person:{person}",
            round=found.id,
        )
    turn.answer(texts.ticked_all(ticked))
    if len(missing) > len(still):
        return choosing.among_people("who", await self_reviews.missing_reviews(turn.tx, found))
    await show(turn, found)
    return End()


async def _start_unticking(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    found = await _named(turn, (subject,))
    return choosing.among_people("who", await self_reviews.handed_in_reviews(turn.tx, found))


async def _unticked(turn: Turn, dialogue: Dialogue, person: PersonId) -> Move:
    found = await _named(turn, (dialogue.subject,))
    member = await people.member_of(turn.tx, found.unit_id, person)
    if member is None:
        return Stay(texts.left_the_cell())
    if await self_reviews.take_back(turn.tx, found.id, person):
        await audit.record(
            turn.tx,
            actor=turn.person.person_id,
            action="self_review_taken_back",
            subject=f"person:{person}",
            round=found.id,
        )
        turn.answer(texts.unticked(member.full_name))
    else:
        turn.answer(texts.nothing_to_untick(member.full_name))
    await show(turn, found)
    return End()


TICKING = Journey(
    name="review-tick",
    right=Right.LEAD,
    title=texts.CELL_TITLE,
    start=_start_ticking,
    over=REVIEWS.over_round,
    steps={"who": choosing.person_step(text=texts.whom_tick(), then=_ticked, several=_ticked_several)},
)
UNTICKING = Journey(
    name="review-untick",
    right=Right.LEAD,
    title=texts.CELL_TITLE,
    start=_start_unticking,
    over=REVIEWS.over_round,
    steps={"who": choosing.person_step(text=texts.whom_untick(), then=_unticked)},
)


async def _tasks(turn: Turn) -> Sequence[Task]:
    tasks = []
    for unit in await turn.units_with(Right.LEAD):
        found = await review_of(turn.tx, unit.id)
        if found is None or found.due_at <= turn.now:
            continue
        state = await self_reviews.review_state(turn.tx, found)
        if state.missing:
            line = texts.lead_task(
                cell=unit.name, period=read_period(found.period), missing=state.missing, due_at=found.due_at
            )
            choice = Choice(texts.MISSING, f"{MISSING}:{found.id}")
            tasks.append(Task(text=line, choice=choice, remind_at=found.next_due_at))
    return tasks
