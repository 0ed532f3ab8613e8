"""Reminders before a meeting: to who has not answered, and, with the last one, to who will be there.

Who will be absent is left in peace, and so is who is in charge of the cell and has not answered. A step that came too
late is told to those who lead the cell, and to nobody else.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat import Message, Priority
from bot.domain.ids import MeetingId, PersonId
from bot.domain.meeting import Answer
from bot.domain.reminder import Ladder, Planned, due_steps, next_step, say_at
from bot.domain.rights import LEADERS
from bot.texts import meeting_notice as texts
from bot.texts import meeting_view as view_texts
from handlers import meeting_view as view
from handlers.meeting_guests import cell_name, guests_of
from handlers.meeting_notice import about, answer_choices
from handlers.registry import Offer
from handlers.tick import Coming, Due
from handlers.turn import Act
from storage import meeting_replies, meetings, missed, people
from storage.database import Tx
from storage.meetings import Meeting

KIND = "meeting"
TOGETHER = 10
"""Meetings that speak in one transaction: a cell has some dozens of members."""


def offer() -> Offer:
    """The meetings as dated facts."""
    due = Due(
        name=KIND, find=meetings.due_meetings, act=_act, act_together=_together, together=TOGETHER, coming=_coming
    )
    return Offer(dues=(due,))


async def _act(act: Act, fact: int) -> None:
    found = await meetings.claim_due(act.tx, MeetingId(fact))
    if found is not None:
        await _step(act, found)


async def _together(act: Act, facts: Sequence[int]) -> None:
    for fact in facts:
        await _act(act, fact)


async def _step(act: Act, found: Meeting) -> None:
    assert found.next_due_at is not None and found.next_step is not None
    calendar = act.house.content.calendar
    ladder, rest, start = calendar.meeting, calendar.rest, found.starts_at
    following = next_step(due_at=start, ladder=ladder, rest=rest, after=act.now)
    await meetings.move_on(act.tx, found.id, following)
    # After a downtime several steps are due: only the last one can still be worth saying.
    *passed, last = due_steps(
        Planned(found.next_step, found.next_due_at), now=act.now, due_at=start, ladder=ladder, rest=rest
    )
    at = say_at(last, now=act.now, due_at=start, rest=rest, allowed=ladder.allowed_lateness)
    for planned in passed if at else [*passed, last]:
        await _miss(act, found, planned)
    if at is not None:
        held = Planned(last.step, at)
        await _say(act, found, held, until=_until(found, last, ladder), is_last=following is None)


def _until(found: Meeting, planned: Planned, ladder: Ladder) -> datetime:
    return min(found.starts_at, planned.at + ladder.allowed_lateness)


async def _say(act: Act, found: Meeting, held: Planned, *, until: datetime, is_last: bool) -> None:
    guests = await guests_of(act.tx, found.unit_id)
    answers = view.answers_of(await meeting_replies.replies_to(act.tx, found))
    cell = await cell_name(act.tx, found)
    waiting = [guest.person_id for guest in guests if not guest.above and guest.person_id not in answers]
    there = [guest.person_id for guest in guests if answers.get(guest.person_id) is Answer.PRESENT]

    async def tell(whom: Sequence[PersonId], message: Message) -> None:
        await act.tell_all(
            whom,
            message,
            key=f"{KIND}:{found.id}:v{found.asked_version}:{held.step}",
            priority=Priority.REMINDER,
            batch=found.batch,
            due_at=held.at,
            expires_at=until,
        )

    please = texts.please_answer(found.plan, cell=cell, choices=answer_choices(found))
    await tell(waiting, replace(please, about=about(found)))
    if is_last:
        await tell(there, texts.please_come(found.plan, cell=cell))
    await view.sum_up(act, found)


async def _miss(act: Act, found: Meeting, planned: Planned) -> None:
    act.missed[KIND] += await missed.add_missed(act.tx, KIND, [(found.id, planned)])
    replies = await meeting_replies.replies_to(act.tx, found)
    waiting = [
        guest for guest in await guests_of(act.tx, found.unit_id) if not guest.above and guest.person_id not in replies
    ]
    await act.tell_all(
        await people.holders(act.tx, found.unit_id, LEADERS),
        view_texts.missed(found.plan, planned_at=planned.at, missing=len(waiting)),
        key=f"missed:{KIND}:{found.id}:v{found.asked_version}:{planned.step}",
    )


async def _coming(tx: Tx) -> Sequence[Coming]:
    return [
        Coming(at=found.next_due_at, what=view_texts.coming_step(found.plan))
        for found in await meetings.coming_reminders(tx)
        if found.next_due_at
    ]
