"""The replies to a meeting, for those who lead or watch the cell: counts, reasons, who waits; and reminding them.

Who sent the newest notice follows the replies: the message moves as they come, as long as they lead the cell, where
the channel can replace a message. Where it cannot, they get the counts with every reminder, and whenever they ask.
"""

from collections.abc import Mapping, Sequence

from bot.chat import Choice, Message
from bot.domain.ids import PersonId
from bot.domain.meeting import Answer, Tally, tally
from bot.domain.rights import Right
from bot.texts import meeting_notice as notice_texts
from bot.texts import meeting_view as texts
from handlers.declare import Action, Args
from handlers.meeting_guests import Guest, cell_name, closed_now, guests_of, over, the_meeting
from handlers.meeting_notice import answer_choices, reach_of, said_at
from handlers.registry import Offer, Task
from handlers.turn import Act, Turn, allows
from storage import audit, meeting_replies, meetings, outbox, people
from storage.meeting_replies import Reply
from storage.meetings import Meeting

VIEW = "meeting-view"
REASONS = "meeting-reasons"
WAITING = "meeting-waiting"
REMIND = "meeting-remind"
BEHALF = "meeting-behalf"
CHANGE = "meeting-change"
MOST_REASONS = 12
"""So many fit into the message that moves; it must stay one message."""


def offer() -> Offer:
    """The counts, the lists behind them, the reminder, and the next meeting in /toi of who leads."""
    return Offer(
        actions=(
            Action(verb=VIEW, right=Right.WATCH, over=over, run=_view),
            Action(verb=REASONS, right=Right.WATCH, over=over, run=_reasons),
            Action(verb=WAITING, right=Right.WATCH, over=over, run=_waiting),
            Action(verb=REMIND, right=Right.LEAD, over=over, run=_remind),
        ),
        tasks=_tasks,
    )


async def show(turn: Turn, found: Meeting) -> None:
    """The counts, where somebody asked for them. The caller has checked the right."""
    turn.answer(await _counts(turn, found, leads=await turn.may(Right.LEAD, found.unit_id)))


async def follow(act: Act, found: Meeting) -> None:
    """A reply has come: the message of who follows moves. Where it cannot, nothing is said."""
    if act.house.can_edit(found.follow.account):
        await _say_counts(act, found)


async def sum_up(act: Act, found: Meeting) -> None:
    """A reminder goes out: who follows where no message can move gets the counts."""
    if not act.house.can_edit(found.follow.account):
        await _say_counts(act, found)


def see_choice(found: Meeting, label: str) -> Choice:
    """The button that shows the replies."""
    return Choice(label, f"{VIEW}:{found.id}")


def answers_of(replies: Mapping[PersonId, Reply]) -> Mapping[PersonId, Answer]:
    """What each has answered."""
    return {person: reply.answer for person, reply in replies.items()}


async def _say_counts(act: Act, found: Meeting) -> None:
    who = await people.who_is(act.tx, found.sent_by)
    # Reasons are for those who lead the cell now: who handed it over sees them no longer.
    if await allows(act.tx, who, Right.LEAD, found.unit_id):
        await act.follow(found.sent_by, found.follow, await _counts(act, found, leads=True))


async def _counts(act: Act, found: Meeting, *, leads: bool) -> Message:
    guests = await guests_of(act.tx, found.unit_id)
    replies = await meeting_replies.replies_to(act.tx, found)
    excused = _excused(guests, replies, short=True)
    count = _tally(guests, replies)
    return texts.counts(
        found.plan,
        cell=await cell_name(act.tx, found),
        count=count,
        excused=excused[:MOST_REASONS],
        more_excused=max(0, len(excused) - MOST_REASONS),
        above=[
            texts.above_line(guest.name, replies[guest.person_id].answer if guest.person_id in replies else None)
            for guest in guests
            if guest.above
        ],
        over=closed_now(act, found),
        seen_at=act.now,
        choices=_choices(act, found, count, leads=leads),
        slot=f"meeting:{found.id}",
    )


def _tally(guests: Sequence[Guest], replies: Mapping[PersonId, Reply]) -> Tally:
    return tally([guest.person_id for guest in guests if not guest.above], answers_of(replies))


def _excused(guests: Sequence[Guest], replies: Mapping[PersonId, Reply], *, short: bool) -> Sequence[str]:
    return [
        texts.said_line(guest.apart, reason=reply.reason, on_behalf=reply.on_behalf, short=short)
        for guest in guests
        if not guest.above and (reply := replies.get(guest.person_id)) is not None and reply.answer is Answer.EXCUSED
    ]


def _choices(act: Act, found: Meeting, count: Tally, *, leads: bool) -> Sequence[Choice]:
    choices = []
    if count.waiting:
        choices.append(Choice(texts.WHO_WAITS, f"{WAITING}:{found.id}"))
    if leads and closed_now(act, found) is None:
        if count.waiting:
            choices.append(Choice(texts.REMIND, f"{REMIND}:{found.id}"))
        choices += [Choice(texts.ON_BEHALF, f"{BEHALF}:{found.id}"), Choice(texts.CHANGE, f"{CHANGE}:{found.id}")]
    if count.excused:
        choices.append(Choice(texts.ALL_REASONS, f"{REASONS}:{found.id}", nav=True))
    choices.append(Choice(texts.REFRESH, f"{VIEW}:{found.id}", nav=True))
    return choices


async def _view(turn: Turn, args: Args) -> None:
    await show(turn, await the_meeting(turn, args))


async def _reasons(turn: Turn, args: Args) -> None:
    found = await the_meeting(turn, args)
    guests = await guests_of(turn.tx, found.unit_id)
    replies = await meeting_replies.replies_to(turn.tx, found)
    turn.answer(texts.all_reasons(found.plan, _excused(guests, replies, short=False)))


async def _missing(turn: Turn, found: Meeting) -> Sequence[Guest]:
    replies = await meeting_replies.replies_to(turn.tx, found)
    guests = await guests_of(turn.tx, found.unit_id)
    return [guest for guest in guests if not guest.above and guest.person_id not in replies]


async def _waiting(turn: Turn, args: Args) -> None:
    found = await the_meeting(turn, args)
    lines = [
        texts.waiting_line(guest.apart, linked=guest.linked, reachable=guest.reachable)
        for guest in await _missing(turn, found)
    ]
    choices = []
    if closed_now(turn, found) is None and await turn.may(Right.LEAD, found.unit_id):
        choices += [Choice(texts.REMIND, f"{REMIND}:{found.id}"), Choice(texts.ON_BEHALF, f"{BEHALF}:{found.id}")]
    choices.append(Choice(texts.BACK_TO_COUNTS, f"{VIEW}:{found.id}", nav=True))
    turn.answer(texts.waiting(found.plan, lines, choices))


async def _remind(turn: Turn, args: Args) -> None:
    """Remind whoever has not answered at this moment and can be reached, at most once a day and person."""
    found = await the_meeting(turn, args)
    if why := closed_now(turn, found):
        turn.answer(texts.closed_to_lead(found.plan, why))
        return
    missing = await _missing(turn, found)
    if not missing:
        turn.answer(texts.everybody_answered(found.plan))
        return
    turn.answer(await _tell(turn, found, missing))
    await audit.record(turn.tx, actor=turn.person.person_id, action="meeting_reminded", subject=f"meeting:{found.id}")


async def _tell(turn: Turn, found: Meeting, missing: Sequence[Guest]) -> Message:
    key = f"meeting:{found.id}:ask:{turn.today}"
    others = [guest for guest in missing if guest.person_id != turn.person.person_id]
    reachable = [guest.person_id for guest in others if guest.reachable]
    known = await outbox.said(turn.tx, [f"{key}:{person}" for person in reachable])
    fresh = [person for person in reachable if f"{key}:{person}" not in known]
    at = said_at(turn, found.starts_at)
    await turn.tell_all(
        fresh,
        notice_texts.please_answer(found.plan, cell=await cell_name(turn.tx, found), choices=answer_choices(found)),
        key=key,
        batch=found.batch,
        due_at=at,
        expires_at=found.starts_at,
    )
    return texts.reminded(
        told=len(fresh),
        already=len(known),
        unreachable=reach_of(others).unreachable,
        self_missing=len(others) < len(missing),
        until=at if at > turn.now else None,
    )


async def _tasks(turn: Turn) -> Sequence[Task]:
    tasks = []
    for unit in await turn.units_with(Right.LEAD):
        for found in (await meetings.coming_meetings(turn.tx, [unit.id]))[:1]:
            guests = await guests_of(turn.tx, unit.id)
            count = _tally(guests, await meeting_replies.replies_to(turn.tx, found))
            line = texts.lead_task(found.plan, cell=unit.name, count=count)
            tasks.append(Task(text=line, choice=see_choice(found, notice_texts.SEE_REPLIES)))
    return tasks
