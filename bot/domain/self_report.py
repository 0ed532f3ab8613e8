"""A self-report (tự đánh giá): one person's answers to a criteria set for a period, and what many of them come to.

Answers are kept question by question while the report is a draft. What is reported upwards is counted per criterion and
knows no persons and no notes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot.domain.answer import decode_value, encode_value
from bot.domain.criteria import CriteriaSet, Criterion, Value, Verdict

FEWEST = 3
"""Reports from which on sums are shown: fewer would give a single person's answers away."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one criterion, with a note of the person's own."""

    value: Value
    note: str = ""


Answers = Mapping[str, Answer]
"""Answers by the key of their criterion."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands: "Câu 3/12" is number 3 of 12."""

    number: int
    total: int


def place_of(criteria: CriteriaSet, key: str) -> Place:
    """The place of a criterion of this set. Raises `KeyError` for a key that the set does not have."""
    numbers = {item.key: number for number, item in enumerate(criteria.items, start=1)}
    return Place(numbers[key], len(numbers))


def question(criteria: CriteriaSet, number: int) -> Criterion | None:
    """The criterion with this number, counted from 1."""
    return criteria.items[number - 1] if 1 <= number <= len(criteria.items) else None


def next_unanswered(criteria: CriteriaSet, answers: Answers) -> Criterion | None:
    """The first criterion without an answer; None when the report is complete."""
    return next((item for item in criteria.items if item.key not in answers), None)


def is_complete(criteria: CriteriaSet, answers: Answers) -> bool:
    """Whether every criterion has an answer, so that the report may be submitted."""
    return next_unanswered(criteria, answers) is None


def total_points(criteria: CriteriaSet, answers: Answers) -> Decimal:
    """The sum of the points given so far."""
    given = (answers[item.key].value for item in criteria.items if item.key in answers)
    return sum((value for value in given if isinstance(value, Decimal)), Decimal())


def encode_answers(answers: Answers) -> dict[str, dict[str, str]]:
    """The answers as they are stored: `{"key": {"value": "met", "note": "…"}}`, without empty notes."""
    return {
        key: {"value": encode_value(answer.value)} | ({"note": answer.note} if answer.note else {})
        for key, answer in answers.items()
    }


def decode_answers(criteria: CriteriaSet, stored: Mapping[str, Mapping[str, str]]) -> dict[str, Answer]:
    """The stored answers that still fit this set, in its order. What belongs to a criterion that is gone, or that is
    now answered in another way, is left out: a draft begun on an older edition starts with the rest."""
    answers: dict[str, Answer] = {}
    for item in criteria.items:
        kept = stored.get(item.key, {})
        value = decode_value(item, kept.get("value", ""))
        if value is not None:
            answers[item.key] = Answer(value, kept.get("note", ""))
    return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What many reports say of one criterion: how many answered, how often each verdict (in the order of the choices),
    and the mean of the points, to two decimals; None where there are none."""

    criterion: Criterion
    answered: int
    verdicts: tuple[tuple[Verdict, int], ...]
    mean: Decimal | None


def roll_up(criteria: CriteriaSet, reports: Iterable[Answers]) -> tuple[Total, ...]:
    """The totals of the criteria, in their order, over the given reports. Answers that do not fit are not counted."""
    values: dict[str, list[Value]] = {item.key: [] for item in criteria.items}
    for answers in reports:
        for item in criteria.items:
            if item.key in answers and item.accepts(answers[item.key].value):
                values[item.key].append(answers[item.key].value)
    return tuple(_total(item, values[item.key]) for item in criteria.items)


def _total(item: Criterion, values: list[Value]) -> Total:
    counts = Counter(value for value in values if isinstance(value, Verdict))
    points = [value for value in values if isinstance(value, Decimal)]
    return Total(
        criterion=item,
        answered=len(values),
        verdicts=tuple((verdict, counts[verdict]) for verdict in item.verdicts),
        mean=(sum(points, Decimal()) / len(points)).quantize(Decimal("0.01"), ROUND_HALF_UP) if points else None,
    )
