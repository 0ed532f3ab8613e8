"""A round (đợt): one collection of pledges, self-reports or reviews, with an opening and a deadline.

When rounds open is a committee's own rule. A stored calendar fact carries the instant of the next opening in
`next_due_at`; when it is due, the rounds of `rounds_open` that do not exist yet are opened and the fact moves on to
`next_opening`. Rounds of one kind never overlap, and a round whose whole time passed unnoticed is not opened late.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.clock import instant_of, local
from bot.domain.period import Period, PeriodUnit, periods_of

DUE_TIME = time(23, 59)
"""A round is due at this minute of its last day, so that the deadline reads as that day."""


class RoundKind(StrEnum):
    """What a round collects. A review round prompts the secretaries; the others ask the members."""

    PLEDGE = "pledge"
    SELF_REPORT = "self_report"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day that every year has: 29 February is refused."""

    month: int
    day: int

    def __post_init__(self) -> None:
        self.in_year(2023)

    def in_year(self, year: int) -> date:
        """This day in a year."""
        return date(year, self.month, self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyRule:
    """One round a year, from a day to a day, which is in the next year when it comes earlier in the calendar.
    The round belongs to the year in which it opens."""

    kind: RoundKind
    opens: MonthDay
    due: MonthDay
    at: time

    def opening(self, year: int) -> "Opening":
        """This rule's round of a year."""
        opens = self.opens.in_year(year)
        due = self.due.in_year(year)
        if due < opens:
            due = self.due.in_year(year + 1)
        return Opening(
            kind=self.kind,
            period=Period(PeriodUnit.YEAR, year),
            opens_at=instant_of(opens, self.at),
            due_at=instant_of(due, DUE_TIME),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicRule:
    """A round for every month, quarter or year, opened some days before the period's last day and due some days
    after it. Together they are less than the shortest period, so that two rounds are never open at once."""

    kind: RoundKind
    unit: PeriodUnit
    days_before_end: int
    days_after_end: int
    at: time

    def __post_init__(self) -> None:
        if min(self.days_before_end, self.days_after_end) < 0:
            raise ValueError("days before and after the end of a period are not negative")
        if self.days_before_end + self.days_after_end >= self.unit.shortest:
            raise ValueError(f"a round would still be open when that of the next {self.unit} opens")

    def opening(self, period: Period) -> "Opening":
        """This rule's round for a period."""
        return Opening(
            kind=self.kind,
            period=period,
            opens_at=instant_of(period.last_day - timedelta(days=self.days_before_end), self.at),
            due_at=instant_of(period.last_day + timedelta(days=self.days_after_end), DUE_TIME),
        )


RoundRule = YearlyRule | PeriodicRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A round as the rules want it, opened or not."""

    kind: RoundKind
    period: Period
    opens_at: datetime
    due_at: datetime


def rounds_opening(rules: Iterable[RoundRule], *, after: datetime, until: datetime) -> tuple[Opening, ...]:
    """The rounds that open later than `after` and not later than `until`, in order."""
    return _in_order(opening for opening in _around(rules, after, until) if after < opening.opens_at <= until)


def rounds_open(rules: Iterable[RoundRule], *, at: datetime) -> tuple[Opening, ...]:
    """The rounds that are open at this instant, in the order in which they opened."""
    return _in_order(opening for opening in _around(rules, at, at) if opening.opens_at <= at < opening.due_at)


def next_opening(rules: Iterable[RoundRule], *, after: datetime) -> Opening | None:
    """The first round that opens later than `after`; None only where there are no rules."""
    coming = (opening for opening in _around(rules, after, after) if opening.opens_at > after)
    return next(iter(_in_order(coming)), None)


def _in_order(openings: Iterable[Opening]) -> tuple[Opening, ...]:
    return tuple(sorted(openings, key=lambda opening: (opening.opens_at, opening.kind)))


def _around(rules: Iterable[RoundRule], first: datetime, last: datetime) -> Iterator[Opening]:
    """Every round from the year before `first` to two years after `last`: enough for what spans a new year."""
    for rule in rules:
        for year in range(local(first).year - 1, local(last).year + 3):
            if isinstance(rule, YearlyRule):
                yield rule.opening(year)
            else:
                yield from map(rule.opening, periods_of(rule.unit, year))
