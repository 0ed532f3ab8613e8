"""A fact that is due acts and is due no more: whatever the ladder, the calendar and the clock, nothing is due for ever,
nothing is said twice, and what is not said is named."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bot.clock import instant_of
from bot.domain.period import PeriodUnit
from bot.domain.reminder import Ladder, Planned, RestCalendar, Rung, due_steps, first_step, next_step, say_at
from bot.domain.rounds import MonthDay, PeriodicRule, RoundKind, RoundRule, YearlyRule, next_opening, rounds_open

TET = frozenset(date(2028, 1, day) for day in range(25, 32)) | {date(2028, 2, 1)}
OPENED = instant_of(date(2028, 1, 5), time(8))


@dataclass
class Fact:
    """What a round (or, never opened, a meeting) stores, and what its ticks did. `step` acts as the tick does."""

    due_at: datetime
    opened_at: datetime | None
    ladder: Ladder
    rest: RestCalendar
    stored: Planned | None
    said: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def tick(self, now: datetime) -> None:
        """Act, if it is due."""
        if self.stored is None or self.stored.at > now:
            return
        facts = {"due_at": self.due_at, "ladder": self.ladder, "rest": self.rest, "opened_at": self.opened_at}
        *passed, last = due_steps(self.stored, now=now, **facts)  # type: ignore[arg-type]
        at = say_at(last, now=now, due_at=self.due_at, rest=self.rest, allowed=self.ladder.allowed_lateness)
        self.stored = next_step(after=now, **facts)  # type: ignore[arg-type]
        self.missed += [one.step for one in (passed if at else [*passed, last])]
        self.said += [last.step] if at else []


# Two years with a leap day and a Tết in them, from the last day of a month.
START = datetime(2027, 1, 31, tzinfo=UTC)
instants = st.timedeltas(timedelta(), timedelta(days=760)).map(START.__add__)
jumps = st.lists(
    st.one_of(
        st.timedeltas(timedelta(seconds=1), timedelta(days=40)),
        st.sampled_from([timedelta(days=2), timedelta(days=-2), timedelta(days=7), timedelta(days=-40), timedelta(0)]),
    ),
    max_size=40,
)
days_off = st.frozensets(st.dates(date(2027, 1, 31), date(2029, 3, 1)), max_size=40).map(TET.union)
rests = st.builds(RestCalendar, quiet_from=st.times(), quiet_to=st.times(), rest_days=days_off)
ladders = st.builds(
    lambda days, times, opens, lateness: Ladder(
        (*((Rung(None, time(8)),) if opens else ()), *map(Rung, sorted(days, reverse=True), times)), lateness
    ),
    st.frozensets(st.integers(0, 60), max_size=8),
    st.lists(st.times(), min_size=8, max_size=8),
    st.booleans(),
    st.timedeltas(timedelta(), timedelta(days=3)),
)


@given(due_at=instants, opened_at=st.none() | instants, ladder=ladders, rest=rests, begin=instants, jumps=jumps)
@example(
    due_at=instant_of(date(2028, 2, 29), time(23, 59)),
    opened_at=OPENED,
    ladder=Ladder((Rung(None, time(8)), Rung(30, time(19)), Rung(1, time(19)), Rung(0, time(8))), timedelta(hours=12)),
    rest=RestCalendar(quiet_from=time(21), quiet_to=time(6, 30), rest_days=TET),
    begin=OPENED,
    jumps=[timedelta(days=2), timedelta(days=-2), timedelta(days=7)] * 6,
)
def test_whatever_the_clock_does_a_fact_is_due_no_more_after_its_tick(
    due_at: datetime,
    opened_at: datetime | None,
    ladder: Ladder,
    rest: RestCalendar,
    begin: datetime,
    jumps: list[timedelta],
) -> None:
    """After a tick at any instant the next one is in the future or never comes. Over all ticks, however the clock
    jumps, each step is said or missed, once: none that existed when the round began is passed over in silence."""
    facts = {"due_at": due_at, "ladder": ladder, "rest": rest}
    stored = (
        next_step(after=begin, **facts)  # type: ignore[arg-type]
        if opened_at is None
        else first_step(opened_at=opened_at, **facts)  # type: ignore[arg-type]
    )
    fact = Fact(opened_at=opened_at, stored=stored, **facts)  # type: ignore[arg-type]
    planned = []
    while stored is not None:
        planned.append(stored.step)
        stored = next_step(after=stored.at, opened_at=opened_at, **facts)  # type: ignore[arg-type]
    now = begin
    for jump in jumps:
        now += jump
        fact.tick(now)
        assert fact.stored is None or fact.stored.at > now
        fact.tick(now)  # the next tick of a clock that stands: nothing more
    fact.tick(max(due_at, now) + timedelta(days=1))
    assert fact.stored is None
    assert sorted(fact.said + fact.missed) == sorted(planned)


rules: st.SearchStrategy[RoundRule] = st.one_of(
    st.builds(
        YearlyRule,
        kind=st.sampled_from(RoundKind),
        opens=st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(lambda day: MonthDay(day.month, day.day)),
        due=st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(lambda day: MonthDay(day.month, day.day)),
        at=st.times(),
    ),
    st.builds(
        PeriodicRule,
        kind=st.sampled_from(RoundKind),
        unit=st.sampled_from(PeriodUnit),
        days_before_end=st.integers(0, 12),
        days_after_end=st.integers(0, 12),
        at=st.times(),
    ),
)


@given(found=st.lists(rules, min_size=1, max_size=4), now=instants)
def test_a_calendar_always_has_a_next_opening_in_the_future(found: list[RoundRule], now: datetime) -> None:
    """At month ends, on a leap day, over a new year: what opens next opens later than now, and what opens then is open
    at that very instant."""
    following = next_opening(found, after=now)
    assert following is not None and following.opens_at > now
    if following.due_at > following.opens_at:
        assert following in rounds_open(found, at=following.opens_at)
