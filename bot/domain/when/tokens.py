"""The pieces of a typed date: numbers, words without diacritics, and the four signs / . - :

A word keeps the marks it was typed with. Where two words differ only in their marks (tới / tối, sau / sáu), the
marks decide if there are any; without them the rules take the likelier word.
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.domain.words import clean_name, fold

GRAVE, ACUTE, HOOK, CIRCUMFLEX, HORN, DOT_BELOW = "\u0300", "\u0301", "\u0309", "\u0302", "\u031b", "\u0323"

SIGNS = ("/", ".", "-")
"""What may stand between the numbers of a date, the strongest first."""

HOUR_WORDS = frozenset({"h", "g", "gio", "hr"})

_TOKEN = re.compile(r"\d+|[^\W\d_]+|[-/.:]")
_SAME_SIGN = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "：": ":", "／": "/", "．": "."})

_UNITS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}
_UNITS |= {"tu": 4, "lam": 5, "nham": 5}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece. `plain` is lower case without diacritics; `glued`: no space before it."""

    plain: str
    marks: str
    start: int
    end: int
    glued: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """A typed text in pieces. Asking beyond either end is allowed and finds nothing."""

    text: str
    items: tuple[Token, ...]

    def word(self, at: int) -> str:
        """The piece at a place, without diacritics; "" beyond the end."""
        return self.items[at].plain if at < len(self.items) else ""

    def marks(self, at: int) -> str:
        """The marks that the piece was typed with."""
        return self.items[at].marks if at < len(self.items) else ""

    def glued(self, at: int) -> bool:
        """Whether the piece follows the one before it without a space."""
        return at < len(self.items) and self.items[at].glued

    def digits(self, at: int, *, most: int = 2) -> int | None:
        """The number at a place if it is written in digits, at most so many."""
        word = self.word(at)
        return int(word) if word.isdecimal() and len(word) <= most else None

    def number(self, at: int, *, most: int = 2) -> tuple[int, int] | None:
        """The number at a place, in digits or in words (1 to 99), and the place after it."""
        if (value := self.digits(at, most=most)) is not None:
            return value, at + 1
        first = self._unit(at)
        if self.word(at) == "muoi":
            tens, after = 1, at + 1
        elif first is not None and self.word(at + 1) == "muoi":
            tens, after = first, at + 2
        else:
            return None if first is None else (first, at + 1)
        last = self._unit(after, after_ten=True)
        return (tens * 10, after) if last is None else (tens * 10 + last, after + 1)

    def is_after(self, at: int) -> bool:
        """Whether "sau" (after, next) stands there, and not "sáu" (six)."""
        return self.word(at) == "sau" and ACUTE not in self.marks(at)

    def is_exactly(self, at: int) -> bool:
        """Whether "đúng" (sharp) stands there, and not "đừng" (do not), which also may be meant without marks."""
        return self.word(at) == "dung" and ACUTE in self.marks(at)

    def is_next(self, at: int) -> bool:
        """Whether "tới" (the coming one) stands there, and not "tối" (evening), the likelier one without marks."""
        return self.word(at) == "toi" and HORN in self.marks(at)

    def is_hour(self, at: int) -> bool:
        """Whether the number that ends there is an hour, by what follows it."""
        return self.word(at + 1) in HOUR_WORDS or self.word(at + 1) in {":", "ruoi", "kem"}

    def is_dotted_time(self, at: int) -> bool:
        """Whether "19.30" stands there: it cannot be a date, and is an hour at which people meet."""
        hour, minute = self.digits(at), self.digits(at + 2)
        if self.word(at + 1) != "." or hour is None or minute is None:
            return False
        if self.word(at + 3) == "." and self.glued(at + 4):
            return False  # "19.30.2026" was meant as a date
        return 6 <= hour <= 23 and 12 < minute <= 59 and self.glued(at + 2)

    def said(self, start: int, end: int) -> str:
        """What was typed from one place to another."""
        return self.text[self.items[start].start : self.items[end - 1].end]

    def _unit(self, at: int, *, after_ten: bool = False) -> int | None:
        marks = self.marks(at)
        another_word = {
            "mot": not after_ten and CIRCUMFLEX in marks and DOT_BELOW not in marks,  # the day after tomorrow
            "nam": after_ten,  # "year": fifteen ends in "lam"
            "sau": self.is_after(at),
            "bay": CIRCUMFLEX in marks and HOOK not in marks,  # "now", as in "bây giờ"
        }
        word = self.word(at)
        return None if another_word.get(word) else _UNITS.get(word)


def tokens_of(text: str) -> Tokens:
    """The text in pieces; punctuation other than the signs is dropped. The caller bounds the length."""
    clean = clean_name(text).translate(_SAME_SIGN)
    found: list[Token] = []
    for match in _TOKEN.finditer(clean):
        typed = match.group()
        marks = "".join(char for char in unicodedata.normalize("NFD", typed) if unicodedata.combining(char))
        glued = bool(found) and found[-1].end == match.start()
        found.append(Token(fold(typed) or typed, marks, match.start(), match.end(), glued))
    return Tokens(clean, tuple(found))
