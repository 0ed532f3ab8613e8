"""criteria-*.toml: one criteria set a file, its goods in the movement's order, its items under them."""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from typing import Annotated, Any

from msgspec import Struct

from bot.content.files import ContentFault, Key, Number, Source, Versioned, Words, read_file
from bot.domain.criteria import AnswerKind, CriteriaSet, Criterion, ForWhom, Threshold, Verdict, VerdictWord
from bot.domain.edition import Edition
from bot.domain.movement import GoodKey, Movement
from bot.domain.organisation import CellKind
from bot.domain.words import fold
from bot.tables import read_table

VALIDITY = frozenset({"valid_from", "valid_to"})
"""Keys outside the edition: that a set ends one day does not change what people are asked."""
NUMBERS = frozenset({"points", "at_least"})


def _not_nothing(points: object) -> object:
    if points == 0:
        raise ValueError("a criterion gives more than 0 points")
    return points


class VerdictModel(Struct, frozen=True):
    """How a verdict is said, and what else people may type for it."""

    word: Words
    also: tuple[Words, ...] = ()


class VerdictsModel(Struct, frozen=True):
    """The words for all verdicts."""

    met: VerdictModel = VerdictModel(word="Đạt", also=("có", "đã đạt"))
    partly: VerdictModel = VerdictModel(word="Một phần", also=("đạt một phần", "mp"))
    not_met: VerdictModel = VerdictModel(word="Chưa đạt", also=("không đạt", "chưa", "không"))

    def __post_init__(self) -> None:
        names = [fold(name) for model in (self.met, self.partly, self.not_met) for name in (model.word, *model.also)]
        if len(set(names)) != len(names) or not all(names) or any(name.isdecimal() for name in names):
            raise ValueError("words for verdicts differ also without diacritics, and are no numbers")

    def to_words(self) -> tuple[VerdictWord, ...]:
        """The words as the domain knows them."""
        models = {Verdict.MET: self.met, Verdict.PARTLY: self.partly, Verdict.NOT_MET: self.not_met}
        return tuple(VerdictWord(verdict, model.word, model.also) for verdict, model in models.items())


class ItemModel(Struct, frozen=True):
    """One criterion."""

    key: Key
    text: Words
    kind: AnswerKind
    points: Annotated[Number, _not_nothing] | None = None
    required: bool = False

    def __post_init__(self) -> None:
        if (self.kind is AnswerKind.POINTS) != (self.points is not None):
            raise ValueError('points are given with kind "points", and only with it')


class GoodItemsModel(Struct, frozen=True):
    """The criteria of one good."""

    good: Key
    items: tuple[ItemModel, ...]


class ThresholdModel(Struct, frozen=True):
    """A name for a sum of points."""

    name: Words
    at_least: Number


class CriteriaFile(Versioned, frozen=True, kw_only=True):
    """The whole of a criteria-*.toml."""

    key: Key
    title: Words
    note: Words
    document: str = ""
    sample: bool = False
    for_whom: ForWhom
    cell_kinds: tuple[CellKind, ...] = ()
    valid_from: date
    valid_to: date | None = None
    verdicts: VerdictsModel = VerdictsModel()
    goods: tuple[GoodItemsModel, ...]
    thresholds: tuple[ThresholdModel, ...] = ()

    def __post_init__(self) -> None:
        keys = [item.key for good in self.goods for item in good.items]
        if not 1 <= len(keys) <= 60:
            raise ValueError("a set has 1 to 60 items")
        if len(set(keys)) != len(keys):
            raise ValueError("two items have the same key")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to, the first day on which the set no longer holds, comes after valid_from")
        total = sum((item.points for good in self.goods for item in good.items if item.points), Decimal())
        if any(threshold.at_least > total for threshold in self.thresholds):
            raise ValueError(f"a threshold is higher than the {total} points that the set gives")


def read_criteria(source: Source, movement: Movement) -> CriteriaSet:
    """One criteria set, its goods checked against the movement's. Raises `ContentFault`."""
    read, edition = read_file(source, CriteriaFile, unstamped=VALIDITY)
    order = [good.key for good in movement.goods]
    given = [good.good for good in read.goods]
    if given != [key for key in order if key in given]:
        raise ContentFault([f"{source.name}: goods: each of {', '.join(order)} at most once, in this order"])
    return _to_set(read, edition)


@lru_cache(maxsize=16)
def kept_criteria(edition: Edition) -> CriteriaSet:
    """The set of an edition that was kept when somebody answered it, however the files have changed since. Its days
    are not kept: it is for reading old answers, not for choosing."""
    data = json.loads(edition.canonical, object_hook=_with_fractions) | {"valid_from": date.min}
    return _to_set(read_table(CriteriaFile, data), edition)


def _with_fractions(table: dict[str, Any]) -> dict[str, Any]:
    """A number with a fraction was written into the canonical text as a string."""
    return {key: Decimal(value) if key in NUMBERS and isinstance(value, str) else value for key, value in table.items()}


def _to_set(read: CriteriaFile, edition: Edition) -> CriteriaSet:
    return CriteriaSet(
        key=read.key,
        title=read.title,
        note=read.note,
        document=read.document.strip(),
        sample=read.sample,
        for_whom=read.for_whom,
        cell_kinds=frozenset(read.cell_kinds),
        valid_from=read.valid_from,
        valid_to=read.valid_to,
        words=read.verdicts.to_words(),
        items=tuple(_to_criterion(GoodKey(good.good), item) for good in read.goods for item in good.items),
        thresholds=tuple(Threshold(one.name, one.at_least) for one in read.thresholds),
        edition=edition,
    )


def _to_criterion(good: GoodKey, item: ItemModel) -> Criterion:
    return Criterion(
        key=item.key, good=good, text=item.text, kind=item.kind, points=item.points, required=item.required
    )


def check_together(sets: Iterable[CriteriaSet]) -> None:
    """Raises `ContentFault` when two sets have one key and version, or would both be chosen for the same cell."""
    problems = []
    for one, other in combinations(sets, 2):
        if (one.key, one.edition.version) == (other.key, other.edition.version):
            problems.append(f"criteria: two files have key {one.key!r} and version {one.edition.version!r}")
        elif one.for_whom is other.for_whom and _overlap(one, other):
            problems.append(f"criteria: {one.key!r} and {other.key!r} are valid for the same cells at the same time")
    if problems:
        raise ContentFault(problems)


def _overlap(one: CriteriaSet, other: CriteriaSet) -> bool:
    end = date.max
    same_days = one.valid_from < (other.valid_to or end) and other.valid_from < (one.valid_to or end)
    same_cells = bool(one.cell_kinds & other.cell_kinds) or not (one.cell_kinds or other.cell_kinds)
    return same_days and same_cells
