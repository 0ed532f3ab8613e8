"""What reading a date or a time gives: the date and time, or what is wrong with it."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from bot.domain.when.phrases import DayPart


class Asked(StrEnum):
    """What the person was asked for; decides the examples that an answer shows."""

    WHEN = "when"
    DATE = "date"
    TIME = "time"


class FaultKind(StrEnum):
    """What can be wrong with a typed date or time.

    NOT_UNDERSTOOD: something in the text is not part of a date or time.
    NO_SUCH_DATE, NO_SUCH_TIME: understood, but no calendar or clock shows it (`said`).
    WRONG_WEEKDAY: the date (`days[0]`) is another day of the week than the one typed (`said`).
    IN_THE_PAST: `days[0]`, with `times[0]` if the time is what is past; if the date is, `days[1]` is the same day of
    the first year in which it is not. TOO_FAR: `days[0]`.
    AMBIGUOUS: `days` or `times` has several; the other, if it was said and is clear, has one.
    MIDNIGHT: "12h đêm" may begin or end a day (`said`). LUNAR: by the lunar calendar.
    DATE_MISSING: no day, perhaps a time (`times`). TIME_MISSING: no hour.
    DATE_ONLY, TIME_ONLY: more was typed than was asked for.
    """

    NOT_UNDERSTOOD = "not_understood"
    NO_SUCH_DATE = "no_such_date"
    NO_SUCH_TIME = "no_such_time"
    WRONG_WEEKDAY = "wrong_weekday"
    IN_THE_PAST = "in_the_past"
    TOO_FAR = "too_far"
    AMBIGUOUS = "ambiguous"
    MIDNIGHT = "midnight"
    LUNAR = "lunar"
    DATE_MISSING = "date_missing"
    TIME_MISSING = "time_missing"
    DATE_ONLY = "date_only"
    TIME_ONLY = "time_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A date, and a time of day if one was said, as clocks in Viet Nam show them.

    `part` is there only without `at`: "tối mai" is tomorrow, at an hour of the evening still to be asked.
    """

    day: date
    at: time | None = None
    part: DayPart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenFault:
    """What is wrong, with the values that an answer needs: see `FaultKind`. `said` is a piece of the text."""

    kind: FaultKind
    asked: Asked = Asked.WHEN
    said: str = ""
    days: tuple[date, ...] = ()
    times: tuple[time, ...] = ()
