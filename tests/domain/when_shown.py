"""What was read, in one line: for the tables of the tests beside it."""

from collections.abc import Sequence
from datetime import date, datetime, time

from bot.clock import VIETNAM
from bot.domain.when import When, WhenFault

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=VIETNAM)
"""A Wednesday morning."""


def shown(answer: When | WhenFault) -> str:
    """The answer in one line, for tables."""
    if isinstance(answer, When):
        return line([answer.day], [answer.at] if answer.at else [])
    return " ".join(filter(None, [answer.kind.value, answer.said.lower(), line(answer.days, answer.times)]))


def line(days: Sequence[date], times: Sequence[time]) -> str:
    """Days, then times."""
    return " ".join([f"{day.day}/{day.month}/{day.year}" for day in days] + [f"{at:%H:%M}" for at in times])
