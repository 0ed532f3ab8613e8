"""Answers to the questions of a criteria set, as people type them and as they are stored."""

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum

from bot.domain.criteria import AnswerKind, CriteriaSet, Criterion, Value, Verdict
from bot.domain.words import fold

_TYPED_LIMIT = 64
"""Longer text is no answer; the rest of it is not looked at."""
_POINTS = re.compile(r"([-+\u2212]?)\s*([0-9]{1,4})(?:[.,]([0-9]{1,2}))?(?![0-9])(.*)", re.DOTALL)
_OF_MAXIMUM = re.compile(r"\s*/\s*([0-9]{1,4}(?:[.,][0-9]{1,2})?)(?![0-9])(.*)", re.DOTALL)
_POINT_WORDS = frozenset({"", "d", "diem"})
_MEANINGFUL_SIGNS = frozenset("/%+-*=<>~")


class AnswerFault(StrEnum):
    """Why a typed answer is none. OUT_OF_BOUNDS: a number, but fewer than 0 or more than the criterion's points."""

    NOT_A_CHOICE = "not_a_choice"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_BOUNDS = "out_of_bounds"


def read_answer(criteria: CriteriaSet, criterion: Criterion, typed: str) -> Value | AnswerFault:
    """The value that was typed: a choice's number or words in any case and with or without diacritics, or points
    ("7", "7,5", "7.5 điểm", "8/10" when 10 is the maximum)."""
    if len(typed) > _TYPED_LIMIT:
        return AnswerFault.NOT_A_CHOICE if criterion.points is None else AnswerFault.NOT_A_NUMBER
    if criterion.points is not None:
        return _read_points(typed, maximum=criterion.points)
    said = fold(typed)
    for number, verdict in enumerate(criterion.verdicts, start=1):
        if said == str(number) or said in _names(criteria, verdict):
            return verdict
    return AnswerFault.NOT_A_CHOICE


def encode_value(value: Value) -> str:
    """The value as it is stored: "met", "7.5"."""
    return value.value if isinstance(value, Verdict) else f"{value.normalize():f}"


def decode_value(criterion: Criterion, stored: str) -> Value | None:
    """The stored value, or None when it does not answer this criterion (any more)."""
    value: Value
    try:
        value = Decimal(stored) if criterion.kind is AnswerKind.POINTS else Verdict(stored)
        return value if criterion.accepts(value) else None
    except (ValueError, ArithmeticError):
        return None


def _names(criteria: CriteriaSet, verdict: Verdict) -> frozenset[str]:
    return frozenset(
        fold(name) for word in criteria.words if word.verdict is verdict for name in (word.word, *word.also)
    )


def _read_points(typed: str, *, maximum: Decimal) -> Decimal | AnswerFault:
    found = _POINTS.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None:
        return AnswerFault.NOT_A_NUMBER
    sign, whole, part, rest = found.groups()
    of = _OF_MAXIMUM.fullmatch(rest)
    if of is not None and Decimal(of[1].replace(",", ".")) == maximum:
        rest = of[2]
    if fold(rest) not in _POINT_WORDS or not _MEANINGFUL_SIGNS.isdisjoint(rest):
        return AnswerFault.NOT_A_NUMBER
    value = Decimal(f"{whole}.{part or 0}")
    if value > maximum or (value and sign not in ("", "+")):
        return AnswerFault.OUT_OF_BOUNDS
    return value
