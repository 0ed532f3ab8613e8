"""Lengths of time and numbers of things, as an operator reads them."""

from datetime import datetime, timedelta


def lasting(length: timedelta) -> str:
    """A length of time in its largest unit: "3 days", "12 minutes"."""
    seconds = max(int(length.total_seconds()), 0)
    for name, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return many(seconds // size, name)
    return many(seconds, "second")


def ago(at: datetime, then: datetime) -> str:
    """How long before an instant another one was."""
    return f"{lasting(at - then)} ago"


def many(number: int, thing: str) -> str:
    """A number of things: "1 message", "1,200 messages"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
