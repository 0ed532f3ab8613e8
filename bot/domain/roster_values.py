"""Reading single cells of a roster: names, dates, member codes, words of a closed list.

Every reader takes what stands in the cell and returns the clean value, or raises `Unreadable` with the fault.
`today` is an argument: dates to come and two-digit years are judged by it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from bot.domain.roster import Fault, RawCell
from bot.domain.words import clean_name, fold

NAME_LIMIT = 100
UNIT_NAME_LIMIT = 200
CODE_LIMIT = 30

ADULT_AT = 18
"""Nobody joins younger; a birth later than this many years ago is a slip of the pen."""
OLDEST = 115
PARTY_FOUNDED = date(1930, 2, 3)

_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[ t]0?0:00(?::00(?:\.0+)?)?)?")
_PARTS = re.compile(r"[0-9]+|[a-z]+|[^0-9a-z \-/.,]")
_DATE_WORDS = frozenset({"ngay", "thang", "nam", "sinh"})
_IN_NAMES = frozenset(" '’.-")

T = TypeVar("T")


class Unreadable(Exception):
    """The cell does not hold what its column asks for."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Birth:
    """When somebody was born: the year always, the day if it is known."""

    year: int
    day: date | None = None


def word_key(text: str) -> str:
    """The text for comparing words and headings: folded, and only letters and digits, single spaces."""
    return " ".join(re.findall(r"\w+", fold(text).replace("_", " ")))


def cell_key(name: str) -> str:
    """The name of a cell for comparing: "Chi bộ Thôn 1" and "thôn 1" are the same cell."""
    return word_key(name).removeprefix("chi bo ")


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: no letter and no digit. People put a dash or dots where nothing is to be said."""
    return not any(map(str.isalnum, text))


def says(cell: RawCell) -> bool:
    """Whether anything stands in the cell."""
    return not (isinstance(cell, str) and is_blank(cell))


def starts_like_formula(text: str) -> bool:
    """Whether Excel would compute this text if it were typed into a cell."""
    return text.lstrip().startswith(("=", "+", "-", "@")) and not is_blank(text)


def read_name(cell: str | date) -> str:
    """A person's name: letters of any people, with apostrophes, dots and hyphens."""
    name = _text(cell, limit=NAME_LIMIT)
    if not all(char in _IN_NAMES or unicodedata.category(char)[0] in "LM" for char in name):
        raise Unreadable(Fault.NOT_A_NAME)
    return name


def read_unit_name(cell: str | date) -> str:
    """The name of a cell or committee."""
    return _text(cell, limit=UNIT_NAME_LIMIT)


def read_unit_names(cell: str | date) -> tuple[str, ...]:
    """Several names, parted by semicolons or line ends; each once."""
    names: dict[str, str] = {}
    for part in re.split(r"[;\n]", _typed(cell)):
        if not is_blank(part):
            names.setdefault(cell_key(part), read_unit_name(part))
    return tuple(names.values())


def read_member_code(cell: str | date) -> str:
    """A member's stable code: letters, digits, dots, dashes and slashes; capitals, without spaces."""
    code = "".join(_text(cell, limit=CODE_LIMIT).split()).upper()
    if not re.fullmatch(r"[0-9A-ZĐ./-]+", code) or not any(char.isdigit() for char in code):
        raise Unreadable(Fault.NOT_A_CODE)
    return code


def read_word(words: Mapping[str, T]) -> Callable[[str | date], T]:
    """A reader for one word of a closed list."""

    def read(cell: str | date) -> T:
        found = words.get(word_key(_typed(cell)))
        if found is None:
            raise Unreadable(Fault.UNKNOWN_WORD)
        return found

    return read


def read_words(words: Mapping[str, T]) -> Callable[[str | date], tuple[T, ...]]:
    """A reader for several words of a closed list, parted by semicolons, commas or line ends; each once."""

    def read(cell: str | date) -> tuple[T, ...]:
        parts = [part for part in re.split(r"[;,\n]", _typed(cell)) if not is_blank(part)]
        return tuple(dict.fromkeys(read_word(words)(part) for part in parts))

    return read


def read_birth(today: date) -> Callable[[str | date], Birth]:
    """A reader for a birthday: a day; a month and year or a year alone ("1965", "00/00/1965") keep the year."""

    def read(cell: str | date) -> Birth:
        day, month, year = _day_month_year(cell, latest=today.year - ADULT_AT, partial=True)
        if not today.year - OLDEST <= year <= today.year - ADULT_AT:
            raise Unreadable(Fault.IMPLAUSIBLE_DATE)
        return Birth(year, _date(year, month, day) if day and month else None)

    return read


def read_party_day(today: date) -> Callable[[str | date], date]:
    """A reader for a day in a life in the Party: not before the Party was, and not to come."""

    def read(cell: str | date) -> date:
        day, month, year = _day_month_year(cell, latest=today.year, partial=False)
        found = _date(year, month, day)
        if not PARTY_FOUNDED <= found <= today:
            raise Unreadable(Fault.IMPLAUSIBLE_DATE)
        return found

    return read


def _typed(cell: str | date) -> str:
    """What a person sees in the cell."""
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else cell


def _text(cell: str | date, *, limit: int) -> str:
    text = clean_name(_typed(cell))
    if len(text) > limit:
        raise Unreadable(Fault.TOO_LONG)
    return text


def _day_month_year(cell: str | date, *, latest: int, partial: bool) -> tuple[int, int, int]:
    """Day, month and year as written; nought for a day or month that is not known (only if `partial`)."""
    if isinstance(cell, date):
        return cell.day, cell.month, cell.year
    text = fold(cell)
    if iso := _ISO.fullmatch(text):
        year, month, day = map(int, iso.groups())
        return day, month, year
    parts = [part for part in _PARTS.findall(text) if part not in _DATE_WORDS]
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
        raise Unreadable(Fault.NOT_A_DATE)
    if len(parts) < 3 and not (partial and len(parts[-1]) == 4):
        raise Unreadable(Fault.NOT_A_DATE)
    year = _full_year(parts[-1], latest=latest)
    day, month = (int(part) for part in ["0", "0", *parts[:-1]][-2:])
    if month > 12 or (day and not month) or (not partial and not (day and month)):
        raise Unreadable(Fault.NOT_A_DATE)
    return day, month, year


def _full_year(digits: str, *, latest: int) -> int:
    """Four digits as they are; two digits in the hundred years that end with `latest`."""
    if len(digits) == 4:
        return int(digits)
    if len(digits) != 2:
        raise Unreadable(Fault.NOT_A_DATE)
    return latest - (latest - int(digits)) % 100


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(Fault.NOT_A_DATE) from None
