"""`make bench`: every figure in one run on one machine, printed as a table and kept in `bench/results.json`."""

import argparse
import gc
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module

import uvloop

from bench.figures import Figure, keep, show
from bench.plan import Plan
from bench.processes import HOUSE

SCENARIOS = ("webhook", "floor", "latency", "drain", "pace", "due", "broadcast", "ten_accounts")
RESULTS = HOUSE / "bench/results.json"
PEERS = HOUSE / ".venv-bench/bin/python"

Measure = Callable[[Plan], Awaitable[Sequence[Figure]]]


def main() -> None:
    """Measure what was asked for."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("--only", default="", help=f"some of: {' '.join(SCENARIOS)}; results are not kept then")
    asked.add_argument("--people", type=int, default=1000)
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--seconds", type=float, default=20.0)
    asked.add_argument("--minutes", type=float, default=1.0)
    asked.add_argument("--profile", action="store_true")
    asked.add_argument("--alone", action="store_true", help="without the peers")
    told = asked.parse_args()
    only = told.only.replace(",", " ").split()
    plan = Plan(
        people=told.people,
        rounds=1 if told.profile else told.rounds,
        seconds=told.seconds,
        minutes=told.minutes,
        peers=PEERS if PEERS.exists() else None,
        profile=told.profile,
        alone=told.alone,
    )
    figures = uvloop.run(_measure(plan, only or SCENARIOS))
    show(figures)
    if not only and not plan.profile:
        keep(figures, RESULTS)


async def _measure(plan: Plan, scenarios: Sequence[str]) -> list[Figure]:
    figures: list[Figure] = []
    for name in scenarios:
        measure: Measure = import_module(f"bench.scenarios.{name}").measure
        found = await measure(plan)
        for one in found:
            sys.stdout.write(f"{name}: {one.name}: {one.value:,} {one.unit}\n")
        sys.stdout.flush()
        figures += found
        gc.collect()
    return figures


if __name__ == "__main__":
    main()
