"""The bench judges honestly: its goals, its sliding second, and the figures that were committed."""

import json
from pathlib import Path

import pytest

from bench.figures import figure, reaches
from bench.scenarios.pace import most_in_a_second

RESULTS = Path(__file__).parents[2] / "bench/results.json"


@pytest.mark.parametrize(
    ("value", "goal", "met"),
    [(8.0, "≥ 8", True), (7.99, "≥ 8", False), (50.1, "≤ 50", False), (0, "= 0", True), (1, "= 0", False)],
)
def test_a_goal_is_met_or_not(value: float, goal: str, met: bool) -> None:
    """A value is held against its goal before it is rounded for the table."""
    assert reaches(value, goal) is met
    assert figure("anything", value, "ms", goal).met is met


def test_a_rounded_value_cannot_meet_a_goal_that_was_missed() -> None:
    """29.696 reads 29.7 in the table, and has not reached it."""
    assert figure("drain", 29.696, "messages/s", "≥ 29.7").met is False


def test_the_most_in_any_second_is_found_wherever_it_begins() -> None:
    """Two bursts of 20, half a second apart, are 40 in one second, although no second of the clock has more than 20."""
    burst = [n / 100 for n in range(20)]
    assert most_in_a_second([0.75 + at for at in burst] + [1.25 + at for at in burst]) == 40
    assert most_in_a_second([n / 32 for n in range(320)]) == 32
    assert most_in_a_second([0.0, 1.0]) == 1


def test_the_figures_that_were_committed_are_judged_as_they_are() -> None:
    """Nothing in results.json is called met that its value and goal deny; every figure has a name of its own."""
    results = json.loads(RESULTS.read_text("utf-8"))
    assert len(results) == len({one["name"] for one in results}) > 0
    for one in results:
        assert one.keys() == {"name", "value", "unit", "goal", "met"}
        if one["goal"] is None:
            assert one["met"] is None
        elif one["met"]:
            assert reaches(one["value"], one["goal"]), one
