"""`make chaos`: every part with its figures and its seed, printed and kept in `bench/chaos.json`."""

import argparse
import asyncio
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from chaos.canary import look_for_canaries
from chaos.disk import NoCompiler
from chaos.figures import Figure, none_of, say, write
from chaos.kills import Plan, kill_often
from chaos.machine import try_the_machine
from chaos.power import cut_often
from chaos.simulation import MEMORY, simulate_many
from chaos.updates import send_many

HOUSE = Path(__file__).parents[1]
RESULTS = HOUSE / "bench" / "chaos.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of everything."""

    kills: Plan
    seeds: int
    cuts: int
    lives: int
    failing_seconds: float
    locked_seconds: tuple[float, ...]
    updates: int
    examples: int


SHORT = Size(
    kills=Plan(random_kills=6, point_kills=20, passed=50, seconds=120),
    seeds=30,
    cuts=60,
    lives=1,
    failing_seconds=3,
    locked_seconds=(3,),
    updates=5_000,
    examples=0,
)
LONG = Size(
    kills=Plan(random_kills=200, point_kills=2_000, passed=60, seconds=3_600),
    seeds=1_000,
    cuts=500,
    lives=6,
    failing_seconds=12,
    locked_seconds=(3, 14),
    updates=100_000,
    examples=400,
)


def main() -> int:
    """Try what was asked for. Ends with 1 when a goal was not met."""
    asked = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    asked.add_argument("--long", action="store_true", help="by hand: everything, for about an hour")
    asked.add_argument("--seed", type=int, default=None, help="repeats a run, as far as chance of our own goes")
    asked.add_argument("--only", default="", help="some of: kills simulation power machine updates model canary")
    asked.add_argument("--keep", action="store_true", help="leave the databases and logs where they are")
    told = asked.parse_args()
    seed = random.randrange(10**6) if told.seed is None else told.seed
    size = LONG if told.long else SHORT
    say(f"make chaos {'LONG=1 ' if told.long else ''}SEED={seed}")
    folder, quick = (
        Path(mkdtemp(prefix="chaos-")),
        Path(mkdtemp(prefix="chaos-", dir=MEMORY)),
    )
    parts: dict[str, Callable[[], Sequence[Figure]]] = {
        "simulation": lambda: simulate_many(quick / "simulation", seed=seed, seeds=size.seeds),
        "updates": lambda: send_many(quick / "updates", seed=seed, updates=size.updates),
        "power": lambda: asyncio.run(cut_often(folder / "power", seed=seed, cuts=size.cuts, lives=size.lives)),
        "machine": lambda: asyncio.run(
            try_the_machine(folder / "machine", seed=seed, seconds=size.failing_seconds, locked=size.locked_seconds)
        ),
        "kills": lambda: asyncio.run(kill_often(folder / "kills", seed=seed, plan=size.kills)),
        "model": lambda: _model(size.examples, seed),
        # The last: it reads what the others have left.
        "canary": lambda: asyncio.run(look_for_canaries(folder, seed=seed)),
    }
    wanted = told.only.replace(",", " ").split() or list(parts)
    figures: list[Figure] = []
    try:
        for name in wanted:
            figures += _tried(name, parts[name])
    finally:
        if not told.keep:
            shutil.rmtree(folder)
            shutil.rmtree(quick)
    missed = [figure.name for figure in figures if not figure.met]
    if not told.only:
        write(figures, RESULTS)
    say(f"{len(figures) - len(missed)} of {len(figures)} goals met; SEED={seed}")
    return 1 if missed else 0


def _tried(name: str, part: Callable[[], Sequence[Figure]]) -> Sequence[Figure]:
    begun = time.monotonic()
    say(f"\n{name}")
    try:
        figures = part()
    except NoCompiler as missing:
        if os.environ.get("CI") == "true":
            raise
        say(f"      left out: it needs a C compiler {str(missing)[:200]}")
        return ()
    for figure in figures:
        say(figure.line())
    say(f"      {time.monotonic() - begun:.0f} s")
    return figures


def _model(examples: int, seed: int) -> Sequence[Figure]:
    """The test of in and out against a model, with more examples than `make test` takes."""
    if not examples:
        say("      part of `make test`; LONG=1 takes more examples")
        return ()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/chaos/test_model.py"]
    settings = os.environ | {"BON_TOT_TEST_EXAMPLES": str(examples), "CI": "false"}
    done = subprocess.run(
        [*command, f"--hypothesis-seed={seed}"], cwd=HOUSE, env=settings, capture_output=True, text=True, check=False
    )
    if done.returncode:
        say(done.stdout[-3_000:])
    failed = int(done.returncode != 0)
    return (none_of(f"model: failures in {examples} examples of 25 steps", failed, unit="failures", seed=seed),)


if __name__ == "__main__":
    sys.exit(main())
