"""Criteria sets chosen for a cell, answers as people type them, reports begun, counted and taken up again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import AnswerFault, decode_value, encode_value, read_answer
from bot.domain.criteria import (
    AnswerKind,
    CriteriaSet,
    Criterion,
    ForWhom,
    Value,
    Verdict,
    VerdictWord,
    choose_criteria,
)
from bot.domain.edition import Edition
from bot.domain.movement import GoodKey
from bot.domain.organisation import CellKind
from bot.domain.self_report import (
    Answer,
    Place,
    decode_answers,
    encode_answers,
    is_complete,
    next_unanswered,
    place_of,
    question,
    roll_up,
    total_points,
)

TASKS = GoodKey("tasks")
WORK = Criterion(key="work", good=TASKS, text="Làm tròn việc được giao.", kind=AnswerKind.THREE_WAY)
FEES = Criterion(key="fees", good=TASKS, text="Đóng đảng phí.", kind=AnswerKind.PASS_FAIL)
SCORE = Criterion(key="score", good=TASKS, text="Kết quả.", kind=AnswerKind.POINTS, points=Decimal(10))
WORDS = (
    VerdictWord(Verdict.MET, "Đạt", ("có",)),
    VerdictWord(Verdict.PARTLY, "Một phần"),
    VerdictWord(Verdict.NOT_MET, "Chưa đạt", ("không đạt",)),
)
SHEET = CriteriaSet(
    key="sheet",
    title="Tự đánh giá",
    note="Mẫu tham khảo",
    document="",
    sample=True,
    for_whom=ForWhom.MEMBER,
    cell_kinds=frozenset(),
    valid_from=date(2027, 1, 1),
    valid_to=date(2029, 1, 1),
    words=WORDS,
    items=(WORK, FEES, SCORE),
    thresholds=(),
    edition=Edition("1", "0" * 64, "{}"),
)


@pytest.mark.parametrize(
    ("criterion", "typed", "value"),
    [
        (WORK, "Đạt", Verdict.MET),
        (WORK, "dat", Verdict.MET),
        (WORK, " ĐẠT! ", Verdict.MET),
        (WORK, "Co", Verdict.MET),
        (WORK, "1", Verdict.MET),
        (WORK, "1.", Verdict.MET),
        (WORK, "một phần", Verdict.PARTLY),
        (WORK, "MOT PHAN", Verdict.PARTLY),
        (WORK, "2", Verdict.PARTLY),
        (WORK, "chưa đạt", Verdict.NOT_MET),
        (WORK, "khong dat", Verdict.NOT_MET),
        (WORK, "3", Verdict.NOT_MET),
        (FEES, "2", Verdict.NOT_MET),
        (FEES, "chua dat", Verdict.NOT_MET),
        (SCORE, "7", Decimal(7)),
        (SCORE, "7,5", Decimal("7.5")),
        (SCORE, "7.50 điểm", Decimal("7.5")),
        (SCORE, "7d", Decimal(7)),
        (SCORE, "8/10", Decimal(8)),
        (SCORE, "8 / 10 điểm", Decimal(8)),
        (SCORE, "１０", Decimal(10)),
        (SCORE, "0", Decimal(0)),
        (SCORE, "+9", Decimal(9)),
    ],
)
def test_what_people_type_is_read(criterion: Criterion, typed: str, value: Value) -> None:
    """Numbers, words in any case, with or without diacritics, and points with comma or point are understood."""
    assert read_answer(SHEET, criterion, typed) == value


@pytest.mark.parametrize(
    ("criterion", "typed", "fault"),
    [
        (WORK, "4", AnswerFault.NOT_A_CHOICE),
        (WORK, "0", AnswerFault.NOT_A_CHOICE),
        (WORK, "", AnswerFault.NOT_A_CHOICE),
        (WORK, "đạt hay chưa đạt", AnswerFault.NOT_A_CHOICE),
        (WORK, "Đạt " * 10_000, AnswerFault.NOT_A_CHOICE),
        (FEES, "một phần", AnswerFault.NOT_A_CHOICE),
        (FEES, "3", AnswerFault.NOT_A_CHOICE),
        (SCORE, "đạt", AnswerFault.NOT_A_NUMBER),
        (SCORE, "", AnswerFault.NOT_A_NUMBER),
        (SCORE, "7-8", AnswerFault.NOT_A_NUMBER),
        (SCORE, "70%", AnswerFault.NOT_A_NUMBER),
        (SCORE, "7,555", AnswerFault.NOT_A_NUMBER),
        (SCORE, "8/20", AnswerFault.NOT_A_NUMBER),
        (SCORE, "7 hoặc 8", AnswerFault.NOT_A_NUMBER),
        (SCORE, "٧", AnswerFault.NOT_A_NUMBER),
        (SCORE, "9" * 100_000, AnswerFault.NOT_A_NUMBER),
        (SCORE, "10,01", AnswerFault.OUT_OF_BOUNDS),
        (SCORE, "11", AnswerFault.OUT_OF_BOUNDS),
        (SCORE, "-1", AnswerFault.OUT_OF_BOUNDS),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(criterion: Criterion, typed: str, fault: AnswerFault) -> None:
    """Something else, something ambiguous or a number out of bounds is a fault and never a guess."""
    assert read_answer(SHEET, criterion, typed) == fault


@given(st.sampled_from(SHEET.items), st.text(max_size=80))
def test_whatever_is_typed_gives_a_value_that_fits_or_a_fault(criterion: Criterion, typed: str) -> None:
    """Reading never raises, and a value that comes out answers its criterion and survives being stored."""
    value = read_answer(SHEET, criterion, typed)
    if not isinstance(value, AnswerFault):
        assert criterion.accepts(value)
        assert decode_value(criterion, encode_value(value)) == value


@given(st.decimals(0, 10, places=2))
def test_points_are_read_as_they_are_shown(points: Decimal) -> None:
    """Points with two decimals, written with a comma, come back the same."""
    assert read_answer(SHEET, SCORE, f"{points:f}".replace(".", ",")) == points


@pytest.mark.parametrize("stored", ["", "met", "11", "-1", "NaN", "Infinity", "7.5.", "partly"])
def test_a_stored_value_that_fits_no_more_is_no_value(stored: str) -> None:
    """What was stored for another kind of question, or is out of bounds by now, is left out."""
    assert decode_value(SCORE, stored) is None


def test_a_set_made_for_a_kind_of_cell_comes_before_a_general_one() -> None:
    """A school gets its own sheet, others the general one, and nobody a sheet that is not valid on the day."""
    school = replace(SHEET, key="school", cell_kinds=frozenset({CellKind.SCHOOL}))
    cells = replace(SHEET, key="cells", for_whom=ForWhom.CELL)
    sets = (SHEET, school, cells)
    day = date(2027, 5, 1)
    assert choose_criteria(sets, kind=CellKind.SCHOOL, on=day) is school
    assert choose_criteria(sets, kind=CellKind.VILLAGE, on=day) is SHEET
    assert choose_criteria(sets, kind=CellKind.VILLAGE, on=day, for_whom=ForWhom.CELL) is cells
    assert choose_criteria(sets, kind=CellKind.VILLAGE, on=day, for_whom=ForWhom.COMMITTEE) is None
    assert choose_criteria(sets, kind=CellKind.SCHOOL, on=date(2026, 12, 31)) is None
    assert choose_criteria(sets, kind=CellKind.SCHOOL, on=date(2029, 1, 1)) is None


def test_a_set_knows_its_words_and_its_points() -> None:
    """Verdicts are said in the set's own words; the points are those of its items together."""
    assert [SHEET.word(verdict) for verdict in WORK.verdicts] == ["Đạt", "Một phần", "Chưa đạt"]
    assert SHEET.points == 10
    assert SHEET.item("fees") is FEES
    assert SHEET.item("gone") is None


def test_a_report_goes_question_by_question() -> None:
    """The next question is the first without an answer; when none is left the report is complete."""
    assert [place_of(SHEET, item.key) for item in SHEET.items] == [Place(1, 3), Place(2, 3), Place(3, 3)]
    answers = {"fees": Answer(Verdict.MET)}
    assert next_unanswered(SHEET, answers) is WORK
    answers["work"] = Answer(Verdict.PARTLY, "Còn chậm một việc")
    assert next_unanswered(SHEET, answers) is SCORE
    assert not is_complete(SHEET, answers)
    answers["score"] = Answer(Decimal("7.5"))
    assert is_complete(SHEET, answers)
    assert next_unanswered(SHEET, answers) is None
    assert total_points(SHEET, answers) == Decimal("7.5")
    assert [question(SHEET, number) for number in (0, 1, 3, 4)] == [None, WORK, SCORE, None]


def test_a_draft_is_stored_and_taken_up_again() -> None:
    """Answers come back as they were, in the order of the questions."""
    answers = {"score": Answer(Decimal("7.50")), "work": Answer(Verdict.PARTLY, "Còn chậm một việc")}
    stored = encode_answers(answers)
    assert stored == {"score": {"value": "7.5"}, "work": {"value": "partly", "note": "Còn chậm một việc"}}
    assert decode_answers(SHEET, stored) == answers
    assert list(decode_answers(SHEET, stored)) == ["work", "score"]


def test_a_draft_on_an_older_edition_keeps_what_still_fits() -> None:
    """When a question is gone, or is answered in another way now, its answer is left out and it is asked again."""
    stored = {"work": {"value": "partly"}, "score": {"value": "9"}, "gone": {"value": "met"}}
    newer = replace(SHEET, items=(replace(WORK, kind=AnswerKind.PASS_FAIL), FEES, SCORE))
    assert decode_answers(newer, stored) == {"score": Answer(Decimal(9))}


def test_many_reports_are_counted_without_persons() -> None:
    """Per criterion: how many answered, how often each verdict, the mean of the points; an empty one says so."""
    reports = [
        {"work": Answer(Verdict.MET), "fees": Answer(Verdict.MET), "score": Answer(Decimal(10))},
        {"work": Answer(Verdict.PARTLY, "riêng"), "fees": Answer(Verdict.MET), "score": Answer(Decimal("7.5"))},
        {"work": Answer(Verdict.MET), "score": Answer(Decimal(8))},
    ]
    work, fees, score = roll_up(SHEET, reports)
    assert (work.answered, work.verdicts) == (3, ((Verdict.MET, 2), (Verdict.PARTLY, 1), (Verdict.NOT_MET, 0)))
    assert (fees.answered, fees.verdicts) == (2, ((Verdict.MET, 2), (Verdict.NOT_MET, 0)))
    assert (score.answered, score.verdicts, score.mean) == (3, (), Decimal("8.50"))
    assert [(total.answered, total.mean) for total in roll_up(SHEET, [])] == [(0, None)] * 3
    assert "riêng" not in repr((work, fees, score))


def test_an_answer_that_does_not_fit_is_not_counted() -> None:
    """Points for a question of verdicts, left from another edition, do not enter the totals."""
    (work, *_) = roll_up(SHEET, [{"work": Answer(Decimal(9))}, {"work": Answer(Verdict.MET)}])
    assert (work.answered, work.verdicts[0], work.mean) == (1, (Verdict.MET, 1), None)
