"""Lists as values of a statement: every different length is a text of its own, which costs more than it asks for."""

from collections.abc import Iterable
from typing import Any


def padded(values: Iterable[Any]) -> list[Any]:
    """The values, the last one repeated up to a round number: few different lengths are few different statements."""
    found = list(values)
    size = 1
    while size < len(found):
        size *= 2
    return found + found[-1:] * (size - len(found))
