"""Numbers are written as official Vietnamese papers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.numbers import count_text, counted, decimal_text, percent_text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (1, "01"), (9, "09"), (10, "10"), (999, "999"), (1250, "1.250"), (5_000_000, "5.000.000")],
)
def test_a_count_has_a_leading_zero_below_ten(count: int, text: str) -> None:
    """Counts are two digits at least, with dots between thousands."""
    assert count_text(count) == text


def test_a_count_stands_before_its_noun() -> None:
    """02 đảng viên."""
    assert counted(2, "đảng viên") == "02 đảng viên"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.5, "7,5"),
        (96.0, "96"),
        (0, "0"),
        (0.25, "0,3"),
        (1.005, "1"),
        (99.96, "100"),
        (1234.5, "1.234,5"),
        (Decimal("88.25"), "88,3"),
        (-0.04, "0"),
    ],
)
def test_a_decimal_has_a_comma(value: float | Decimal, text: str) -> None:
    """One decimal at most, rounded half up, after a comma."""
    assert decimal_text(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (28, 29, "96,6%"),
        (193, 200, "96,5%"),
        (1, 3, "33,3%"),
        (1, 2, "50%"),
        (36, 36, "100%"),
        (1999, 2000, "99,9%"),
        (49_999, 50_000, "99,9%"),
        (1, 50_000, "0,1%"),
        (0, 36, "0%"),
        (0, 0, "0%"),
    ],
)
def test_a_percentage_has_one_decimal(part: int, whole: int, text: str) -> None:
    """96,5%; and nearly all is not all."""
    assert percent_text(part, whole) == text


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_only_all_are_a_hundred_percent(part: int, more: int) -> None:
    """100% is said only when nobody is missing, 0% only when there is nobody."""
    assert percent_text(part, part + more) != "100%"
    assert (percent_text(part, part + more) == "0%") == (part == 0)
    assert percent_text(more, more) == "100%"
