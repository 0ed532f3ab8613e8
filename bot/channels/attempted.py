"""What a piece of work raised, as a value."""

from collections.abc import Coroutine
from typing import Any


async def attempted(work: Coroutine[Any, Any, None]) -> Exception | None:
    """What the work raised, as a value; None when it is done. Being cancelled is no failure."""
    try:
        await work
    except Exception as error:  # it ends in the caller's hand: a `gather` would do the same, and costs a task
        return error
    return None
