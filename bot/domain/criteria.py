"""Criteria sets: what a cell asks of its members, of itself, or a committee of its cells.

There is no national table (domain.md §2): a set is a content file, with a sheet of two or three verdicts, of points, or
of both. Recognition is decided by people and never computed from answers; thresholds only say what a committee wrote.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.domain.edition import Edition
from bot.domain.movement import GoodKey
from bot.domain.organisation import CellKind


class ForWhom(StrEnum):
    """Whom a criteria set is about."""

    MEMBER = "member"
    CELL = "cell"
    COMMITTEE = "committee"


class AnswerKind(StrEnum):
    """How a criterion is answered: met or not; with a middle; or with points."""

    PASS_FAIL = "pass_fail"  # noqa: S105
    THREE_WAY = "three_way"
    POINTS = "points"


class Verdict(StrEnum):
    """An answer to a criterion without points, best first."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"


Value = Verdict | Decimal
"""The answer to one criterion: a verdict, or points."""


@dataclass(frozen=True, slots=True)
class VerdictWord:
    """How a set says a verdict, and what else people may type for it."""

    verdict: Verdict
    word: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One question. `points` is the maximum, None unless it is answered with points; `required` marks what a
    committee wants to see met before it recognises anybody."""

    key: str
    good: GoodKey
    text: str
    kind: AnswerKind
    points: Decimal | None = None
    required: bool = False

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts to choose from, in the order of their numbers from 1; none for points."""
        match self.kind:
            case AnswerKind.THREE_WAY:
                return (Verdict.MET, Verdict.PARTLY, Verdict.NOT_MET)
            case AnswerKind.PASS_FAIL:
                return (Verdict.MET, Verdict.NOT_MET)
            case AnswerKind.POINTS:
                return ()

    def accepts(self, value: Value) -> bool:
        """Whether this value answers this criterion."""
        if isinstance(value, Verdict):
            return value in self.verdicts
        return self.points is not None and 0 <= value <= self.points


@dataclass(frozen=True, slots=True)
class Threshold:
    """A name that the committee gives to a sum of points from `at_least` on. It decides nothing."""

    name: str
    at_least: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSet:
    """A versioned set of criteria, ordered by good. `cell_kinds` empty: for every kind of cell. `valid_to` is the
    first day on which it no longer holds. `sample`: shipped as a reference, not adopted by anybody."""

    key: str
    title: str
    note: str
    document: str
    sample: bool
    for_whom: ForWhom
    cell_kinds: frozenset[CellKind]
    valid_from: date
    valid_to: date | None
    words: tuple[VerdictWord, ...]
    items: tuple[Criterion, ...]
    thresholds: tuple[Threshold, ...]
    edition: Edition

    def word(self, verdict: Verdict) -> str:
        """How this set says the verdict."""
        return next(word.word for word in self.words if word.verdict is verdict)

    def item(self, key: str) -> Criterion | None:
        """The criterion with this key."""
        return next((item for item in self.items if item.key == key), None)

    @property
    def points(self) -> Decimal:
        """The most points that the set gives; 0 for a set without points."""
        return sum((item.points for item in self.items if item.points is not None), Decimal())

    def applies(self, *, for_whom: ForWhom, kind: CellKind, on: date) -> bool:
        """Whether the set is meant for these people in a cell of this kind on this day."""
        return (
            self.for_whom is for_whom
            and (not self.cell_kinds or kind in self.cell_kinds)
            and self.valid_from <= on
            and (self.valid_to is None or on < self.valid_to)
        )


def choose_criteria(
    sets: Iterable[CriteriaSet], *, kind: CellKind, on: date, for_whom: ForWhom = ForWhom.MEMBER
) -> CriteriaSet | None:
    """The set for a cell of this kind on this day: one made for the kind before a general one; None if there is
    none. (Content files in which two would be equally good are refused when they are read.)"""
    fitting = [one for one in sets if one.applies(for_whom=for_whom, kind=kind, on=on)]
    return min(fitting, key=lambda one: (not one.cell_kinds, one.key), default=None)
