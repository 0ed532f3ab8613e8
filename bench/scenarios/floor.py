"""What of an event no work of ours can save: the HTTP of our own libraries, with nothing done and nothing kept
(docs/decisions/0041-what-an-event-costs-at-least.md)."""

import sys
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure, figure
from bench.plan import Plan
from bench.scenarios.webhook import peer_cost


async def measure(plan: Plan) -> Sequence[Figure]:
    """The best of the rounds."""
    costs = [await peer_cost(Path(sys.executable), "libraries") for _ in range(plan.rounds)]
    best = max(cost.per_second for cost in costs)
    return [
        figure(
            "uvicorn and aiohttp alone: webhook → answer said, one message, not durable", best, "events per CPU second"
        )
    ]
