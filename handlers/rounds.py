"""Rounds over time: the calendar opens them, their ladders speak, and a step that comes too late is missed.

The calendar of every top committee says which rounds are open at an instant; those that are not there yet are opened
(pledges and self-reports over the committee, reviews cell by cell). A round carries the instant of its next step.
When it is due, its prompt asks who is still missing now and speaks to them; the round moves on to the first step in the
future, so nothing is caught up on after a downtime.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.calendar import ReminderKind
from bot.domain.ids import RoundId, UnitId
from bot.domain.period import read_period
from bot.domain.reminder import Ladder, Planned, due_steps, first_step, next_step, say_at
from bot.domain.rounds import Opening, RoundKind, next_opening, rounds_open
from bot.texts import rounds as texts
from handlers.tick import Coming, Due
from handlers.turn import Act
from storage import audit, calendars, missed, organisation, rounds
from storage.database import Tx
from storage.rounds import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A step that is to be said: when at the earliest, until when it makes sense, and its key."""

    step: str
    due_at: datetime
    expires_at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a kind of round does when a step is due (`say`), and when one was missed."""

    say: Callable[[Act, Round, Saying], Awaitable[None]]
    missed: Callable[[Act, Round, Planned], Awaitable[None]]


Prompts = Mapping[RoundKind, Prompt]


async def _say_nothing(_act: Act, _found: Round, _what: object) -> None:
    return


SILENT = Prompt(say=_say_nothing, missed=_say_nothing)
"""For a kind of round that nobody is prompted about."""


def ladder_of(act: Act, kind: RoundKind) -> Ladder:
    """The committee's ladder for a kind of round."""
    return act.house.content.calendar.ladder(ReminderKind(kind.value))


def calendar_due() -> Due:
    """The calendars as dated facts."""
    return Due(name="calendar", find=calendars.due_calendars, act=_open_rounds, coming=_coming_openings)


def rounds_due(prompts: Prompts) -> Due:
    """The rounds' next steps as dated facts."""

    async def act(act: Act, fact: int) -> None:
        found = await rounds.claim_due(act.tx, RoundId(fact))
        if found is not None:
            await _step(act, found, prompts.get(found.kind, SILENT))

    return Due(name="round", find=rounds.due_rounds, act=act, coming=_coming_steps)


async def change_deadline(act: Act, found: Round, due_at: datetime) -> None:
    """Give the round another deadline; its steps follow."""
    planned = next_step(
        due_at=due_at,
        ladder=ladder_of(act, found.kind),
        rest=act.house.content.calendar.rest,
        after=act.now,
        opened_at=found.opened_at,
    )
    await rounds.set_deadline(
        act.tx,
        found.id,
        due_at=due_at,
        next_due_at=planned.at if planned else None,
        next_step=planned.step if planned else None,
    )


# ------------------------------------------------------------------------------------ opening


async def _open_rounds(act: Act, fact: int) -> None:
    unit = UnitId(fact)
    if not await calendars.claim_calendar(act.tx, unit):
        return
    rules = act.house.content.calendar.rounds
    for opening in rounds_open(rules, at=act.now):
        for over in await _units_of(act.tx, opening.kind, unit):
            await _open(act, opening, over)
    following = next_opening(rules, after=act.now)
    await calendars.move_calendar(act.tx, unit, next_due_at=following.opens_at if following else None)


async def _units_of(tx: Tx, kind: RoundKind, committee: UnitId) -> Sequence[UnitId]:
    if kind is not RoundKind.REVIEW:
        return [committee]
    return [cell.id for cell in await organisation.cells_below(tx, committee)]


async def _open(act: Act, opening: Opening, unit: UnitId) -> None:
    # A round that is opened late (the bot was installed in mid-year) begins now.
    planned = first_step(
        opened_at=act.now,
        due_at=opening.due_at,
        ladder=ladder_of(act, opening.kind),
        rest=act.house.content.calendar.rest,
    )
    opened = await rounds.open_round(
        act.tx,
        kind=opening.kind,
        unit=unit,
        period=opening.period.key,
        opened_at=act.now,
        due_at=opening.due_at,
        next_due_at=planned.at if planned else None,
        next_step=planned.step if planned else None,
    )
    if opened is not None:
        await audit.record(
            act.tx, actor=None, action="round_opened", subject=f"round:{opened}", kind=opening.kind.value
        )


async def _coming_openings(tx: Tx) -> Sequence[Coming]:
    at = await calendars.coming_calendar(tx)
    return [Coming(at=at, what=texts.coming_open())] if at else []


# ----------------------------------------------------------------------------------- stepping


async def _step(act: Act, found: Round, prompt: Prompt) -> None:
    assert found.next_due_at is not None and found.next_step is not None
    calendar = act.house.content.calendar
    ladder = ladder_of(act, found.kind)
    following = next_step(
        due_at=found.due_at, ladder=ladder, rest=calendar.rest, after=act.now, opened_at=found.opened_at
    )
    await rounds.move_on(
        act.tx,
        found.id,
        next_due_at=following.at if following else None,
        next_step=following.step if following else None,
    )
    # After a downtime several steps are due: only the last one can still be worth saying.
    *passed, last = due_steps(
        Planned(found.next_step, found.next_due_at),
        now=act.now,
        due_at=found.due_at,
        ladder=ladder,
        rest=calendar.rest,
        opened_at=found.opened_at,
    )
    at = say_at(last, now=act.now, due_at=found.due_at, rest=calendar.rest, allowed=ladder.allowed_lateness)
    for planned in passed if at else [*passed, last]:
        await missed.add_missed(
            act.tx, kind=found.kind.value, subject=found.id, step=planned.step, planned_at=planned.at
        )
        await prompt.missed(act, found, planned)
    if at is not None:
        saying = Saying(
            step=last.step,
            due_at=at,
            expires_at=min(found.due_at, last.at + ladder.allowed_lateness),
            key=f"{found.kind.value}:{found.id}:{last.step}",
        )
        await prompt.say(act, found, saying)


async def _coming_steps(tx: Tx) -> Sequence[Coming]:
    return [
        Coming(at=found.next_due_at, what=texts.coming_step(kind=found.kind, period=read_period(found.period)))
        for found in await rounds.coming_rounds(tx)
        if found.next_due_at
    ]
