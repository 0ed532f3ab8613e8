"""/hop: who leads a cell calls a meeting: kind, when, where, what about; looked at once more; sent once.

The confirmation is keyed by the dialogue, so pressing twice sends nothing twice. Two who lead the same cell see each
other's meetings: when another has called one for that day since the summary was shown, it is shown again first.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.chat import Choice
from bot.domain.ids import UnitId
from bot.domain.meeting import MeetingKind, reminder_after
from bot.domain.organisation import UnitKind
from bot.domain.reminder import Planned
from bot.domain.rights import Right
from bot.domain.words import list_number
from bot.texts import common
from bot.texts import meeting as texts
from handlers import dialogue as engine
from handlers import meeting_form as form
from handlers import meeting_view as view
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
from handlers.meeting_guests import guests_of
from handlers.meeting_notice import reach_of, said_at, tell_called, waits_until
from handlers.registry import Offer
from handlers.turn import Act, Turn
from storage import audit, meetings
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.organisation import Unit, unit_of

CELL = "meeting-cell"
NEW = "meeting-new"
MOST_SEEN = 3
_SEND, _WHEN = "send", "when"
_ITEMS = ("kind", "when", "place", "agenda")


def offer() -> Offer:
    """The command and its dialogue."""
    return Offer(
        commands=(Command(name="hop", right=Right.LEAD, run=_command, about=texts.ABOUT, also=texts.WORDS),),
        actions=(
            Action(verb=CELL, right=Right.LEAD, over=_over, run=_at_cell),
            Action(verb=NEW, right=Right.LEAD, over=_over, run=_new),
        ),
        journeys=(JOURNEY,),
    )


async def cell_by_args(tx: Tx, args: Args) -> Unit | None:
    """The cell that the first argument names."""
    name = number(args)
    unit = await unit_of(tx, UnitId(name)) if name is not None else None
    return unit if unit is not None and unit.kind is UnitKind.CELL else None


async def _over(tx: Tx, args: Args) -> UnitId | None:
    cell = await cell_by_args(tx, args)
    return cell.id if cell else None


async def _the_cell(turn: Turn, subject: str) -> Unit:
    cell = await cell_by_args(turn.tx, (subject,))
    assert cell is not None, "the right was checked over this cell"
    return cell


async def _command(turn: Turn, _rest: str) -> None:
    cells = await turn.units_with(Right.LEAD)
    if len(cells) == 1:
        await _call(turn, cells[0])
    else:
        turn.answer(texts.which_cell([(cell.name, f"{CELL}:{cell.id}") for cell in cells]))


async def _at_cell(turn: Turn, args: Args) -> None:
    await _call(turn, await _the_cell(turn, args[0]))


async def _call(turn: Turn, cell: Unit) -> None:
    """Begin, or show the meetings that are called already."""
    if not await _show_called(turn, cell):
        await engine.begin(turn, JOURNEY, str(cell.id))


async def _show_called(turn: Turn, cell: Unit) -> bool:
    coming = await meetings.coming_meetings(turn.tx, [cell.id])
    if not coming:
        return False
    lines = [texts.called_line(found.plan.kind, starts_at=found.starts_at, place=found.plan.place) for found in coming]
    choices = [view.see_choice(found, texts.see_label(found.starts_at)) for found in coming[:MOST_SEEN]]
    choices.append(Choice(texts.CALL_ANOTHER, f"{NEW}:{cell.id}"))
    turn.answer(texts.called_already(cell.name, lines, choices))
    return True


async def _new(turn: Turn, args: Args) -> None:
    await engine.begin(turn, JOURNEY, args[0])


# ------------------------------------------------------------------------------------- the dialogue


async def _start(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    cell = await _the_cell(turn, subject)
    return Go(step="kind", keep={"cell": cell.id, "meeting": None})


async def _ask_kind(turn: Turn, dialogue: Dialogue) -> Question:
    cell = await _the_cell(turn, dialogue.subject)
    picks = (Pick(texts.REGULAR, MeetingKind.REGULAR.value), Pick(texts.THEMATIC, MeetingKind.THEMATIC.value))
    return Question(text=texts.which_kind(cell.name), picks=picks)


async def _take_kind(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    return await form.onward(turn, dialogue, {"kind": said.value})


async def _ask_summary(turn: Turn, dialogue: Dialogue) -> Question:
    plan = form.plan_of(dialogue.answers)
    listed = texts.items(kind=plan.kind, starts_at=plan.starts_at, place=plan.place, agenda=plan.agenda)
    if plan.starts_at <= turn.now:
        text = texts.summary_past(listed, starts_at=plan.starts_at)
        return Question(title=texts.SUMMARY_TITLE, text=text, picks=(Pick(texts.NEW_TIME, _WHEN, plain=True),))
    reach = reach_of(await guests_of(turn.tx, form.cell_of(dialogue)))
    text = texts.summary(
        listed=listed,
        to=texts.audience(members=reach.members, above=reach.above),
        unreachable=reach.unreachable,
        notes=await form.notes(turn, dialogue, plan.starts_at),
        until=waits_until(turn, plan.starts_at),
    )
    # Digits change an item here, so that no number can send by mistake.
    return Question(
        title=texts.SUMMARY_TITLE, text=text, picks=(Pick(texts.send_label(reach.count), _SEND, plain=True),)
    )


async def _take_summary(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    match said:
        case Chose(value="send"):
            return await _send(turn, dialogue)
        case Chose():
            return Go(step="when")
        case Said(text=typed) if common.means(typed, texts.SEND_WORDS):
            return await _send(turn, dialogue)
        case Said(text=typed) if (place := list_number(typed)) is not None and 1 <= place <= len(_ITEMS):
            return Go(step=_ITEMS[place - 1])
        case _:
            return Stay(texts.no_such_item(len(_ITEMS)))


async def _send(turn: Turn, dialogue: Dialogue) -> Move:
    plan, cell = form.plan_of(dialogue.answers), form.cell_of(dialogue)
    if plan.starts_at <= turn.now:
        return Go(step="when")
    await meetings.lock_cell(turn.tx, cell)
    others = {other.id for other in await form.same_day(turn, dialogue, plan.starts_at)}
    if not others <= set(dialogue.answers["seen"]):
        return await form.onward(turn, dialogue, {})
    found, new = await meetings.add_meeting(
        turn.tx,
        key=f"dialogue:{dialogue.id}",
        unit=cell,
        plan=plan,
        sent_by=turn.person.person_id,
        follow=turn.address,
        reminder=reminder_of(turn, plan.starts_at),
    )
    if new:
        reach = await tell_called(turn, found)
        turn.answer(
            texts.sent(
                plan.kind,
                starts_at=plan.starts_at,
                place=plan.place,
                to=texts.audience(members=reach.members, above=reach.above),
                unreachable=reach.unreachable,
                at=turn.now,
                until=waits_until(turn, plan.starts_at),
            )
        )
        await audit.record(
            turn.tx,
            actor=turn.person.person_id,
            action="meeting_called",
            subject=f"meeting:{found.id}",
            kind=plan.kind.value,
            starts_at=plan.starts_at.isoformat(),
        )
    await view.show(turn, found)
    return End()


def reminder_of(act: Act, starts_at: datetime) -> Planned | None:
    """The first reminder after the words that are said now."""
    calendar = act.house.content.calendar
    return reminder_after(
        told_at=said_at(act, starts_at), starts_at=starts_at, ladder=calendar.meeting, rest=calendar.rest
    )


async def _ended(turn: Turn, subject: str) -> bool:
    """A button of a dialogue that has ended: the meetings that came of it."""
    return await _show_called(turn, await _the_cell(turn, subject))


JOURNEY = Journey(
    name="meeting",
    long=True,
    right=Right.LEAD,
    over=_over,
    title=texts.TITLE,
    start=_start,
    ended=_ended,
    steps={
        "kind": Step(ask=_ask_kind, take=_take_kind),
        **form.STEPS,
        form.SUMMARY: Step(ask=_ask_summary, take=_take_summary),
    },
)
