"""What people say about a day or an hour, before anybody looks at a calendar.

The grammar makes these from a text, `calendar` makes dates and times of them. Numbers are as typed: unchecked.
"""

from dataclasses import dataclass
from enum import StrEnum


class DayPart(StrEnum):
    """The part of the day that a person named beside the hour; `AM` and `PM` as telephones write it."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"
    AM = "am"
    PM = "pm"


class Near(StrEnum):
    """Which of the coming ones: not said; this one, perhaps today; the next one, surely not today."""

    ANY = "any"
    THIS = "this"
    NEXT = "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """An hour. `before`: minutes taken off ("kém 15"). `exact`: surely counted to 24 ("05:00"). `part`: AM or PM."""

    hour: int
    minute: int = 0
    before: int = 0
    exact: bool = False
    part: DayPart | None = None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InPart:
    """A part of the day."""

    part: DayPart
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A numbered day of the solar calendar; `day` None is the last of its month.

    The month is a number, or so many months ahead of this one, or not said; so is the year.
    """

    day: int | None
    month: int | None = None
    months_ahead: int | None = None
    year: int | None = None
    years_ahead: int | None = None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """So many days or months from today."""

    days: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OnWeekday:
    """A day of the week, 0 is Monday."""

    weekday: int
    near: Near
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InWeek:
    """A week, so many ahead of this one. `counted` ("2 tuần nữa"): without a weekday, the same weekday then."""

    ahead: int
    counted: bool = False


@dataclass(frozen=True, slots=True)
class InMonth:
    """A month without a day: too little for a date."""


@dataclass(frozen=True, slots=True)
class Lunar:
    """A day by the lunar calendar."""


Phrase = Clock | InPart | Dated | Ahead | OnWeekday | InWeek | InMonth | Lunar

Found = tuple[Phrase, int] | None
"""What a rule finds at a place: a phrase and the place after it."""
