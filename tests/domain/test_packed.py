"""Several closed questions answered in one message, as people type it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.packed import Line, Understood, lettered, read_packed, read_remarks

ANSWERS = (("met", ("Đạt", "có")), ("partly", ("Một phần", "một phần nào")), ("not_met", ("Chưa đạt", "không đạt")))
SIX = [lettered(number, ANSWERS) for number in range(1, 7)]
A, B, C = "met", "partly", "not_met"


def _points(typed: str) -> str | None:
    try:
        value = Decimal(typed.replace(",", "."))
    except ArithmeticError:
        return None
    return str(value) if 0 <= value <= 10 else None


POINTS = [Line(number=number, read=_points, by_number=True) for number in range(1, 5)]


@pytest.mark.parametrize(
    "typed",
    [
        "1a 2c 3b",
        "1a,2c,3b",
        "1a2c3b",
        "1 a 2 c 3 b",
        "1.a; 2.c; 3.b",
        "1) a  2) c  3) b",
        "1-a 2-c 3-b",
        "1:a 2:c 3:b",
        "1A 2C 3B",
        "1â 2C 3b.",
        "1a\n2c\n3b",
        "3b 1a 2c",
        "câu 1 a, câu 2 c, câu 3 b",
        "Câu 1: đạt; câu 2: chưa đạt; câu 3: một phần",
        "1 dat 2 CHUA DAT 3 mot phan",
        "1 là có 2 c 3 b".replace("là ", ""),
        "1a 1a 2c 3b",
    ],
)
def test_the_same_answers_however_typed(typed: str) -> None:
    """Spaces, signs, case, diacritics, order, words instead of letters: it is the same."""
    assert read_packed(typed, SIX) == Understood(given={1: A, 2: C, 3: B})


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("1-4a 5b", {1: A, 2: A, 3: A, 4: A, 5: B}),
        ("1 đến 3 a", {1: A, 2: A, 3: A}),
        ("1,2 và 3a; 4 c", {1: A, 2: A, 3: A, 4: C}),
        ("tất cả a", dict.fromkeys(range(1, 7), A)),
        ("đạt hết", dict.fromkeys(range(1, 7), A)),
        ("tat ca deu chua dat", dict.fromkeys(range(1, 7), C)),
        ("aabbcc", {1: A, 2: A, 3: B, 4: B, 5: C, 6: C}),
        ("a a b b c c", {1: A, 2: A, 3: B, 4: B, 5: C, 6: C}),
    ],
)
def test_several_at_once(typed: str, given: dict[int, str]) -> None:
    """A range, a list, all, or one letter for each of them in their order."""
    assert read_packed(typed, SIX) == Understood(given=given)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("1x 2a", Understood(given={2: A}, unclear=(1,))),
        ("1 2a", Understood(given={2: A}, unclear=(1,))),
        ("1a 2", Understood(given={1: A}, unclear=(2,))),
        ("1a 1b 2c", Understood(given={2: C}, twice=(1,))),
        ("1a 7b", Understood(given={1: A}, unknown=(7,))),
        ("1a 0b 999c", Understood(given={1: A}, unknown=(0, 999))),
        ("1 đất 2a", Understood(given={1: A, 2: A})),
        ("1", Understood(unclear=(1,))),
        ("a", Understood()),
        ("aab", Understood()),
        ("abcdefgh", Understood()),
        ("gửi báo cáo", Understood()),
        ("", Understood()),
        ("1a " * 1000, Understood()),
    ],
)
def test_what_can_be_read_in_two_ways_is_no_answer(typed: str, understood: Understood) -> None:
    """What is missing, unknown, doubled or out of place is named; the rest counts."""
    assert read_packed(typed, SIX) == understood


def test_a_letter_alone_answers_the_only_question() -> None:
    """Nobody is asked for a number where there is one question; an answered one may be named again."""
    assert read_packed("b", SIX[2:3]).given == {3: B}
    assert read_packed("một phần", SIX[2:3]).given == {3: B}
    assert read_packed("1c b", SIX[2:3], also=SIX[:2]) == Understood(unclear=(1,))
    assert read_packed("1c 3b", SIX[2:3], also=SIX[:2]).given == {1: C, 3: B}


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("1: 7,5; 2: 8", {1: "7.5", 2: "8"}),
        ("1:7,2:8,3:9.5", {1: "7", 2: "8", 3: "9.5"}),
        ("1=7 2 = 8", {1: "7", 2: "8"}),
        ("câu 1: 7, câu 2: 8", {1: "7", 2: "8"}),
    ],
)
def test_points_stand_behind_a_colon(typed: str, given: dict[int, str]) -> None:
    """A number that answers is told from the number of a question; a comma before half a point is one."""
    assert read_packed(typed, POINTS) == Understood(given=given)


def test_points_without_a_colon_are_no_answer() -> None:
    """ "1 7 2 8" could be anything; more than there are is unclear."""
    assert read_packed("1 7 2 8", POINTS) == Understood()
    assert read_packed("1: 11 2: 3", POINTS) == Understood(given={2: "3"}, unclear=(1,))


@pytest.mark.parametrize(
    ("typed", "remarks"),
    [
        ("3 còn vắng một buổi", [(3, None, "còn vắng một buổi")]),
        ("Câu 3: còn vắng 2 buổi", [(3, None, "còn vắng 2 buổi")]),
        ("3b vì ốm", [(3, B, "vì ốm")]),
        ("3 một phần vì ốm", [(3, B, "vì ốm")]),
        ("3 đất đai chưa xong", [(3, None, "đất đai chưa xong")]),
        ("1c ốm dài\n2 bận việc nhà", [(1, C, "ốm dài"), (2, None, "bận việc nhà")]),
        ("3b", None),
        ("3", None),
        ("3 a", None),
        ("3 b 4 c", None),
        ("9 còn vắng", None),
        ("còn vắng một buổi", None),
        ("gửi", None),
    ],
)
def test_words_of_ones_own(typed: str, remarks: list[tuple[int, str | None, str]] | None) -> None:
    """A number, perhaps its answer, then words; with their diacritics as they were typed."""
    read = read_remarks(typed, SIX)
    found = None if read is None else [(one.number, one.value, one.words) for one in read]
    assert found == remarks


@given(st.dictionaries(st.integers(1, 6), st.sampled_from("abc")), st.sampled_from([" ", ", ", "; ", "\n", ""]))
def test_what_is_typed_by_the_rule_is_understood(answers: dict[int, str], between: str) -> None:
    """Any questions, in any order, with anything between them."""
    typed = between.join(f"{number}{letter}" for number, letter in answers.items())
    meant = {number: {"a": A, "b": B, "c": C}[letter] for number, letter in answers.items()}
    assert read_packed(typed, SIX) == Understood(given=meant)


@given(st.text(max_size=200))
def test_anything_can_be_typed(typed: str) -> None:
    """Nothing breaks it, and nothing that is not asked is given."""
    read = read_packed(typed, SIX[:3], also=SIX[3:4])
    assert set(read.given) <= {1, 2, 3, 4}
    read_packed(typed, POINTS)
    assert all(one.number <= 6 for one in read_remarks(typed, SIX) or ())
