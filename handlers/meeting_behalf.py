"""Recording an answer on behalf of a member who was asked in person: those who lead the cell, marked so.

The member is told where the bot can reach them, with the buttons to answer otherwise: their own word counts, as the
newest does.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.chat import Choice
from bot.domain.ids import PersonId
from bot.domain.meeting import REASON_LIMIT, Answer
from bot.domain.rights import Right
from bot.texts import common
from bot.texts import meeting_notice as notice_texts
from bot.texts import meeting_view as texts
from handlers import choosing
from handlers import dialogue as engine
from handlers import meeting_view as view
from handlers.declare import Action, Args, Chose, End, Go, Journey, Move, Pick, Question, Stay, Step
from handlers.declare import Answer as Answered
from handlers.meeting_guests import cell_name, closed_now, is_member, over, the_meeting
from handlers.meeting_notice import answer_choices, said_at
from handlers.meeting_reply import reason_of, reason_picks, record
from handlers.registry import Offer
from handlers.turn import Turn
from storage import meeting_replies, people
from storage.dialogues import Dialogue
from storage.meetings import Meeting

_WHO, _ANSWER, _REASON = "who", "answer", "reason"
_YES, _NO = "yes", "no"


def offer() -> Offer:
    """The dialogue of who leads the cell."""
    return Offer(actions=(Action(verb=view.BEHALF, right=Right.LEAD, over=over, run=_begin),), journeys=(JOURNEY,))


async def _begin(turn: Turn, args: Args) -> None:
    found = await the_meeting(turn, args)
    if why := closed_now(turn, found):
        turn.answer(texts.closed_to_lead(found.plan, why))
        return
    turn.pressed = None  # the message that moves stays where it is
    await engine.begin(turn, JOURNEY, str(found.id), fresh=True)


async def _meeting(turn: Turn, dialogue: Dialogue) -> Meeting:
    return await the_meeting(turn, (dialogue.subject,))


async def _list(turn: Turn, found: Meeting, *, before: str = "") -> Go:
    answers = view.answers_of(await meeting_replies.replies_to(turn.tx, found))
    members = await people.members_of(turn.tx, found.unit_id)
    notes = {person: texts.said_note(answer) for person, answer in answers.items()}
    return choosing.among_people(_WHO, members, notes=notes, keep={"before": before, "asked": found.asked_version})


async def _start(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    return await _list(turn, await the_meeting(turn, (subject,)))


async def _lead(_turn: Turn, dialogue: Dialogue) -> str:
    return texts.for_whom(dialogue.answers["before"])


async def _chosen(_turn: Turn, _dialogue: Dialogue, person: PersonId) -> Move:
    return Go(step=_ANSWER, keep={"person": person})


def _name(dialogue: Dialogue) -> str:
    return choosing.name_of(dialogue, _WHO, PersonId(dialogue.answers["person"]))


async def _ask_answer(_turn: Turn, dialogue: Dialogue) -> Question:
    picks = (Pick(notice_texts.PRESENT, _YES), Pick(notice_texts.EXCUSED, _NO))
    return Question(text=texts.what_did_they_say(_name(dialogue)), picks=picks)


async def _take_answer(turn: Turn, dialogue: Dialogue, said: Answered) -> Move:
    match said:
        case Chose(value="yes"):
            return await _record(turn, dialogue, Answer.PRESENT, "")
        case Chose():
            return Go(step=_REASON)
        case _:
            return Stay(common.use_choices())


async def _ask_reason(_turn: Turn, dialogue: Dialogue) -> Question:
    return Question(text=texts.why_are_they_absent(_name(dialogue), REASON_LIMIT), picks=reason_picks())


async def _take_reason(turn: Turn, dialogue: Dialogue, said: Answered) -> Move:
    reason = reason_of(said)
    return reason if isinstance(reason, Stay) else await _record(turn, dialogue, Answer.EXCUSED, reason)


async def _record(turn: Turn, dialogue: Dialogue, answer: Answer, reason: str) -> Move:
    found = await _meeting(turn, dialogue)
    person = PersonId(dialogue.answers["person"])
    if why := closed_now(turn, found):
        turn.answer(texts.closed_to_lead(found.plan, why))
        return End()
    if found.asked_version != dialogue.answers["asked"]:
        return await _list(turn, found, before=texts.ask_them_again(found.plan))
    # The list may be days old: who has left the cell since is not recorded for.
    if not await is_member(turn.tx, found.unit_id, person):
        return await _list(turn, found, before=texts.not_asked_any_more(_name(dialogue)))
    await record(turn, found, person, answer, reason=reason)
    choices = (
        Choice(texts.ANOTHER, f"{view.BEHALF}:{found.id}"),
        view.see_choice(found, notice_texts.SEE_REPLIES),
    )
    turn.answer(texts.recorded(_name(dialogue), answer, reason=reason, at=turn.now, choices=choices))
    if person != turn.person.person_id:
        message = notice_texts.recorded_for_you(
            found.plan,
            answer,
            by=turn.person.full_name,
            cell=await cell_name(turn.tx, found),
            choices=answer_choices(found),
        )
        await turn.tell(person, message, due_at=said_at(turn, found.starts_at))
    return End()


async def _ended(turn: Turn, subject: str) -> bool:
    await view.show(turn, await the_meeting(turn, (subject,)))
    return True


JOURNEY = Journey(
    name="meeting-behalf",
    right=Right.LEAD,
    over=over,
    title=texts.BEHALF_TITLE,
    start=_start,
    ended=_ended,
    steps={
        _WHO: choosing.person_step(text=_lead, then=_chosen),
        _ANSWER: Step(ask=_ask_answer, take=_take_answer),
        _REASON: Step(ask=_ask_reason, take=_take_reason),
    },
    keep=timedelta(days=1),
)
