"""When rounds open and are due, asked from any instant."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import instant_of, local
from bot.domain.period import PeriodUnit
from bot.domain.rounds import (
    MonthDay,
    Opening,
    PeriodicRule,
    RoundKind,
    YearlyRule,
    next_opening,
    rounds_open,
    rounds_opening,
)

EIGHT = time(8)
PLEDGE = YearlyRule(kind=RoundKind.PLEDGE, opens=MonthDay(1, 5), due=MonthDay(3, 31), at=EIGHT)
REPORT = PeriodicRule(
    kind=RoundKind.SELF_REPORT, unit=PeriodUnit.QUARTER, days_before_end=10, days_after_end=5, at=EIGHT
)
REVIEW = YearlyRule(kind=RoundKind.REVIEW, opens=MonthDay(11, 1), due=MonthDay(12, 10), at=EIGHT)
RULES = (PLEDGE, REPORT, REVIEW)

instants = st.timedeltas(timedelta(), timedelta(days=5500)).map(datetime(2025, 1, 1, tzinfo=UTC).__add__)


def at(year: int, month: int, day: int, hour: int = 8, minute: int = 0) -> datetime:
    """A wall-clock time in Viet Nam."""
    return instant_of(date(year, month, day), time(hour, minute))


def keys(openings: tuple[Opening, ...]) -> list[str]:
    """The rounds as short words."""
    return [f"{opening.kind} {opening.period.key}" for opening in openings]


def test_a_year_of_a_cell() -> None:
    """Pledges open in January, self-reports at the end of each quarter, the review in November."""
    year = rounds_opening(RULES, after=at(2027, 1, 1), until=at(2027, 12, 31))
    assert keys(year) == [
        "pledge 2027",
        "self_report 2027-Q1",
        "self_report 2027-Q2",
        "self_report 2027-Q3",
        "review 2027",
        "self_report 2027-Q4",
    ]
    assert [f"{local(one.opens_at):%d/%m %H:%M} - {local(one.due_at):%d/%m %H:%M}" for one in year] == [
        "05/01 08:00 - 31/03 23:59",
        "21/03 08:00 - 05/04 23:59",
        "20/06 08:00 - 05/07 23:59",
        "20/09 08:00 - 05/10 23:59",
        "01/11 08:00 - 10/12 23:59",
        "21/12 08:00 - 05/01 23:59",
    ]


def test_a_committee_that_begins_in_spring_gets_the_rounds_that_are_open() -> None:
    """What has opened and is not yet due is open, also over the new year."""
    assert keys(rounds_open(RULES, at=at(2027, 2, 15))) == ["pledge 2027"]
    assert keys(rounds_open(RULES, at=at(2027, 3, 25))) == ["pledge 2027", "self_report 2027-Q1"]
    assert keys(rounds_open(RULES, at=at(2028, 1, 5, 9))) == ["self_report 2027-Q4", "pledge 2028"]
    assert keys(rounds_open(RULES, at=at(2027, 5, 1))) == []


def test_a_round_is_open_from_its_first_minute_and_not_in_its_last() -> None:
    """The opening belongs to the round; the deadline does not."""
    assert keys(rounds_open((PLEDGE,), at=at(2027, 1, 5))) == ["pledge 2027"]
    assert keys(rounds_open((PLEDGE,), at=at(2027, 1, 5) - timedelta.resolution)) == []
    assert keys(rounds_open((PLEDGE,), at=at(2027, 3, 31, 23, 59))) == []


def test_a_window_may_go_past_the_new_year() -> None:
    """A yearly round due on an earlier day than it opens is due in the next year, and belongs to the first."""
    rule = YearlyRule(kind=RoundKind.REVIEW, opens=MonthDay(12, 15), due=MonthDay(1, 20), at=EIGHT)
    (opening,) = rounds_open((rule,), at=at(2028, 1, 10))
    assert opening.period.key == "2027"
    assert local(opening.due_at).date().isoformat() == "2028-01-20"


@given(instants)
def test_the_next_opening_is_the_first_that_will_open(after: datetime) -> None:
    """The next opening is in the future, within a quarter, and none opens before it."""
    opening = next_opening(RULES, after=after)
    assert opening is not None
    assert after < opening.opens_at < after + timedelta(days=93)
    assert rounds_opening(RULES, after=after, until=opening.opens_at - timedelta.resolution) == ()
    assert opening in rounds_opening(RULES, after=after, until=opening.opens_at)


@given(
    instants,
    st.sampled_from(PeriodUnit).flatmap(
        lambda unit: st.integers(0, unit.shortest - 1).flatmap(
            lambda before: st.builds(
                PeriodicRule,
                kind=st.just(RoundKind.SELF_REPORT),
                unit=st.just(unit),
                days_before_end=st.just(before),
                days_after_end=st.integers(0, unit.shortest - 1 - before),
                at=st.times(),
            )
        )
    ),
)
def test_two_rounds_of_a_kind_are_never_open_at_once(instant: datetime, rule: PeriodicRule) -> None:
    """Whatever days a committee sets, at most one period is open for reports."""
    assert len(rounds_open((rule,), at=instant)) <= 1


def test_settings_that_would_overlap_are_refused() -> None:
    """Days that let a round reach into the next one, or that are negative, cannot be set."""
    with pytest.raises(ValueError, match="still be open"):
        PeriodicRule(kind=RoundKind.SELF_REPORT, unit=PeriodUnit.MONTH, days_before_end=14, days_after_end=14, at=EIGHT)
    with pytest.raises(ValueError, match="not negative"):
        PeriodicRule(kind=RoundKind.SELF_REPORT, unit=PeriodUnit.MONTH, days_before_end=-1, days_after_end=5, at=EIGHT)
    with pytest.raises(ValueError, match="day is out of range"):
        MonthDay(2, 29)


def test_without_rules_nothing_opens() -> None:
    """A committee that has switched everything off has no next opening."""
    assert next_opening((), after=at(2027, 1, 1)) is None
