"""Rounds over time: the calendar opens them, their ladders speak, and a step that comes too late is missed.

The calendar of every top committee says which rounds are open at an instant; those that are not there yet are opened
(pledges and self-reports over the committee, reviews cell by cell, some cells at a time). A round carries the instant
of its next step. When it is due, its prompt asks who is still missing now and speaks to them; the round moves on to the
first step in the future, so nothing is caught up on after a downtime. Rounds that are due together step together.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.calendar import ReminderKind
from bot.domain.ids import RoundId, UnitId
from bot.domain.period import read_period
from bot.domain.reminder import Ladder, Planned, due_steps, first_step, next_step, say_at
from bot.domain.rights import OFFICERS
from bot.domain.rounds import Opening, RoundKind, next_opening, rounds_open, rounds_opening
from bot.texts import rounds as texts
from handlers.tick import Coming, Due
from handlers.turn import Act
from storage import audit, calendars, missed, people, rounds, walks
from storage.database import Tx
from storage.rounds import DueRounds, Round

TOGETHER = 512
"""Rounds that step in one transaction: the writer is held for some thirty milliseconds."""
ROUND = "round"
"""The step of a round that was missed altogether: its whole time passed while the program stood still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A step that is to be said: when at the earliest, until when it makes sense, and its key."""

    step: str
    planned_at: datetime
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a kind of round does when a step of many rounds is due (`say`), and when some were missed."""

    say: Callable[[Act, DueRounds, Saying], Awaitable[None]]
    missed: Callable[[Act, DueRounds, Sequence[Planned]], Awaitable[None]]


Prompts = Mapping[RoundKind, Prompt]


async def _say_nothing(_act: Act, *_what: object) -> None:
    return


SILENT = Prompt(say=_say_nothing, missed=_say_nothing)
"""For a kind of round that nobody is prompted about."""


def ladder_of(act: Act, kind: RoundKind) -> Ladder:
    """The committee's ladder for a kind of round."""
    return act.house.content.calendar.ladder(ReminderKind(kind.value))


def calendar_due() -> Due:
    """The calendars as dated facts."""
    return Due(name="calendar", find=calendars.due_calendars, act=_open_rounds, coming=_coming_openings, goes_on=True)


def rounds_due(prompts: Prompts) -> Due:
    """The rounds' next steps as dated facts."""

    async def together(act: Act, facts: Sequence[int]) -> None:
        await _step(act, await rounds.claim_due(act.tx, facts), prompts)

    async def alone(act: Act, fact: int) -> None:
        await together(act, [fact])

    return Due(
        name="round",
        find=rounds.due_rounds,
        act=alone,
        act_together=together,
        together=TOGETHER,
        coming=_coming_steps,
    )


def step_key(kind: RoundKind, found: RoundId, step: str) -> str:
    """The key of what is said with a step of a round."""
    return f"{kind}:{found}:{step}"


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
    found = await calendars.claim_calendar(act.tx, UnitId(fact))
    if found is None:
        return
    rules = act.house.content.calendar.rounds
    opening = rounds_open(rules, at=act.now)
    if found.window_at == 0:
        for one in rounds_opening(rules, after=found.next_due_at - timedelta.resolution, until=act.now):
            if one.due_at <= act.now:
                await _miss_round(act, one, found.unit_id)
        for one in opening:
            if one.kind is not RoundKind.REVIEW:
                await _open(act, one, [found.unit_id])
    reviews = [one for one in opening if one.kind is RoundKind.REVIEW]
    if reviews:
        cells, last, ended = await walks.next_cells(act.tx, found.unit_id, after=found.window_at)
        for one in reviews:
            await _open(act, one, cells)
        if not ended:
            await calendars.move_calendar(act.tx, found.unit_id, window_at=last, next_due_at=act.now)
            return
    following = next_opening(rules, after=act.now)
    await calendars.move_calendar(
        act.tx, found.unit_id, window_at=0, next_due_at=following.opens_at if following else None
    )


async def _open(act: Act, opening: Opening, units: Sequence[UnitId]) -> None:
    # A round that is opened late (the bot was installed in mid-year) begins now.
    planned = first_step(
        opened_at=act.now,
        due_at=opening.due_at,
        ladder=ladder_of(act, opening.kind),
        rest=act.house.content.calendar.rest,
    )
    opened = await rounds.open_rounds_over(
        act.tx,
        units,
        kind=opening.kind,
        period=opening.period.key,
        opened_at=act.now,
        due_at=opening.due_at,
        first=planned,
    )
    await audit.record_many(
        act.tx,
        actor=None,
        action="round_opened",
        entries=[(f"round:{one}", {"kind": opening.kind.value}) for one in opened],
    )


async def _miss_round(act: Act, opening: Opening, unit: UnitId) -> None:
    """The whole time of the round passed unnoticed: it is not opened any more, and the officers are told."""
    kind = opening.kind.value
    missing = [(unit, Planned(ROUND, opening.opens_at))]
    if not await missed.add_missed(act.tx, kind, missing):
        return
    act.missed[kind] += 1
    await act.tell_all(
        await people.holders(act.tx, unit, OFFICERS),
        texts.round_missed(kind=opening.kind, period=opening.period, opens_at=opening.opens_at, due_at=opening.due_at),
        key=f"missed:{kind}:{unit}:{opening.period.key}",
    )


async def _coming_openings(tx: Tx) -> Sequence[Coming]:
    at = await calendars.coming_calendar(tx)
    return [Coming(at=at, what=texts.coming_open())] if at else []


# ----------------------------------------------------------------------------------- stepping


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What becomes of a step that is due: what is said, what was missed, and what comes next."""

    saying: Saying | None
    missed: Sequence[Planned]
    following: Planned | None


async def _step(act: Act, due: Sequence[DueRounds], prompts: Prompts) -> None:
    # Rounds of cells were opened together and are due together: what holds for one holds for all.
    for these in due:
        kind, plan = these.kind, _plan(act, these)
        await rounds.move_on(act.tx, these.units, plan.following)
        prompt = prompts.get(kind, SILENT)
        if plan.missed:
            late = [(found, one) for found in these.units for one in plan.missed]
            act.missed[kind.value] += await missed.add_missed(act.tx, kind.value, late)
            await prompt.missed(act, these, plan.missed)
        if plan.saying is not None:
            await prompt.say(act, these, plan.saying)


def _plan(act: Act, found: DueRounds) -> _Plan:
    rest, ladder = act.house.content.calendar.rest, ladder_of(act, found.kind)
    # After a downtime several steps are due: only the last one can still be worth saying.
    *passed, last = due_steps(
        Planned(found.next_step, found.next_due_at),
        now=act.now,
        due_at=found.due_at,
        ladder=ladder,
        rest=rest,
        opened_at=found.opened_at,
    )
    at = say_at(last, now=act.now, due_at=found.due_at, rest=rest, allowed=ladder.allowed_lateness)
    saying = None
    if at is not None:
        until = min(found.due_at, last.at + ladder.allowed_lateness)
        saying = Saying(step=last.step, planned_at=last.at, due_at=at, expires_at=until)
    return _Plan(
        saying=saying,
        missed=passed if saying else [*passed, last],
        following=next_step(due_at=found.due_at, ladder=ladder, rest=rest, after=act.now, opened_at=found.opened_at),
    )


async def _coming_steps(tx: Tx) -> Sequence[Coming]:
    return [
        Coming(at=found.next_due_at, what=texts.coming_step(kind=found.kind, period=read_period(found.period)))
        for found in await rounds.coming_rounds(tx)
        if found.next_due_at
    ]
