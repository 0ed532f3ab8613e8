"""Answering a notice: there, or absent with a reason.

Everybody invited answers for themselves until the meeting starts and may change it; every answer is a new row, the
newest counts. A button of an older notice answers for the meeting as it is now, and says so when the time has changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.chat import Choice, Message
from bot.domain.free_text import FreeTextFault, read_free_text
from bot.domain.ids import PersonId
from bot.domain.meeting import REASON_LIMIT, Answer
from bot.domain.rights import Right
from bot.domain.words import fold
from bot.texts import meeting_notice as texts
from bot.texts.free_text import free_text_fault
from handlers import dialogue as engine
from handlers import meeting_view as view
from handlers.declare import Action, Args, Chose, End, Go, Journey, Move, Pick, Question, Said, Stay, Step, number
from handlers.declare import Answer as Answered
from handlers.elsewhere import show_elsewhere
from handlers.meeting_guests import cell_name, closed_now, is_invited, is_member, meeting_of, over, the_meeting
from handlers.meeting_notice import NO, YES, about, answer_choices
from handlers.registry import Offer
from handlers.turn import Turn
from storage import audit, meeting_replies
from storage.dialogues import Dialogue
from storage.meetings import Meeting

SHOW = "meeting-show"


def offer() -> Offer:
    """The answers, the reason, and the notice shown again."""
    return Offer(
        actions=(
            Action(verb=YES, right=Right.PERSON, over=over, run=_yes),
            Action(verb=NO, right=Right.PERSON, over=over, run=_no),
            Action(verb=SHOW, right=Right.PERSON, over=over, run=_show_by_args),
        ),
        journeys=(JOURNEY,),
    )


async def record(turn: Turn, found: Meeting, person: PersonId, answer: Answer, *, reason: str = "") -> None:
    """Write the answer down, and let who follows the replies see it."""
    await meeting_replies.add_reply(
        turn.tx, found, person=person, answer=answer, reason=reason, recorded_by=turn.person.person_id
    )
    await audit.record(
        turn.tx,
        actor=turn.person.person_id,
        action="meeting_answered",
        subject=f"person:{person}",
        meeting=found.id,
        version=found.version,
        answer=answer.value,
    )
    await view.follow(turn, found)
    if person == turn.person.person_id:
        # Who is recorded for is told so in a message of its own.
        await show_elsewhere(turn, person, await _notice(turn, found, answer_choices(found)))


async def _may_answer(turn: Turn, found: Meeting) -> bool:
    """Whether who spoke may answer now; if not, they are told why."""
    person = turn.person.person_id
    if not await is_invited(turn.tx, found, person):
        turn.answer(texts.not_invited())
        return False
    why = closed_now(turn, found)
    if why is not None:
        said = await meeting_replies.reply_of(turn.tx, found, person)
        turn.answer(texts.no_more_answers(found.plan, why, said=said.answer if said else None))
    return why is None


def _has_moved(found: Meeting, version: int | None) -> bool:
    """Whether the notice of this version named another time."""
    return version is not None and version < found.asked_version


async def _yes(turn: Turn, args: Args) -> None:
    await present(turn, await the_meeting(turn, args), version=number(args, 1))


async def present(turn: Turn, found: Meeting, *, version: int | None = None) -> None:
    """Who spoke will be there. `version`: of the notice whose button it was."""
    if not await _may_answer(turn, found):
        return
    cell = await cell_name(turn.tx, found)
    before = await meeting_replies.reply_of(turn.tx, found, turn.person.person_id)
    if before is not None and before.answer is Answer.PRESENT:
        turn.answer(texts.present_already(found.plan, cell=cell, at=before.at))
        return
    await record(turn, found, turn.person.person_id, Answer.PRESENT)
    turn.answer(texts.present(found.plan, cell=cell, moved=_has_moved(found, version)))


async def _no(turn: Turn, args: Args) -> None:
    await absent(turn, await the_meeting(turn, args), version=number(args, 1))


async def absent(turn: Turn, found: Meeting, *, version: int | None = None, reason: str = "") -> None:
    """Who spoke will not be there: why? A `reason` that was typed at once, and will do, is not asked for."""
    given = reason_of(Said(reason)) if reason else None
    if not await _may_answer(turn, found):
        return
    if isinstance(given, str):
        await record(turn, found, turn.person.person_id, Answer.EXCUSED, reason=given)
        turn.answer(texts.excused(found.plan, cell=await cell_name(turn.tx, found), reason=given))
    else:
        turn.pressed = None  # the notice stays to be read
        await engine.begin(turn, JOURNEY, f"{found.id}:{version or found.version}", fresh=True)


# ------------------------------------------------------------------------------- why they are absent


async def _meeting(turn: Turn, subject: str) -> Meeting:
    return await the_meeting(turn, tuple(subject.split(":")))


async def _start(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    return Go(step="reason", keep={"asked": (await _meeting(turn, subject)).asked_version})


async def _ask_reason(turn: Turn, dialogue: Dialogue) -> Question:
    found = await _meeting(turn, dialogue.subject)
    before = await meeting_replies.reply_of(turn.tx, found, turn.person.person_id)
    text = texts.why_absent(
        found.plan,
        cell=await cell_name(turn.tx, found),
        moved=_has_moved(found, number(tuple(dialogue.subject.split(":")), 1)),
        before=before.reason if before is not None and before.answer is Answer.EXCUSED else None,
    )
    return Question(text=text, picks=reason_picks())


async def _take_reason(turn: Turn, dialogue: Dialogue, said: Answered) -> Move:
    found = await _meeting(turn, dialogue.subject)
    if not await _may_answer(turn, found):
        return End()
    if found.asked_version != dialogue.answers["asked"]:
        # A reason for the old time is none for the new one: the question comes again and says so.
        return Go(step="reason", keep={"asked": found.asked_version})
    if isinstance(said, Said) and fold(said.text) in texts.PRESENT_WORDS:
        await present(turn, found)
        return End()
    reason = reason_of(said)
    if isinstance(reason, Stay):
        return reason
    await record(turn, found, turn.person.person_id, Answer.EXCUSED, reason=reason)
    turn.answer(texts.excused(found.plan, cell=await cell_name(turn.tx, found), reason=reason))
    return End()


def reason_picks() -> tuple[Pick, ...]:
    """The usual reasons."""
    return tuple(Pick(reason, str(place)) for place, reason in enumerate(texts.REASONS))


def reason_of(said: Answered) -> str | Stay:
    """The reason that was picked or typed."""
    if isinstance(said, Chose):
        return texts.REASONS[int(said.value)]
    reason = read_free_text(said.text if isinstance(said, Said) else "", limit=REASON_LIMIT)
    return Stay(free_text_fault(reason, limit=REASON_LIMIT)) if isinstance(reason, FreeTextFault) else reason


async def _ended(turn: Turn, subject: str) -> bool:
    """A button of a finished question shows what is recorded."""
    found = await meeting_of(turn.tx, tuple(subject.split(":")))
    if found is None:
        return False
    await show_notice(turn, found)
    return True


JOURNEY = Journey(
    name="meeting-absence",
    right=Right.PERSON,
    over=over,
    title=texts.ABSENCE_TITLE,
    start=_start,
    ended=_ended,
    steps={"reason": Step(ask=_ask_reason, take=_take_reason)},
    keep=timedelta(days=14),
)


# ------------------------------------------------------------------------------ the notice again


async def my_answer(turn: Turn, found: Meeting) -> str:
    """What who spoke has answered, in words."""
    said = await meeting_replies.reply_of(turn.tx, found, turn.person.person_id)
    return texts.my_answer(said.answer if said else None, at=said.at if said else None)


async def _show_by_args(turn: Turn, args: Args) -> None:
    await show_notice(turn, await the_meeting(turn, args))


async def show_notice(turn: Turn, found: Meeting) -> None:
    """The notice again with what the person has answered; who only leads or watches sees the counts."""
    watches = await turn.may(Right.WATCH, found.unit_id)
    if watches and not await is_invited(turn.tx, found, turn.person.person_id):
        await view.show(turn, found)
        return
    if not await _may_answer(turn, found):
        return
    choices = list(answer_choices(found))
    if watches:
        choices.append(view.see_choice(found, texts.SEE_REPLIES))
    turn.answer(await _notice(turn, found, choices))


async def _notice(turn: Turn, found: Meeting, choices: Sequence[Choice]) -> Message:
    """The notice for who spoke, as it is now, with what they have answered."""
    person = turn.person
    notice = texts.notice(
        found.plan,
        name=person.full_name,
        cell=await cell_name(turn.tx, found),
        above=not await is_member(turn.tx, found.unit_id, person.person_id),
        state=await my_answer(turn, found),
        choices=choices,
    )
    return replace(notice, about=about(found))
