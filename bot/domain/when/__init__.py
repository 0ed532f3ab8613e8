"""Dates and times as people type them: "3/12 19h30", "thứ 6 tuần sau 19:30", "mùng 3", "tối mai 7h".

With or without diacritics, in any case and order. What a reader must know:

- Every date is of the **solar** calendar, "mùng 3" too (as the fixed days of cells are); a text that says
  lunar is refused. Day before month, always. Weeks begin on Monday, and Sunday is their last day.
- Without a year, a date is the next one; but one that has passed this year is taken for next year only if
  that is less than half a year away. Else it is more likely a slip, and is answered as past.
- A day alone ("ngày 3") is of this month, or of the next if it has passed. A weekday is the coming one; on
  that very weekday it is ambiguous. A date that disagrees with the weekday typed beside it is refused.
- Hours count to 24. From 1 to 5 without a part of the day ("2h") they are ambiguous, unless typed "02h";
  from 6 on they are as typed. Midnight ("12h đêm", "24h") is refused, for it may begin or end a day: "0h"
  begins the day that it is typed with.
- Nothing is guessed beyond that and nothing typed is dropped; still the caller shows the date and time
  back in full before anything is saved.

A text of any length and content gets an answer at once, and never an exception.
"""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.clock import instant_of, local
from bot.domain.when.answer import Asked, FaultKind, When, WhenFault
from bot.domain.when.calendar import day_of
from bot.domain.when.clock import time_of
from bot.domain.when.grammar import phrases_in
from bot.domain.when.phrases import Clock, DayPart, InPart, Phrase
from bot.domain.words import fold

__all__ = ["Asked", "DayPart", "FaultKind", "When", "WhenFault", "read_date", "read_time", "read_when", "settle"]

LONGEST = 300
"""Characters; longer texts are not understood. Decomposed letters take up to three."""

FARTHEST = timedelta(days=5 * 366)

_NEEDS_TIME = frozenset({FaultKind.DATE_MISSING, FaultKind.AMBIGUOUS})
"""Faults of the date whose answer names the time that was understood."""

_BARE_HOUR = re.compile(r"(\d{1,2})(?: (\d\d))?")
_BARE_DAY = re.compile(r"\d{1,2}")


def read_when(text: str, *, now: datetime) -> When | WhenFault:
    """The date in a text, with the time if one is said; never in the past. The caller asks for a missing time."""
    phrases = _phrases(text)
    if not phrases:
        return WhenFault(kind=FaultKind.NOT_UNDERSTOOD)
    at, day = time_of(phrases), day_of(phrases, today=local(now).date())
    if isinstance(at, WhenFault):
        days = day.days if isinstance(day, WhenFault) else (day,)
        return replace(at, days=days) if at.kind is FaultKind.AMBIGUOUS else at
    hour = at if isinstance(at, time) else None
    if isinstance(day, WhenFault):
        return replace(day, times=(hour,)) if hour and day.kind in _NEEDS_TIME else day
    settled = settle(day, hour, now=now)
    return replace(settled, part=at) if isinstance(settled, When) and not isinstance(at, time) else settled


def read_date(text: str, *, now: datetime) -> date | WhenFault:
    """The date in a text, today or later; a time beside it is refused. A bare number is a day of the month."""
    bare = _BARE_DAY.fullmatch(fold(text[:LONGEST]))
    phrases = _phrases(f"ngay {bare.group()}" if bare else text)
    if not phrases:
        return WhenFault(kind=FaultKind.NOT_UNDERSTOOD, asked=Asked.DATE)
    if any(_is_of_time(phrase) for phrase in phrases):
        return WhenFault(kind=FaultKind.DATE_ONLY, asked=Asked.DATE)
    day = day_of(phrases, today=local(now).date())
    settled = day if isinstance(day, WhenFault) else settle(day, None, now=now)
    return settled.day if isinstance(settled, When) else replace(settled, asked=Asked.DATE)


def read_time(text: str, *, part: DayPart | None = None) -> time | WhenFault:
    """The time of day in a text; a date beside it is refused. A bare number ("19", "19 30") is an hour.

    `part` is what `When.part` said before: after "tối mai", "7h" is 19 giờ.
    """
    bare = _BARE_HOUR.fullmatch(fold(text[:LONGEST]))
    phrases = _phrases(f"{bare[1]}h{bare[2] or ''}" if bare else text)
    if not phrases:
        return WhenFault(kind=FaultKind.NOT_UNDERSTOOD, asked=Asked.TIME)
    if not all(_is_of_time(phrase) for phrase in phrases):
        return WhenFault(kind=FaultKind.TIME_ONLY, asked=Asked.TIME)
    at = time_of(phrases, part=part)
    if isinstance(at, time):
        return at
    fault = at if isinstance(at, WhenFault) else WhenFault(kind=FaultKind.TIME_MISSING)
    return replace(fault, asked=Asked.TIME)


def settle(day: date, at: time | None, *, now: datetime) -> When | WhenFault:
    """The date and time, if they are not past and not more than five years away.

    For a caller that asked for them one after the other. A time that has just come is past.
    """
    today = local(now).date()
    if day < today:
        return WhenFault(kind=FaultKind.IN_THE_PAST, days=(day, _again(day, today)))
    if at is not None and instant_of(day, at) <= now:
        return WhenFault(kind=FaultKind.IN_THE_PAST, days=(day,), times=(at,))
    if day - today > FARTHEST:
        return WhenFault(kind=FaultKind.TOO_FAR, days=(day,))
    return When(day=day, at=at)


def _again(day: date, today: date) -> date:
    """The same day of this year or the next, when it is not past; of 29 February the day before."""
    this_year = date(today.year, day.month, min(day.day, 28) if day.month == 2 else day.day)
    return this_year if this_year >= today else this_year.replace(year=today.year + 1)


def _phrases(text: str) -> tuple[Phrase, ...] | None:
    return phrases_in(text) if len(text) <= LONGEST else None


def _is_of_time(phrase: Phrase) -> bool:
    return isinstance(phrase, Clock | InPart)
