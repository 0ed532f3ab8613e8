"""When a reminder is said: steps of a ladder before a deadline, held in quiet hours and on days of rest.

Pure: deadline, ladder and calendar in, instants out. A fact (round, meeting) carries the instant of its next step;
whenever that passes, `next_step` gives the first step in the future, or none. It never gives an instant already past
and never one at or after the deadline, so nothing can be due for ever and nothing is caught up on after a downtime.
Instants are aware, in UTC; days and times of day are Viet Nam's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bot.clock import instant_of, local

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCalendar:
    """When nobody is reminded: quiet hours every day (none when both times are the same), and whole days."""

    quiet_from: time
    quiet_to: time
    rest_days: frozenset[date] = frozenset()

    def is_quiet(self, at: time) -> bool:
        """Whether this time of day is in the quiet hours, which may go past midnight."""
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= at < self.quiet_to
        return at >= self.quiet_from or at < self.quiet_to

    def allows(self, instant: datetime) -> bool:
        """Whether a reminder may be said at this instant."""
        here = local(instant)
        return here.date() not in self.rest_days and not self.is_quiet(here.time())


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: so many days before the deadline, or (None) the opening; and its time of day.

    The opening is said when the round opens; its time of day counts only when that instant must be held."""

    days_before: int | None
    at: time

    @property
    def step(self) -> str:
        """The step's key, as it is stored: "open", "T-7", "T-0"."""
        return "open" if self.days_before is None else f"T-{self.days_before}"


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps towards a deadline, the opening first, then fewer and fewer days; and how late one may be said."""

    rungs: tuple[Rung, ...]
    allowed_lateness: timedelta

    def __post_init__(self) -> None:
        days = [float("inf") if rung.days_before is None else rung.days_before for rung in self.rungs]
        if any(later >= earlier for earlier, later in pairwise(days)) or any(day < 0 for day in days):
            raise ValueError("the steps of a ladder go from the opening to the last day, each once")


@dataclass(frozen=True, slots=True)
class Planned:
    """A step and its instant."""

    step: str
    at: datetime


def next_step(
    *, due_at: datetime, ladder: Ladder, rest: RestCalendar, after: datetime, opened_at: datetime | None = None
) -> Planned | None:
    """The first step later than `after`, or None. `due_at` is the deadline of a round or the start of a meeting;
    what is never opened (a meeting) has no `opened_at` and no opening step."""
    steps = steps_of(due_at=due_at, ladder=ladder, rest=rest, opened_at=opened_at)
    return next((planned for planned in steps if planned.at > after), None)


def first_step(*, opened_at: datetime, due_at: datetime, ladder: Ladder, rest: RestCalendar) -> Planned | None:
    """The first step of a round that opens at this instant, which may be this very instant."""
    before = opened_at - timedelta.resolution
    return next_step(due_at=due_at, ladder=ladder, rest=rest, after=before, opened_at=opened_at)


def steps_of(
    *, due_at: datetime, ladder: Ladder, rest: RestCalendar, opened_at: datetime | None = None
) -> tuple[Planned, ...]:
    """All steps that will be said, each moved to the first allowed instant, in order.

    A step moved onto or past a later one is left to the later one; a step moved to or past the deadline is dropped;
    steps before the opening do not exist."""
    kept: list[Planned] = []
    for planned in reversed(list(_held(due_at, ladder, rest, opened_at))):
        if planned.at < due_at and (not kept or planned.at < kept[-1].at):
            kept.append(planned)
    return tuple(reversed(kept))


def due_steps(
    planned: Planned,
    *,
    now: datetime,
    due_at: datetime,
    ladder: Ladder,
    rest: RestCalendar,
    opened_at: datetime | None = None,
) -> tuple[Planned, ...]:
    """The stored step that is due, and every later one whose instant has come as well (after a downtime), in order.
    Only the last of them can still be worth saying; the others are missed, and none is passed over in silence."""
    steps = steps_of(due_at=due_at, ladder=ladder, rest=rest, opened_at=opened_at)
    return (planned, *(later for later in steps if planned.at < later.at <= now))


def dropped_steps(
    *, due_at: datetime, ladder: Ladder, rest: RestCalendar, opened_at: datetime | None = None
) -> tuple[Planned, ...]:
    """The steps that would have been said only at or after the deadline, with the instants to which they moved."""
    return tuple(planned for planned in _held(due_at, ladder, rest, opened_at) if planned.at >= due_at)


def hold(instant: datetime, rest: RestCalendar, *, at: time | None = None) -> datetime:
    """The first allowed instant not before `instant`: itself, or `at` (the end of the quiet hours unless given, or
    when `at` is quiet itself) on the first day that allows it."""
    if rest.allows(instant):
        return instant
    wake = rest.quiet_to if at is None or rest.is_quiet(at) else at
    day = local(instant).date()
    while day in rest.rest_days or instant_of(day, wake) < instant:
        day += _A_DAY
    return instant_of(day, wake)


def is_late(planned: Planned, *, now: datetime, allowed: timedelta) -> bool:
    """Whether it is too late to say this step: it is missed, never sent."""
    return now - planned.at > allowed


def say_at(
    planned: Planned, *, now: datetime, due_at: datetime, rest: RestCalendar, allowed: timedelta
) -> datetime | None:
    """When a step that is due is said: now, or after the quiet hours into which its lateness has brought it; None
    when that is too late or not before the deadline."""
    instant = hold(max(now, planned.at), rest)
    return None if instant >= due_at or is_late(planned, now=instant, allowed=allowed) else instant


def snoozed_until(*, now: datetime, days: int, at: time, due_at: datetime, rest: RestCalendar) -> datetime | None:
    """When somebody who asked for it is reminded again: so many days on, at a time of day, held as any reminder;
    None when the deadline comes first."""
    instant = hold(instant_of(local(now).date() + days * _A_DAY, at), rest, at=at)
    return instant if now < instant < due_at else None


def _held(due_at: datetime, ladder: Ladder, rest: RestCalendar, opened_at: datetime | None) -> Iterator[Planned]:
    """Every step that exists, at the first allowed instant, in the order of the ladder."""
    last_day = local(due_at).date()
    for rung in ladder.rungs:
        if rung.days_before is None:
            wanted = opened_at
        else:
            wanted = instant_of(last_day - rung.days_before * _A_DAY, rung.at)
        if wanted is not None and (opened_at is None or wanted >= opened_at):
            yield Planned(rung.step, hold(wanted, rest, at=rung.at))
