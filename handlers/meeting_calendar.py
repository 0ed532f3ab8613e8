"""/lichhop: the meetings to come, of one's own cell and of those one is in charge of or leads; and their part of /toi.

Typed without a question, "có mặt" and "vắng" mean the meeting that waits for an answer.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.chat import Choice
from bot.domain.meeting import Answer
from bot.domain.reminder import steps_of
from bot.domain.rights import Right, Role
from bot.texts import meeting_notice as texts
from handlers.declare import Command
from handlers.meeting_guests import cell_name, is_invited, is_member
from handlers.meeting_reply import SHOW, absent, my_answer, present, show_notice
from handlers.registry import Offer, Task
from handlers.turn import Turn
from storage import meeting_replies, meetings
from storage.meetings import Meeting

MOST = 4
"""So many meetings have a button in the calendar; all are listed."""


def offer() -> Offer:
    """The calendar, the answers in words, and what waits for an answer."""
    return Offer(
        commands=(
            Command(name="lichhop", right=Right.PERSON, run=_calendar, about=texts.ABOUT, also=texts.WORDS),
            Command(name="comat", right=Right.PERSON, run=_typed_present, also=texts.PRESENT_WORDS),
            Command(
                name="vang",
                right=Right.PERSON,
                run=_typed_excused,
                also=texts.EXCUSED_WORDS,
                before=texts.EXCUSED_BEFORE,
            ),
        ),
        tasks=_tasks,
    )


async def _invited_to(turn: Turn) -> Sequence[Meeting]:
    """The meetings to come to which who spoke is invited."""
    who = turn.person
    cells = [who.cell_id] if who.is_member and who.cell_id is not None else []
    cells += [role.unit_id for role in who.roles if role.role is Role.UPPER_MEMBER_IN_CHARGE]
    return await meetings.coming_meetings(turn.tx, list(dict.fromkeys(cells)))


async def _calendar(turn: Turn, _rest: str) -> None:
    invited = await _invited_to(turn)
    led = [unit.id for unit in await turn.units_with(Right.LEAD)]
    known = {found.id for found in invited}
    also = [found for found in await meetings.coming_meetings(turn.tx, led) if found.id not in known]
    await _list(turn, sorted([*invited, *also], key=lambda found: found.starts_at))


async def _list(turn: Turn, coming: Sequence[Meeting]) -> None:
    if not coming:
        turn.answer(texts.nothing_comes())
        return
    if len(coming) == 1:
        await show_notice(turn, coming[0])
        return
    lines, choices = [], []
    for found in coming:
        cell = await cell_name(turn.tx, found)
        mine = await my_answer(turn, found) if await is_invited(turn.tx, found, turn.person.person_id) else ""
        lines.append(texts.calendar_line(found.plan, cell=cell, mine=mine))
        choices.append(Choice(texts.open_label(found.plan, cell), f"{SHOW}:{found.id}"))
    turn.answer(texts.calendar(lines, choices[:MOST]))


# ------------------------------------------------------------------------------- typed in words


async def _typed_present(turn: Turn, _rest: str) -> None:
    found = await _meant(turn)
    if found is not None:
        await present(turn, found)


async def _typed_excused(turn: Turn, rest: str) -> None:
    found = await _meant(turn)
    if found is not None:
        await absent(turn, found, reason=rest)


async def _meant(turn: Turn) -> Meeting | None:
    """The only meeting that waits for an answer, or the only one at all; else they are all listed."""
    coming = await _invited_to(turn)
    waiting = [
        found for found in coming if await meeting_replies.reply_of(turn.tx, found, turn.person.person_id) is None
    ]
    for some in (waiting, coming):
        if len(some) == 1:
            return some[0]
    await _list(turn, coming)
    return None


# ------------------------------------------------------------------------------------------ /toi


async def _tasks(turn: Turn) -> Sequence[Task]:
    tasks = []
    for found in await _invited_to(turn):
        said = await meeting_replies.reply_of(turn.tx, found, turn.person.person_id)
        counted = await is_member(turn.tx, found.unit_id, turn.person.person_id)
        cell = await cell_name(turn.tx, found)
        if said is None:
            tasks.append(
                Task(
                    text=texts.answer_task(found.plan, cell=cell),
                    choice=Choice(texts.ANSWER_NOTICE, f"{SHOW}:{found.id}"),
                    remind_at=found.next_due_at if counted else None,
                )
            )
        elif said.answer is Answer.PRESENT:
            tasks.append(Task(text=texts.come_task(found.plan, cell=cell), remind_at=_last_reminder(turn, found)))
    return tasks


def _last_reminder(turn: Turn, found: Meeting) -> datetime | None:
    """When who has said that they will be there is reminded: with the last step, if one is to come."""
    if found.next_due_at is None:
        return None
    calendar = turn.house.content.calendar
    return steps_of(due_at=found.starts_at, ladder=calendar.meeting, rest=calendar.rest)[-1].at
