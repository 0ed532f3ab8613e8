"""From phrases to the day that they mean, seen from today."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from bot.domain.when.answer import FaultKind, WhenFault
from bot.domain.when.phrases import Ahead, Dated, InMonth, InWeek, Lunar, Near, OnWeekday, Phrase

HALF_YEAR = timedelta(days=183)
WEEK = timedelta(days=7)

Day = date | WhenFault


def day_of(phrases: Sequence[Phrase], *, today: date) -> Day:
    """The one day that all phrases agree on. Faults: see `FaultKind`."""
    if any(isinstance(phrase, Lunar) for phrase in phrases):
        return WhenFault(kind=FaultKind.LUNAR)
    weekdays = [phrase for phrase in phrases if isinstance(phrase, OnWeekday)]
    weeks = [phrase for phrase in phrases if isinstance(phrase, InWeek)]
    fixed = [_fixed(phrase, today) for phrase in phrases if isinstance(phrase, Dated | Ahead)]
    if len(weeks) > 1 or (any(isinstance(phrase, InMonth) for phrase in phrases) and (weekdays or weeks or fixed)):
        return WhenFault(kind=FaultKind.NOT_UNDERSTOOD)
    if fixed:
        return _checked(_one(fixed), weekdays, weeks, today)
    if weekdays:
        return _one([_coming(phrase, weeks, today) for phrase in weekdays])
    if weeks and weeks[0].counted:
        return today + WEEK * weeks[0].ahead
    return WhenFault(kind=FaultKind.DATE_MISSING)


def _one(days: Iterable[Day]) -> Day:
    distinct = list(dict.fromkeys(days))
    fault = next((day for day in distinct if isinstance(day, WhenFault)), None)
    if fault or len(distinct) == 1:
        return fault or distinct[0]
    return WhenFault(kind=FaultKind.AMBIGUOUS, days=tuple(day for day in distinct if isinstance(day, date)))


def _checked(day: Day, weekdays: Iterable[OnWeekday], weeks: Iterable[InWeek], today: date) -> Day:
    """The day, if the day of the week and the week that were said with it are its own."""
    if isinstance(day, WhenFault):
        return day
    for phrase in weekdays:
        if phrase.weekday != day.weekday():
            return WhenFault(kind=FaultKind.WRONG_WEEKDAY, said=phrase.said, days=(day,))
    return _one([day, *(_in_week(phrase, day.weekday(), today) for phrase in weeks)])


def _in_week(week: InWeek, weekday: int, today: date) -> date:
    """The weekday of a week; weeks begin on Monday, and Sunday is their last day."""
    return today + timedelta(days=weekday - today.weekday()) + WEEK * week.ahead


def _coming(phrase: OnWeekday, weeks: Sequence[InWeek], today: date) -> Day:
    if weeks:
        return _in_week(weeks[0], phrase.weekday, today)
    day = today + timedelta(days=(phrase.weekday - today.weekday()) % 7)
    if day > today or phrase.near is Near.THIS:
        return day
    if phrase.near is Near.NEXT:
        return day + WEEK
    return WhenFault(kind=FaultKind.AMBIGUOUS, days=(day, day + WEEK))


def _fixed(phrase: Dated | Ahead, today: date) -> Day:
    if isinstance(phrase, Dated):
        return _numbered(phrase, today) or WhenFault(kind=FaultKind.NO_SUCH_DATE, said=phrase.said)
    year, month = _months_on(today, phrase.months)
    day = min(today.day, monthrange(year, month)[1])
    return date(year, month, day) + timedelta(days=phrase.days)


def _numbered(phrase: Dated, today: date) -> date | None:
    """The numbered day, or None if no calendar shows it."""
    if phrase.year is not None or phrase.years_ahead is not None:
        year = phrase.year if phrase.year is not None else today.year + (phrase.years_ahead or 0)
        return _date(year, phrase.month or 0, phrase.day)
    if phrase.month is not None:
        return _nearest(phrase.month, phrase.day, today)
    this = _date(*_months_on(today, phrase.months_ahead or 0), phrase.day)
    if phrase.months_ahead is None and this is not None and this < today:
        return _date(*_months_on(today, 1), phrase.day)
    return this


def _nearest(month: int, day: int | None, today: date) -> date | None:
    """The date of this year; or of the next year, if it is past here and less than half a year away there."""
    this, following = _date(today.year, month, day), _date(today.year + 1, month, day)
    if this is not None and this >= today:
        return this
    if following is not None and (this is None or following - today < HALF_YEAR):
        return following
    return this


def _months_on(today: date, months: int) -> tuple[int, int]:
    """Year and month, so many months after today's."""
    count = today.year * 12 + today.month - 1 + months
    return count // 12, count % 12 + 1


def _date(year: int, month: int, day: int | None) -> date | None:
    try:
        return date(year, month, day if day is not None else monthrange(year, month)[1])
    except ValueError:
        return None
