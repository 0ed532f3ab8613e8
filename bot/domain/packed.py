"""Several closed questions answered in one message: "1a 2c 3b", as people type it.

Any case, with or without diacritics, with or without points, commas, brackets and the word "câu"; letters or the words
that they stand for; "1-4a", "1, 2 và 3 a" and "tất cả a" for several at once; "aba" when as many letters as there are
questions. What two readers could read in two ways is no answer: it is named, and asked for again.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.words import agrees, fold, nfc

LETTERS = "abcdefgh"
_TYPED_LIMIT = 1000
"""No sheet needs more; a longer text is no answer."""
_COUNTED = re.compile(r"(?<!\d)(\d{1,3})(?!\d)")
_COUNTED_WITH_COLON = re.compile(r"(?<!\d)(\d{1,3})\s*[:=]")
_BETWEEN = " .,;:()[]{}/_=-+*|\"'"
_FILLER = re.compile(r"\b(cau|so|y)\b")
_EVERYTHING = re.compile(r"\b(tat ca|deu|het)\b")
_RANGE = re.compile(r"\s*(-|den)\s*")
_LIST = re.compile(r"\s*(,|va|&|\+)\s*")
_REMARK = re.compile(r"(?:c[âa]u\s*)?(\d{1,3})([^\W\d_]?)[\s.,:;)-]+(?=[^\W\d_])(.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A question by its number, and what it makes of an answer: the value to keep, or None when it is none. `number`s
    are answered by numbers of their own (points): then a colon stands between the two."""

    number: int
    read: Callable[[str], str | None]
    by_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What was understood: the values by question, and the questions with an unclear answer, with two different ones,
    and those that are not asked."""

    given: Mapping[int, str] = field(default_factory=dict)
    unclear: tuple[int, ...] = ()
    twice: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Words of somebody's own about a question, with its answer if one stands before them ("3b vì ốm")."""

    number: int
    value: str | None
    words: str


def lettered(number: int, answers: Sequence[tuple[str, Sequence[str]]]) -> Line:
    """A question answered by a letter, or by the words of the answer: for a, b, c … the value and its words."""
    known = [
        (word, value) for letter, (value, words) in zip(LETTERS, answers, strict=False) for word in (letter, *words)
    ]

    def read(typed: str) -> str | None:
        letter = fold(typed)
        return next((value for word, value in known if letter == word or agrees(typed, word)), None)

    return Line(number=number, read=read)


def read_packed(typed: str, lines: Sequence[Line], *, also: Sequence[Line] = ()) -> Understood:
    """What was typed, as answers to these questions; `also` those that were answered before, and may be named again.
    Nothing of it is kept here: the caller repeats it first."""
    text = fold(nfc(typed)) if len(typed) <= _TYPED_LIMIT else ""
    asked = {line.number: line for line in (*also, *lines)}
    colon = any(line.by_number for line in asked.values())
    found = list(_answers(text, colon=colon))
    if not found:
        return Understood(given=_without_numbers(text, lines))
    given: dict[int, str] = {}
    unclear, twice, unknown = set(), set(), set()
    for number, answer in found:
        if number not in asked:
            unknown.add(number)
            continue
        value = asked[number].read(answer)
        if value is None:
            unclear.add(number)
        elif given.setdefault(number, value) != value:
            twice.add(number)
    clear = {number: value for number, value in given.items() if number not in unclear | twice}
    return Understood(
        given=clear, unclear=tuple(sorted(unclear - twice)), twice=tuple(sorted(twice)), unknown=tuple(sorted(unknown))
    )


def read_remarks(typed: str, lines: Sequence[Line]) -> Sequence[Remark] | None:
    """Remarks, one a line: a number, perhaps its answer right behind it, then words; None when it is no remark. What
    `read_packed` understands without a rest is none."""
    asked = {line.number: line for line in lines}
    remarks = []
    for one in filter(None, (part.strip() for part in nfc(typed).splitlines())):
        match = _REMARK.fullmatch(one)
        if match is None or int(match[1]) not in asked:
            return None
        line, words = asked[int(match[1])], match[3].strip()
        value, rest = (line.read(match[2]), words) if match[2] else _answer_before(line, words)
        if not rest or len(fold(rest.split()[0])) < 2 or (match[2] and value is None):
            return None
        remarks.append(Remark(number=line.number, value=value, words=rest))
    return remarks or None


# ------------------------------------------------------------------------------------- the works


def _answer_before(line: Line, words: str) -> tuple[str | None, str]:
    """The answer that the words begin with ("một phần vì ốm"), and what follows."""
    parts = words.split()
    for count in range(min(3, len(parts)), 0, -1):
        value = line.read(" ".join(parts[:count])) if len(fold(parts[0])) > 1 else None
        if value is not None:
            return value, " ".join(parts[count:]).lstrip(_BETWEEN)
    return None, words


def _answers(text: str, *, colon: bool) -> Iterator[tuple[int, str]]:
    """Question and answer, in the order typed; several questions before one answer share it."""
    marks = list((_COUNTED_WITH_COLON if colon else _COUNTED).finditer(text))
    waiting: list[int] = []
    for at, mark in enumerate(marks):
        until = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        between = text[mark.end() : until]
        number = int(mark[1])
        if at + 1 < len(marks) and not colon and _RANGE.fullmatch(between):
            following = int(marks[at + 1][1])
            waiting.extend(range(number, min(following, number + len(LETTERS) * 10)))
        elif at + 1 < len(marks) and not colon and _LIST.fullmatch(between):
            waiting.append(number)
        else:
            answer = _FILLER.sub(" ", between).strip(_BETWEEN)
            yield from ((one, answer) for one in (*waiting, number))
            waiting = []


def _without_numbers(text: str, lines: Sequence[Line]) -> dict[int, str]:
    """The answer to all, to the only one that is asked, or one letter for each in their order."""
    everything = _EVERYTHING.sub(" ", _FILLER.sub(" ", text))
    if _EVERYTHING.search(text) or len(lines) == 1:
        read = {line.number: line.read(everything.strip(_BETWEEN)) for line in lines}
    else:
        letters = [char for char in text if char not in _BETWEEN]
        apart = len(letters) == len(lines) and all(char in LETTERS for char in letters)
        read = {line.number: line.read(char) for line, char in zip(lines, letters, strict=False)} if apart else {}
    values = {number: value for number, value in read.items() if value is not None}
    return values if len(values) == len(lines) else {}
