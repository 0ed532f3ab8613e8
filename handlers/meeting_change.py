"""Changing or cancelling a meeting that was called: item by item, shown back, then everybody who was told hears of it.

The draft remembers the meeting as it was (`base`). When another who leads the cell has changed it meanwhile, the
dialogue begins again with what is edited here laid over the new notice.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.domain.meeting import Closed, Item, Plan, changes
from bot.domain.rights import Right
from bot.domain.words import list_number
from bot.texts import common
from bot.texts import meeting as form_texts
from bot.texts import meeting_change as texts
from bot.texts.meeting_view import closed_to_lead
from handlers import dialogue as engine
from handlers import meeting_form as form
from handlers import meeting_view as view
from handlers.declare import Action, Answer, Args, Chose, End, Go, Journey, Move, Pick, Question, Said, Stay, Step
from handlers.meeting import reminder_of
from handlers.meeting_guests import closed_now, guests_of, over, the_meeting
from handlers.meeting_notice import reach_of, tell_cancelled, tell_changed, told_of, waits_until
from handlers.registry import Offer
from handlers.turn import Turn
from storage import audit, meetings
from storage.dialogues import Dialogue
from storage.meetings import Meeting

_SEND, _CANCEL, _YES, _NO = "send", "cancel", "yes", "no"
_ITEMS = ("when", "place", "agenda")


def offer() -> Offer:
    """The dialogue of who leads the cell."""
    return Offer(actions=(Action(verb=view.CHANGE, right=Right.LEAD, over=over, run=_begin),), journeys=(JOURNEY,))


async def _begin(turn: Turn, args: Args) -> None:
    found = await the_meeting(turn, args)
    if why := closed_now(turn, found):
        turn.answer(closed_to_lead(found.plan, why))
        return
    turn.pressed = None  # the message that moves stays where it is
    await engine.begin(turn, JOURNEY, str(found.id), fresh=True)


async def _meeting(turn: Turn, dialogue: Dialogue) -> Meeting:
    return await the_meeting(turn, (dialogue.subject,))


async def _start(turn: Turn, subject: str, old: Mapping[str, Any] | None) -> Go:
    found = await the_meeting(turn, (subject,))
    base = form.draft_of(found.plan)
    edited = {key: old[key] for key in base if old[key] != old["base"][key]} if old else {}
    keep = {**base, **edited, "base": base, "cell": found.unit_id, "meeting": found.id, "seen": []}
    return Go(step=form.SUMMARY, keep=keep)


def _plans(dialogue: Dialogue) -> tuple[Plan, Plan, Sequence[Item]]:
    """As it was, as it shall be, and what differs."""
    old, new = form.plan_of(dialogue.answers["base"]), form.plan_of(dialogue.answers)
    return old, new, changes(old, new)


async def _ask_summary(turn: Turn, dialogue: Dialogue) -> Question:
    old, new, changed = _plans(dialogue)
    listed = texts.items(old, new, changed)
    if new.starts_at <= turn.now:
        text = form_texts.summary_past(listed, starts_at=new.starts_at)
        return Question(title=texts.SUMMARY_TITLE, text=text, picks=(Pick(form_texts.NEW_TIME, "when", plain=True),))
    reach = reach_of(await guests_of(turn.tx, form.cell_of(dialogue)))
    text = texts.change_summary(
        listed,
        changed=changed,
        to=form_texts.audience(members=reach.members, above=reach.above),
        unreachable=reach.unreachable,
        notes=await form.notes(turn, dialogue, new.starts_at) if Item.TIME in changed else (),
        until=waits_until(turn, new.starts_at),
    )
    pick = Pick(texts.send_change_label(reach.count), _SEND, plain=True) if changed else _CANCEL_PICK
    return Question(title=texts.SUMMARY_TITLE, text=text, picks=(pick,))


_CANCEL_PICK = Pick(texts.CANCEL, _CANCEL, plain=True)


async def _take_summary(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    match said:
        case Chose(value="send"):
            return await _send(turn, dialogue)
        case Chose(value="cancel" | "when" as step):
            return Go(step=step)
        case Said(text=typed) if common.means(typed, form_texts.SEND_WORDS):
            return await _send(turn, dialogue)
        case Said(text=typed) if (place := list_number(typed)) is not None and 1 <= place <= len(_ITEMS):
            return Go(step=_ITEMS[place - 1])
        case _:
            return Stay(form_texts.no_such_item(len(_ITEMS)))


async def _send(turn: Turn, dialogue: Dialogue) -> Move:
    found = await _meeting(turn, dialogue)
    _, new, changed = _plans(dialogue)
    if why := closed_now(turn, found):
        turn.answer(closed_to_lead(found.plan, why))
        return End()
    if not changed:
        return Stay(texts.nothing_changed())
    if new.starts_at <= turn.now:
        return Go(step="when")
    after = await meetings.change_meeting(
        turn.tx,
        found,
        plan=new,
        asks_again=Item.TIME in changed,
        sent_by=turn.person.person_id,
        follow=turn.address,
        reminder=reminder_of(turn, new.starts_at),
    )
    if after is None:
        # Another was faster by a moment: what they made of it is shown, and nothing of it is overwritten.
        turn.answer(texts.changed_meanwhile())
        return End()
    await _say_changed(turn, after, changed)
    return End()


async def _say_changed(turn: Turn, found: Meeting, changed: Sequence[Item]) -> None:
    reach = await tell_changed(turn, found)
    turn.answer(
        texts.changed(
            found.plan,
            to=form_texts.audience(members=reach.members, above=reach.above),
            unreachable=reach.unreachable,
            at=turn.now,
            until=waits_until(turn, found.starts_at),
        )
    )
    await view.show(turn, found)
    await audit.record(
        turn.tx,
        actor=turn.person.person_id,
        action="meeting_changed",
        subject=f"meeting:{found.id}",
        version=found.version,
        changed=[item.value for item in changed],
        starts_at=found.starts_at.isoformat(),
    )


async def _ask_cancel(turn: Turn, dialogue: Dialogue) -> Question:
    found = await _meeting(turn, dialogue)
    text = texts.sure_to_cancel(found.plan, told=len(await told_of(turn, found)))
    return Question(text=text, picks=(Pick(texts.CANCEL_YES, _YES), Pick(texts.CANCEL_NO, _NO)))


async def _take_cancel(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    match said:
        case Chose(value="yes"):
            await _cancel(turn, await _meeting(turn, dialogue))
            return End()
        case Chose():
            return Go(step=form.SUMMARY)
        case _:
            return Stay(common.use_choices())


async def _cancel(turn: Turn, found: Meeting) -> None:
    why = closed_now(turn, found)
    if why is None and not await meetings.cancel_meeting(turn.tx, found.id):
        why = Closed.CANCELLED
    if why is not None:
        turn.answer(closed_to_lead(found.plan, why))
        return
    until = waits_until(turn, found.starts_at)
    told = await tell_cancelled(turn, found)
    names = reach_of(await guests_of(turn.tx, found.unit_id)).unreachable
    await view.follow(turn, await the_meeting(turn, (str(found.id),)))
    turn.answer(texts.was_cancelled(found.plan, told=told, unreachable=names, at=turn.now, until=until))
    await audit.record(turn.tx, actor=turn.person.person_id, action="meeting_cancelled", subject=f"meeting:{found.id}")


async def _version(turn: Turn, subject: str) -> str:
    return str((await the_meeting(turn, (subject,))).version)


async def _ended(turn: Turn, subject: str) -> bool:
    await view.show(turn, await the_meeting(turn, (subject,)))
    return True


JOURNEY = Journey(
    name="meeting-change",
    right=Right.LEAD,
    over=over,
    title=texts.CHANGE_TITLE,
    version=_version,
    start=_start,
    ended=_ended,
    steps={
        **form.STEPS,
        form.SUMMARY: Step(ask=_ask_summary, take=_take_summary),
        "cancel": Step(ask=_ask_cancel, take=_take_cancel),
    },
    keep=timedelta(days=7),
)
