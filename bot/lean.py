"""Libraries that other libraries look for, and that a start should not pay for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast


@contextmanager
def without(*libraries: str) -> Iterator[None]:
    """Whoever asks for one of these here is told that it is not installed, unless somebody has loaded it already.
    Only for libraries that whoever asks can do without; afterwards they are there as before."""
    loaded = cast("dict[str, Any]", sys.modules)
    hidden = [library for library in libraries if library not in loaded]
    loaded.update(dict.fromkeys(hidden))  # None: as if it were not installed
    try:
        yield
    finally:
        for library in hidden:
            del loaded[library]
