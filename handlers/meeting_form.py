"""The questions of a notice: when, where, what about. Calling a meeting and changing one ask the same.

The draft holds `cell`, `meeting` (the one that is changed, or None), `kind`, and, once each is answered, `starts_at`,
`place` and `agenda`. A date and time is typed, then shown back in full, and only a "yes" makes it the meeting's; until
then it is in `new_day` and `new_at`. Whoever uses these steps has a step "summary", which comes when all is answered.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, assert_never

from bot.clock import instant_of, local
from bot.domain.free_text import FreeTextFault, read_free_text
from bot.domain.ids import UnitId
from bot.domain.meeting import AGENDA_LIMIT, PLACE_LIMIT, Concern, MeetingKind, Plan, concerns, customary_days
from bot.domain.when import DayPart, FaultKind, When, WhenFault, read_date, read_time, read_when, settle
from bot.domain.words import clean_name
from bot.texts import common
from bot.texts import meeting as texts
from bot.texts.free_text import free_text_fault
from bot.texts.meeting_change import agenda_again
from bot.texts.when import fault_text
from handlers.declare import Answer, Chose, Go, Move, Pick, Question, Said, Stay, Step
from handlers.turn import Turn
from storage import meetings, people
from storage.dialogues import Dialogue
from storage.meetings import Meeting

SUMMARY = "summary"
_ASKED = {"starts_at": "when", "place": "place", "agenda": "agenda"}
_YES, _AGAIN, _SAME, _OUTLINE = "yes", "again", "same", "outline"


def plan_of(answers: Mapping[str, Any]) -> Plan:
    """What the draft says, once everything is answered."""
    return Plan(
        kind=MeetingKind(answers["kind"]),
        starts_at=datetime.fromisoformat(answers["starts_at"]),
        place=answers["place"],
        agenda=answers["agenda"],
    )


def draft_of(plan: Plan) -> dict[str, Any]:
    """The plan as a draft holds it."""
    return {
        "kind": plan.kind.value,
        "starts_at": plan.starts_at.isoformat(),
        "place": plan.place,
        "agenda": plan.agenda,
    }


def cell_of(dialogue: Dialogue) -> UnitId:
    """The cell whose meeting it is."""
    return UnitId(dialogue.answers["cell"])


async def onward(turn: Turn, dialogue: Dialogue, keep: Mapping[str, Any]) -> Go:
    """On to the first question that is open, or to the summary, which remembers what else it showed on that day."""
    draft = {**dialogue.answers, **keep}
    for answer, step in _ASKED.items():
        if draft.get(answer) is None:
            return Go(step=step, keep=keep)
    others = await same_day(turn, dialogue, plan_of(draft).starts_at)
    return Go(step=SUMMARY, keep={**keep, "seen": [other.id for other in others]})


async def same_day(turn: Turn, dialogue: Dialogue, starts_at: datetime) -> Sequence[Meeting]:
    """The cell's other meetings on the day."""
    since = instant_of(local(starts_at).date(), time())
    found = await meetings.meetings_between(turn.tx, cell_of(dialogue), since, since + timedelta(days=1))
    return [other for other in found if other.id != dialogue.answers["meeting"]]


async def notes(turn: Turn, dialogue: Dialogue, starts_at: datetime) -> Sequence[str]:
    """What is worth a second look about this time, a line each."""
    calendar = turn.house.content.calendar
    others = await same_day(turn, dialogue, starts_at)
    lines = []
    for concern in concerns(
        starts_at=starts_at, now=turn.now, ladder=calendar.meeting, rest=calendar.rest, same_day=bool(others)
    ):
        match concern:
            case Concern.SAME_DAY:
                lines += [await _same_day_line(turn, other) for other in others]
            case Concern.REST_DAY:
                lines.append(texts.rest_day())
            case Concern.SHORT_NOTICE:
                lines.append(texts.short_notice(customary_days(calendar.meeting)))
            case _:
                assert_never(concern)
    return lines


async def _same_day_line(turn: Turn, other: Meeting) -> str:
    by = await people.who_is(turn.tx, other.sent_by)
    return texts.same_day(other.plan.kind, starts_at=other.starts_at, by=by.full_name if by else "")


# -------------------------------------------------------------------------------------- when


def _new_day(answers: Mapping[str, Any]) -> date:
    return date.fromisoformat(answers["new_day"])


def _new_at(answers: Mapping[str, Any]) -> time:
    return time.fromisoformat(answers["new_at"])


def _typed(answers: Mapping[str, Any]) -> datetime | None:
    """The time that was typed and not yet said yes to."""
    if answers.get("new_day") is None or answers.get("new_at") is None:
        return None
    return instant_of(_new_day(answers), _new_at(answers))


async def _ask_when(turn: Turn, dialogue: Dialogue) -> Question:
    known = dialogue.answers.get("starts_at")
    times = [_typed(dialogue.answers), datetime.fromisoformat(known) if known else None]
    past = next((texts.is_past(at) for at in times if at is not None and at <= turn.now), "")
    return Question(text=texts.which_when(past))


async def _take_when(turn: Turn, _dialogue: Dialogue, said: Answer) -> Move:
    return _read(turn, said.text) if isinstance(said, Said) else Stay(common.write_text())


def _read(turn: Turn, text: str) -> Move:
    """A date and a time; what is missing of them is asked for on its own."""
    match read_when(text, now=turn.now):
        case When(day=day, at=None, part=part):
            return Go(step="time", keep={"new_day": day.isoformat(), "part": part.value if part else None})
        case When(day=day, at=at):
            return _to_sure(day, at)
        case WhenFault(kind=FaultKind.DATE_MISSING, times=(at,)):
            return Go(step="date", keep={"new_at": at.isoformat()})
        case WhenFault() as fault:
            return Stay(fault_text(fault))


def _to_sure(day: date, at: time | None) -> Go:
    assert at is not None
    return Go(step="sure", keep={"new_day": day.isoformat(), "new_at": at.isoformat()})


async def _ask_time(_turn: Turn, dialogue: Dialogue) -> Question:
    part = dialogue.answers["part"]
    return Question(text=texts.which_time(_new_day(dialogue.answers), DayPart(part) if part else None))


async def _take_time(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Said):
        return Stay(common.write_text())
    part = dialogue.answers["part"]
    at = read_time(said.text, part=DayPart(part) if part else None)
    if isinstance(at, time):
        return _settled(turn, _new_day(dialogue.answers), at)
    # Who types the whole again means the whole.
    return _read(turn, said.text) if at.kind is FaultKind.TIME_ONLY else Stay(fault_text(at))


async def _ask_date(_turn: Turn, dialogue: Dialogue) -> Question:
    return Question(text=texts.which_date(_new_at(dialogue.answers)))


async def _take_date(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Said):
        return Stay(common.write_text())
    day = read_date(said.text, now=turn.now)
    if isinstance(day, date):
        return _settled(turn, day, _new_at(dialogue.answers))
    return _read(turn, said.text) if day.kind is FaultKind.DATE_ONLY else Stay(fault_text(day))


def _settled(turn: Turn, day: date, at: time) -> Move:
    settled = settle(day, at, now=turn.now)
    return Stay(fault_text(settled)) if isinstance(settled, WhenFault) else _to_sure(settled.day, settled.at)


async def _ask_sure(turn: Turn, dialogue: Dialogue) -> Question:
    starts_at = instant_of(_new_day(dialogue.answers), _new_at(dialogue.answers))
    return Question(
        text=texts.is_right(starts_at, await notes(turn, dialogue, starts_at)),
        picks=(Pick(texts.RIGHT, _YES), Pick(texts.WRITE_AGAIN, _AGAIN)),
    )


async def _take_sure(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    match said:
        case Chose(value="yes"):
            starts_at = instant_of(_new_day(dialogue.answers), _new_at(dialogue.answers))
            if starts_at <= turn.now:
                return Go(step="when")
            return await onward(turn, dialogue, {"starts_at": starts_at.isoformat()})
        case Said(text=text):
            # Another time may be typed at once; what is no time at all is no answer.
            fault = read_when(text, now=turn.now)
            no_time = isinstance(fault, WhenFault) and fault.kind is FaultKind.NOT_UNDERSTOOD
            return Stay(common.use_choices()) if no_time else _read(turn, text)
        case _:
            return Go(step="when")


# ------------------------------------------------------------------------------ where, what about


def _words(typed: str, limit: int) -> str | Stay:
    text = read_free_text(typed, limit=limit)
    return Stay(free_text_fault(text, limit=limit)) if isinstance(text, FreeTextFault) else text


async def _last_place(turn: Turn, dialogue: Dialogue) -> str:
    """Where the cell met last; nothing while a meeting is changed, which has its place."""
    if dialogue.answers["meeting"] is not None:
        return ""
    return await meetings.last_place(turn.tx, cell_of(dialogue))


async def _ask_place(turn: Turn, dialogue: Dialogue) -> Question:
    last = await _last_place(turn, dialogue)
    return Question(text=texts.which_place(last), picks=(Pick(texts.SAME_PLACE, _SAME),) if last else ())


async def _take_place(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    match said:
        case Chose():
            return await onward(turn, dialogue, {"place": await _last_place(turn, dialogue)})
        case Said(text=typed):
            place = _words(typed, PLACE_LIMIT)
            return place if isinstance(place, Stay) else await onward(turn, dialogue, {"place": clean_name(place)})
        case _:
            return Stay(common.write_text())


async def _ask_agenda(_turn: Turn, dialogue: Dialogue) -> Question:
    if dialogue.answers["meeting"] is not None:
        return Question(text=agenda_again())
    kind = MeetingKind(dialogue.answers["kind"])
    return Question(text=texts.which_agenda(kind), picks=(Pick(texts.OUTLINE, _OUTLINE),))


async def _take_agenda(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    match said:
        case Chose():
            outline = texts.outline(MeetingKind(dialogue.answers["kind"]))
            return await onward(turn, dialogue, {"agenda": outline})
        case Said(text=typed):
            agenda = _words(typed, AGENDA_LIMIT)
            return agenda if isinstance(agenda, Stay) else await onward(turn, dialogue, {"agenda": agenda})
        case _:
            return Stay(common.write_text())


STEPS: Mapping[str, Step] = {
    "when": Step(ask=_ask_when, take=_take_when),
    "time": Step(ask=_ask_time, take=_take_time),
    "date": Step(ask=_ask_date, take=_take_date),
    "sure": Step(ask=_ask_sure, take=_take_sure),
    "place": Step(ask=_ask_place, take=_take_place),
    "agenda": Step(ask=_ask_agenda, take=_take_agenda),
}
