"""A month's messages of an account: how far they have gone, and what of them is kept for what people wait for.

The month is Viet Nam's. What the messenger allows is reported, not documented: so our count warns and holds back, and
only the messenger's own word ends the month, and even that is tested now and then.
"""

from datetime import UTC, datetime, timedelta

from bot.clock import VIETNAM, local

WARNINGS = (70, 90)
"""The percentages that administrators are told of."""
GONE = 100
"""What they are told of when the messenger says that nothing more goes out."""
RESERVED_FROM = 90
"""From this percentage on only answers and notices go out."""
PROBE = timedelta(hours=6)
"""How often one message is tried after the messenger said that the month's are gone."""
PEOPLE_WARNINGS = (90, 100)
"""The percentages of an account's people that administrators are told of."""


def month_of(now: datetime) -> str:
    """The month that an instant belongs to: "2027-03"."""
    return local(now).isoformat()[: len("2027-03")]


def month_ends(now: datetime) -> datetime:
    """When the next month begins."""
    first = local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = divmod(first.year * 12 + first.month, 12)
    return datetime(year, month + 1, 1, tzinfo=VIETNAM).astimezone(UTC)


def is_reserved(used: int, limit: int | None) -> bool:
    """Whether what is left is kept for answers and notices."""
    return limit is not None and used * 100 >= limit * RESERVED_FROM


def before_reserve(used: int, limit: int | None) -> int | None:
    """How many messages go out before the rest is kept; None: any number."""
    return None if limit is None else max(0, -(-limit * RESERVED_FROM // 100) - used)


def level(used: int, limit: int | None) -> int:
    """The highest percentage to warn of that is reached; 0: none."""
    reached = [mark for mark in WARNINGS if limit is not None and used * 100 >= limit * mark]
    return max(reached, default=0)


def people_mark(people: int, limit: int | None) -> bool:
    """Whether this many people on an account is a number to warn of."""
    return limit is not None and people in {-(-limit * mark // 100) for mark in PEOPLE_WARNINGS}
