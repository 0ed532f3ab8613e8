"""Months, quarters and years, their keys and their days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.period import Period, PeriodUnit, periods_of, read_period


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2027", date(2027, 1, 1), date(2027, 12, 31)),
        ("2027-Q1", date(2027, 1, 1), date(2027, 3, 31)),
        ("2027-Q4", date(2027, 10, 1), date(2027, 12, 31)),
        ("2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2027-12", date(2027, 12, 1), date(2027, 12, 31)),
    ],
)
def test_a_period_knows_its_days(key: str, first: date, last: date) -> None:
    """A stored key names the first and the last day, also in a leap year."""
    period = read_period(key)
    assert (period.first_day, period.last_day) == (first, last)


@given(st.sampled_from(PeriodUnit), st.integers(2000, 2100))
def test_the_periods_of_a_year_fill_it(unit: PeriodUnit, year: int) -> None:
    """The periods of a year follow each other without gap, none is shorter than said, and keys read back."""
    periods = periods_of(unit, year)
    assert sum((period.last_day - period.first_day).days + 1 for period in periods) == date(year, 12, 31).timetuple()[7]
    assert min((period.last_day - period.first_day).days + 1 for period in periods) >= unit.shortest
    assert tuple(read_period(period.key) for period in periods) == periods


@pytest.mark.parametrize("key", ["", "27", "2027-13", "2027-00", "2027-Q5", "2027-Q0", "2027-q1", "2027-1", "2027 "])
def test_what_is_no_key_is_refused(key: str) -> None:
    """Anything but the three exact forms raises an error."""
    with pytest.raises(ValueError, match="not a period"):
        read_period(key)


def test_a_year_has_no_fifth_quarter() -> None:
    """A period that does not exist cannot be made."""
    with pytest.raises(ValueError, match="no quarter number 5"):
        Period(PeriodUnit.QUARTER, 2027, 5)
