"""Everything that could be read of what went wrong: logs at their loudest, and all values in the frames of an error."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

LIBRARIES = ("aiohttp.client", "aiohttp.internal", "asyncio", "httpx", "httpcore", "uvicorn")
TESTS = Path(__file__).parents[1]


@contextmanager
def everything_written(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[[], str]]:
    """Everything that reaches a log or the terminal meanwhile, from every logger at its loudest."""
    loggers = [logging.getLogger(name) for name in LIBRARIES]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:

        def read() -> str:
            lines = [f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in caplog.records]
            return "\n".join([*lines, repr(logs), *capfd.readouterr(), caplog.text])

        yield read
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def frames_of(error: BaseException) -> str:
    """The error as a crash report would show it: its chain, and all values in every frame but those of tests."""
    shown = [repr(error), str(error), repr(error.args)]
    seen: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in seen:
        seen.append(at)
        stack = traceback.TracebackException.from_exception(at, capture_locals=True).stack
        shown += [repr(frame.locals) for frame in stack if not Path(frame.filename).is_relative_to(TESTS)]
        shown += [repr(vars(at)) if hasattr(at, "__dict__") else ""]
        at = at.__cause__ or at.__context__
    return "\n".join(shown)


def check(text: str, hidden: list[str]) -> None:
    """Nothing hidden is in the text, in whatever case: libraries write refusals in small letters."""
    assert [canary for canary in hidden if canary.casefold() in text.casefold()] == []
