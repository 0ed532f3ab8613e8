"""Content files: TOML in UTF-8, every text composed (NFC), every key known, checked before anything starts.

What is wrong is said to the operator in English, with file and key. A file's edition is the hash of what it says, not
of how it is laid out: comments and the order of keys can change, words cannot.
"""

import hashlib
import json
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct

from bot.domain.edition import Edition, Part
from bot.domain.rounds import MonthDay
from bot.tables import TableError, read_table


class ContentFault(Exception):
    """Content files that cannot be used. `problems` are lines for the operator, each with file and key."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one content file."""

    name: str
    content: bytes


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _read_time(value: object) -> object:
    hour, colon, minute = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not (colon and len(hour) == len(minute) == 2 and (hour + minute).isdecimal()):
        raise ValueError('a time of day is written "08:00"')
    return time(int(hour), int(minute))


def _read_number(value: object) -> object:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return value
    number = Decimal(value)
    if not (number.is_finite() and 0 <= number < 10_000 and number == round(number, 2)):
        raise ValueError("a number is from 0 to 9999, with at most two places after the point")
    return number


def _read_month_day(value: object) -> object:
    day, slash, month = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not (slash and len(day) == len(month) == 2 and (day + month).isdecimal()):
        raise ValueError('a day of the year is written "31/03", day first')
    return MonthDay(int(month), int(day))


Words = Annotated[str, _stripped, Meta(min_length=1)]
Key = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Version = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
TimeOfDay = Annotated[time, _read_time]
DayOfYear = Annotated[MonthDay, _read_month_day]
Number = Annotated[Decimal, _read_number]


class PartModel(Struct, frozen=True):
    """A short part of a text, with its heading."""

    title: Words
    text: Words

    def to_part(self) -> Part:
        """The part as the domain knows it."""
        return Part(self.title, self.text)


class Versioned(Struct, frozen=True, kw_only=True):
    """A whole content file. Its editors raise the version whenever they change its words."""

    version: Version


Model = TypeVar("Model", bound=Versioned)


def read_file(source: Source, model: type[Model], *, unstamped: frozenset[str] = frozenset()) -> tuple[Model, Edition]:
    """The file as its checked model, and its edition. Raises `ContentFault` with every problem of the file.

    The edition is made of what the file itself says, so that a key that a later release adds changes no hash. Top-level
    keys in `unstamped` are no part of it."""
    data = _read_toml(source)
    try:
        read = read_table(model, data)
    except TableError as error:
        raise ContentFault([f"{source.name}: {_where(one.place)}: {one.what}" for one in error.problems]) from None
    stamped = {key: value for key, value in data.items() if key not in unstamped}
    canonical = json.dumps(stamped, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return read, Edition(read.version, hashlib.sha256(canonical.encode()).hexdigest(), canonical)


def _read_toml(source: Source) -> dict[str, Any]:
    try:
        text = source.content.decode("utf-8-sig")
        data = tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise ContentFault([f"{source.name}: not UTF-8 (byte {error.start})"]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ContentFault([f"{source.name}: not TOML: {error}"]) from None
    loose = [
        f"{source.name}: line {number}: not composed Unicode (NFC): {line.strip()!r}"
        for number, line in enumerate(text.split("\n"), start=1)
        if not unicodedata.is_normalized("NFC", line)
    ]
    if loose:
        raise ContentFault(loose)
    return data


def _where(loc: tuple[int | str, ...]) -> str:
    """A key's path, list entries counted from 1: `items no. 3, points`."""
    path = ""
    for step in loc:
        path += f" no. {step + 1}" if isinstance(step, int) else f", {step}" if path else step
    return path or "the file"
