"""One figure a line with its goal, and the file of them all: the same form as the bench's."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What a part found. `seed` repeats it, as far as chance of our own goes."""

    name: str
    value: float
    unit: str
    goal: str
    met: bool
    seed: int

    def line(self) -> str:
        """The figure as somebody reads it."""
        told = f"{self.value:,.0f}" if float(self.value).is_integer() else f"{self.value:,.2f}"
        return f"{'ok  ' if self.met else 'FAIL'}  {self.name:<58} {told:>10} {self.unit:<12} goal {self.goal:<10}"


def none_of(name: str, count: int, *, unit: str, seed: int) -> Figure:
    """Something that must not happen at all."""
    return Figure(name=name, value=count, unit=unit, goal="= 0", met=count == 0, seed=seed)


def at_least(name: str, value: float, least: float, *, unit: str, seed: int) -> Figure:
    """Something that must be tried often enough, or be good enough."""
    return Figure(name=name, value=value, unit=unit, goal=f"≥ {least:g}", met=value >= least, seed=seed)


def at_most(name: str, value: float, most: float, *, unit: str, seed: int) -> Figure:
    """Something that has a bound."""
    return Figure(name=name, value=value, unit=unit, goal=f"≤ {most:g}", met=value <= most, seed=seed)


def write(figures: Iterable[Figure], file: Path) -> None:
    """Keep the figures."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(figure) for figure in figures], indent=2, ensure_ascii=False)
    file.write_text(f"{text}\n", encoding="utf-8")


def say(line: str) -> None:
    """A line for whoever watches."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
