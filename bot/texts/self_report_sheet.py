"""How a self-report is called, and how its answers are shown."""

from datetime import datetime
from decimal import Decimal

from bot.clock import local
from bot.domain.criteria import CriteriaSet, Criterion, Value, Verdict
from bot.domain.movement import Good, Movement
from bot.domain.period import read_period
from bot.domain.rounds import Opening, RoundKind
from bot.domain.self_report import Answer, Answers, place_of, total_points
from bot.texts.rounds import period_text, round_text
from bot.texts.when import date_text

SHORT = 64
"""Characters of a criterion where it only has to be recognised."""


def name_of(period: str) -> str:
    """bản tự báo cáo bốn tốt quý IV năm 2026."""
    return round_text(RoundKind.SELF_REPORT, read_period(period))


def due_day(due_at: datetime) -> str:
    """05/01/2027."""
    return date_text(local(due_at).date())


def points_text(value: Decimal) -> str:
    """7,5; 10."""
    return f"{value.normalize():f}".replace(".", ",")


def good_text(good: Good | None) -> str:
    """Tốt 1: Hoàn thành tốt nhiệm vụ."""
    return f"Tốt {good.number}: {good.name}" if good else "Nội dung khác"


def value_text(criteria: CriteriaSet, criterion: Criterion, value: Value) -> str:
    """Đạt; 7,5/10 điểm."""
    if isinstance(value, Verdict):
        return criteria.word(value)
    return f"{points_text(value)}/{points_text(criterion.points or value)} điểm"


def with_note(criteria: CriteriaSet, criterion: Criterion, answer: Answer) -> str:
    """Một phần. Ý kiến: “…”."""
    said = value_text(criteria, criterion, answer.value)
    return f"{said}. Ý kiến: “{answer.note}”" if answer.note else f"{said}."


def shortened(text: str) -> str:
    """The beginning of a text, cut between words, so that it can be recognised."""
    if len(text) <= SHORT:
        return text
    return f"{text[:SHORT].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def sheet(criteria: CriteriaSet, answers: Answers, movement: Movement) -> str:
    """All answers under their goods, each with the number of its question; the sum where there are points."""
    parts: list[str] = []
    for good in dict.fromkeys(item.good for item in criteria.items):
        lines = [good_text(movement.good(good))]
        for item in criteria.items:
            if item.good == good and item.key in answers:
                number = place_of(criteria, item.key).number
                said = value_text(criteria, item, answers[item.key].value)
                lines.append(f"{number}. {said}: {shortened(item.text)}")
                if answers[item.key].note:
                    lines.append(f"Ý kiến: “{answers[item.key].note}”")
        parts.append("\n".join(lines))
    if criteria.points:
        parts.append(
            f"Tổng điểm tự chấm: {points_text(total_points(criteria, answers))}/{points_text(criteria.points)}."
        )
    return "\n\n".join(parts)


def next_round(coming: Opening | None) -> str:
    """When the next round opens, as far as the calendar says."""
    if coming is None:
        return "Khi mở đợt, hệ thống sẽ báo đồng chí."
    return (
        f"Đợt tới là {period_text(coming.period)}, mở ngày {due_day(coming.opens_at)}; "
        "khi mở đợt, hệ thống sẽ báo đồng chí."
    )
