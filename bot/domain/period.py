"""A period that people report on: a month, a quarter or a year.

Its key is what is stored and compared: "2027-03", "2027-Q1", "2027".
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_KEY = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


class PeriodUnit(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Months in one period."""
        return {PeriodUnit.MONTH: 1, PeriodUnit.QUARTER: 3, PeriodUnit.YEAR: 12}[self]

    @property
    def shortest(self) -> int:
        """Days in the shortest period of this unit."""
        return {PeriodUnit.MONTH: 28, PeriodUnit.QUARTER: 90, PeriodUnit.YEAR: 365}[self]


@dataclass(frozen=True, slots=True)
class Period:
    """One period. `number` counts from 1 within the year; a year's is 1."""

    unit: PeriodUnit
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12 // self.unit.months:
            raise ValueError(f"no {self.unit} number {self.number} in a year")

    @property
    def key(self) -> str:
        """The period as it is stored."""
        match self.unit:
            case PeriodUnit.MONTH:
                return f"{self.year:04}-{self.number:02}"
            case PeriodUnit.QUARTER:
                return f"{self.year:04}-Q{self.number}"
            case PeriodUnit.YEAR:
                return f"{self.year:04}"

    @property
    def first_day(self) -> date:
        """The day on which it begins."""
        return date(self.year, (self.number - 1) * self.unit.months + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day that belongs to it."""
        month = self.number * self.unit.months
        return date(self.year, month, monthrange(self.year, month)[1])


def read_period(key: str) -> Period:
    """The period with this key. Raises `ValueError` for a text that is no key."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"not a period: {key!r}")
    year, quarter, month = found.groups()
    if quarter is not None:
        return Period(PeriodUnit.QUARTER, int(year), int(quarter))
    if month is not None:
        return Period(PeriodUnit.MONTH, int(year), int(month))
    return Period(PeriodUnit.YEAR, int(year))


def periods_of(unit: PeriodUnit, year: int) -> tuple[Period, ...]:
    """The periods of a year, in order."""
    return tuple(Period(unit, year, number) for number in range(1, 12 // unit.months + 1))
