"""A criteria set out of its kept edition: old answers stay readable when the files have changed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.content.criteria import kept_criteria
from bot.content.loader import load_content

HALF_POINTS = """
version = "2"
key = "half"
title = "Tự chấm điểm"
note = "Mẫu tham khảo"
for_whom = "member"
valid_from = 2027-01-01
[[goods]]
good = "tasks"
items = [
    { key = "work", kind = "points", points = 7.5, text = "Làm tròn việc được giao." },
    { key = "help", kind = "pass_fail", required = true, text = "Giúp việc chung." },
]
[[thresholds]]
name = "Tốt"
at_least = 6.5
"""


def test_every_set_comes_back_from_its_edition_as_it_was_asked(tmp_path: Path) -> None:
    """Everything but the days on which it holds is read back the same, fractions of points included."""
    (tmp_path / "criteria-half.toml").write_text(HALF_POINTS, "utf-8")
    sets = (*load_content(None).criteria, *load_content(tmp_path).criteria)
    assert len(sets) >= 3
    for one in sets:
        assert kept_criteria(one.edition) == replace(one, valid_from=date.min, valid_to=None)
