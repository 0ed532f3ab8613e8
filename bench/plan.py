"""What a run of the bench is told, and the folders that it works in."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import HOUSE

WORK = HOUSE / "var/bench"
"""On the disk where an operator's data would be: a commit must cost what it costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`people`: who sign the pledge, in every one of the `rounds`. `seconds`: how long events are offered at a rate.
    `minutes`: how long the drain at the messenger's pace is watched. `peers`: the Python that has the other libraries,
    if there is one; `alone`: they are not measured. `profile`: say where the program spends its time; then the figures
    themselves are worth less."""

    people: int
    rounds: int
    seconds: float
    minutes: float
    peers: Path | None
    profile: bool
    alone: bool

    @property
    def spy(self) -> Path | None:
        """The program that looks where another one spends its time, if that is asked for."""
        return self.peers.with_name("py-spy") if self.peers and self.profile else None


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder, gone at the end."""
    WORK.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=WORK))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
