"""Several closed questions in one message: the questions, how to answer by typing, what was understood."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.packed import LETTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it stands in the message: its number, the heading that it stands under, its words, and what the
    letters a, b, c … mean. Without labels it is answered by a number (`example`: one that could be typed)."""

    number: int
    text: str
    labels: tuple[str, ...]
    heading: str = ""
    example: str = ""


def sheet(lead: str, questions: Sequence[Asked]) -> str:
    """All of it: the letters said once where they mean the same everywhere, the questions, how to answer."""
    same = len({one.labels for one in questions}) == 1 and bool(questions[0].labels)
    parts = [lead]
    if same:
        each = "Mỗi câu đồng chí chọn một chữ" if len(questions) > 1 else "Đồng chí chọn một chữ"
        parts.append(f"{each}: {_letters(questions[0].labels)}.")
    heading = ""
    lines: list[str] = []
    for one in questions:
        if one.heading and one.heading != heading:
            if lines:
                parts.append("\n".join(lines))
            heading, lines = one.heading, [one.heading]
        lines.append(f"{one.number}. {one.text}")
        if one.labels and not same:
            lines.append(_letters(one.labels))
    return "\n\n".join(part for part in (*parts, "\n".join(lines), _how(questions)) if part)


def _letters(labels: Sequence[str]) -> str:
    return ", ".join(f"{letter} = {label}" for letter, label in zip(LETTERS, labels, strict=False))


def _how(questions: Sequence[Asked]) -> str:
    if len(questions) == 1:
        [one] = questions
        if not one.labels:
            return f"Đồng chí gõ số điểm, ví dụ: {one.example}"
        letters = list(LETTERS[: len(one.labels)])
        return f"Đồng chí gõ {', '.join(letters[:-1])} hoặc {letters[-1]}."
    if all(one.labels for one in questions):
        examples = " ".join(f"{one.number}{letter}" for one, letter in zip(questions, "aba", strict=False))
        how = "Đồng chí gõ số câu kèm chữ đã chọn, tất cả trong một tin"
    else:
        examples = "; ".join(f"{one.number}: {one.example or 'a'}" for one in questions[:3])
        how = "Đồng chí gõ số câu, dấu hai chấm, rồi câu trả lời, tất cả trong một tin"
    return f"{how}, ví dụ: {examples}\nChưa trả lời hết cũng được; hệ thống giữ lại và hỏi tiếp những câu còn thiếu."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was understood of an answer: `said` as "câu 1 – Đạt", and the numbers of the questions in trouble."""

    said: Sequence[str]
    unclear: Sequence[int]
    twice: Sequence[int]
    unknown: Sequence[int]


def repeated(heard: Heard) -> str:
    """What was understood and what was not; the questions that are still open follow."""
    return f"{corrected(heard)}\nNếu có chỗ chưa đúng, đồng chí gõ lại câu đó."


def corrected(heard: Heard) -> str:
    """The same, where everything follows as it is now."""
    lines = [f"Hệ thống hiểu: {'; '.join(heard.said)}.", not_read(heard)]
    return "\n".join(line for line in lines if line)


def not_read(heard: Heard) -> str:
    """The questions whose answers were no answers."""
    lines = []
    if heard.unclear:
        lines.append(f"{_questions(heard.unclear)} chưa rõ đồng chí trả lời gì.")
    if heard.twice:
        lines.append(f"{_questions(heard.twice)} có hai câu trả lời khác nhau.")
    if heard.unknown:
        lines.append(f"Không có {_questions(heard.unknown).lower()} ở đây.")
    return " ".join(lines)


def nothing_read(heard: Heard) -> str:
    """Nothing was understood; the questions follow."""
    return not_read(heard) or "Hệ thống chưa nhận ra câu trả lời. Mong đồng chí gõ lại theo ví dụ ở cuối tin này."


def said(number: int, label: str) -> str:
    """câu 1 – Đạt."""
    return f"câu {number} – {label}"


def _questions(numbers: Sequence[int]) -> str:
    return f"Câu {', '.join(map(str, numbers))}"
