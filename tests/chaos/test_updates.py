"""The mutations of chaos/updates.py: whatever they do to one update, the next one is not touched by it."""

import json
import random
from copy import deepcopy

from chaos.updates import ODD, mutated, telegram_updates


def test_what_is_mutated_can_always_be_written_down_and_changes_nothing_else() -> None:
    """A seed of CI once put an odd thing into itself, and the worker that walked through it ate all memory."""
    chance, updates, odd = random.Random(143_872), telegram_updates(), deepcopy(ODD)
    before = deepcopy(updates)
    for number in range(3_000):
        value = mutated(updates[number % len(updates)], updates, chance)
        json.dumps(value)  # a ring would be refused
    assert updates == before
    assert repr(list(odd)) == repr(list(ODD))
