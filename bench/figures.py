"""Figures with their goals: printed as a table, and kept in `results.json`."""

import json
import operator
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

COMPARE: dict[str, Callable[[float, float], bool]] = {"≥": operator.ge, "≤": operator.le, "=": operator.eq}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured. `goal` reads "≥ 8" or "≤ 50"; without one the figure only informs, and `met` is None."""

    name: str
    value: float
    unit: str
    goal: str | None = None
    met: bool | None = None


def figure(name: str, value: float, unit: str, goal: str | None = None) -> Figure:
    """A figure, held against its goal."""
    rounded = round(value, 4) if abs(value) < 10 else round(value, 1)
    return Figure(name=name, value=rounded, unit=unit, goal=goal, met=None if goal is None else reaches(value, goal))


def reaches(value: float, goal: str) -> bool:
    """Whether the value is as the goal says."""
    sign, wanted = goal.split()
    return COMPARE[sign](value, float(wanted.replace(",", "")))


def percentile(values: Sequence[float], part: float) -> float:
    """The value that so large a part of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def show(figures: Sequence[Figure]) -> None:
    """The table."""
    table = Table("figure", "value", "unit", "goal", "met")
    for one in figures:
        met = "" if one.met is None else "yes" if one.met else "NO"
        table.add_row(one.name, f"{one.value:,}", one.unit, one.goal or "", met)
    Console(width=150).print(table)


def keep(figures: Sequence[Figure], file: Path) -> None:
    """Write them down."""
    text = json.dumps([asdict(one) for one in figures], ensure_ascii=False, indent=2)
    file.write_text(f"{text}\n", encoding="utf-8")
