"""calendar.toml: when rounds open, how people are reminded, and when nobody is."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bot.content.files import DayOfYear, Source, TimeOfDay, Versioned, read_file
from bot.domain.calendar import Calendar, Snooze
from bot.domain.period import PeriodUnit
from bot.domain.reminder import Ladder, RestCalendar, Rung
from bot.domain.rounds import PeriodicRule, RoundKind, RoundRule, YearlyRule

HOLIDAY_YEARS = range(2023, 2101)
"""The years whose public holidays are known, lunar ones included."""
HOLIDAYS_FILE = Path(__file__).parent / "holidays-vn.txt"
"""Written by tests/content/make_holidays.py with the library `holidays`: to ask it at every start took 12 MB and most
of a second, for what changes once a year."""

_STEP = re.compile(r"open|T-([0-9]{1,3})")


def _read_days_before(step: object) -> object:
    found = _STEP.fullmatch(step) if isinstance(step, str) else None
    if found is None:
        raise ValueError('a step is "open" or "T-" and a number of days')
    return None if found[1] is None else int(found[1])


class StepModel(Struct, frozen=True):
    """One step of a ladder."""

    step: Annotated[int | None, _read_days_before]
    at: TimeOfDay


class LadderModel(Struct, frozen=True):
    """The steps of one kind of reminder."""

    allowed_lateness_hours: Annotated[int, Meta(ge=1, le=72)]
    steps: Annotated[tuple[StepModel, ...], Meta(max_length=20)]

    def __post_init__(self) -> None:
        self.to_ladder()

    def to_ladder(self) -> Ladder:
        """The ladder as the domain knows it; a `ValueError` for steps out of order."""
        rungs = tuple(Rung(one.step, one.at) for one in self.steps)
        return Ladder(rungs, timedelta(hours=self.allowed_lateness_hours))


class MeetingLadderModel(LadderModel, frozen=True):
    """The steps before a meeting."""

    def __post_init__(self) -> None:
        if any(one.step is None for one in self.steps):
            raise ValueError('a meeting has no "open" step: its notice goes out when it is made')
        self.to_ladder()


class LaddersModel(Struct, frozen=True):
    """A ladder for each kind of reminder."""

    pledge: LadderModel
    self_report: LadderModel
    review: LadderModel
    meeting: MeetingLadderModel


class YearlyModel(Struct, frozen=True):
    """A round once a year."""

    opens: DayOfYear
    due: DayOfYear
    at: TimeOfDay

    def to_rule(self, kind: RoundKind) -> RoundRule:
        """The rule as the domain knows it."""
        return YearlyRule(kind=kind, opens=self.opens, due=self.due, at=self.at)


class PeriodicModel(Struct, frozen=True):
    """A round for every period."""

    period: PeriodUnit
    opens_days_before_end: int
    due_days_after_end: int
    at: TimeOfDay

    def __post_init__(self) -> None:
        self.to_rule(RoundKind.SELF_REPORT)

    def to_rule(self, kind: RoundKind) -> RoundRule:
        """The rule as the domain knows it; a `ValueError` for days that let two rounds overlap."""
        return PeriodicRule(
            kind=kind,
            unit=self.period,
            days_before_end=self.opens_days_before_end,
            days_after_end=self.due_days_after_end,
            at=self.at,
        )


class RoundsModel(Struct, frozen=True):
    """The rounds that open by themselves. A kind that is left out does not."""

    pledge: YearlyModel | None = None
    self_report: PeriodicModel | None = None
    review: YearlyModel | None = None

    def to_rules(self) -> tuple[RoundRule, ...]:
        """The rules as the domain knows them."""
        models = {
            RoundKind.PLEDGE: self.pledge,
            RoundKind.SELF_REPORT: self.self_report,
            RoundKind.REVIEW: self.review,
        }
        return tuple(model.to_rule(kind) for kind, model in models.items() if model is not None)


class RestModel(Struct, frozen=True):
    """When nobody is reminded. `holidays` names a country, or switches public holidays off."""

    quiet_from: TimeOfDay
    quiet_to: TimeOfDay
    holidays: Literal["VN", "none"]
    extra_days: tuple[date, ...] = ()
    except_days: tuple[date, ...] = ()

    def to_rest(self) -> RestCalendar:
        """The days and hours as the domain knows them."""
        public = _public_holidays() if self.holidays == "VN" else frozenset()
        return RestCalendar(
            quiet_from=self.quiet_from,
            quiet_to=self.quiet_to,
            rest_days=(public | frozenset(self.extra_days)) - frozenset(self.except_days),
        )


class SnoozeModel(Struct, frozen=True):
    """How long a reminder may be put off."""

    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=30)], ...], Meta(min_length=1, max_length=3)]
    at: TimeOfDay


class CalendarFile(Versioned, frozen=True, kw_only=True):
    """The whole of calendar.toml."""

    rounds: RoundsModel
    ladders: LaddersModel
    rest: RestModel
    snooze: SnoozeModel


def read_calendar(source: Source) -> Calendar:
    """The committee's calendar. Raises `ContentFault`."""
    read, edition = read_file(source, CalendarFile)
    return Calendar(
        rounds=read.rounds.to_rules(),
        pledge=read.ladders.pledge.to_ladder(),
        self_report=read.ladders.self_report.to_ladder(),
        review=read.ladders.review.to_ladder(),
        meeting=read.ladders.meeting.to_ladder(),
        rest=read.rest.to_rest(),
        snooze=Snooze(read.snooze.days, read.snooze.at),
        edition=edition,
    )


def _public_holidays() -> frozenset[date]:
    """Viet Nam's public holidays with Tết and the days off in lieu."""
    lines = HOLIDAYS_FILE.read_text("utf-8").splitlines()
    return frozenset(date.fromisoformat(line.partition(" ")[0]) for line in lines)
