"""The log tells the whole story of the work, and neither a secret nor a word that a person wrote."""

import asyncio
import io
import json
import logging
import logging.config
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
import uvicorn
from aiohttp import web

from bot.logs import HIDDEN, configure_logs, new_incident, without_personal_words

TOKEN = "1234567890:AAcanary-canary_canary-canary_canary"
PASSWORD = 'can"ARYS\\pass'
NAME = "Nguyễn Thị Canary"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process writes, from a configured log; everything is put back afterwards."""
    root = logging.getLogger()
    handlers, level, hook, thread_hook = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    stream = io.StringIO()
    configure_logs(level="DEBUG", as_json=True, secrets=[TOKEN, PASSWORD], stream=stream)
    yield stream
    logging.captureWarnings(capture=False)
    root.handlers[:], sys.excepthook, threading.excepthook = handlers, hook, thread_hook
    root.setLevel(level)
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    """The lines written, as a machine reads them."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


def fail(message: str) -> None:
    """Fail as the depths of the program would."""
    person = message
    raise ValueError(person)


@pytest.mark.parametrize("as_json", [True, False])
def test_an_exception_given_as_a_value_is_cleaned(log: io.StringIO, *, as_json: bool) -> None:
    """A line that names an exception among its values tells its kind and no personal word."""
    configure_logs(level="DEBUG", as_json=as_json, secrets=[], stream=log)
    structlog.get_logger().warning("retrying", error=OSError(f"refused {NAME}"))
    assert f"OSError: refused {HIDDEN}" in log.getvalue()
    assert "Nguyễn" not in log.getvalue()


def test_our_own_lines_are_objects_with_level_time_and_what_was_bound(log: io.StringIO) -> None:
    """A line is one JSON object: event, level, UTC time, and the values bound around it."""
    with structlog.contextvars.bound_contextvars(incident="4827-1935"):
        structlog.get_logger("bot.test").info("handled", account="telegram", person=7)
    [line] = lines(log)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "handled",
        "level": "info",
        "logger": "bot.test",
        "account": "telegram",
        "person": 7,
        "incident": "4827-1935",
    }


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("secret", [TOKEN, PASSWORD, "555444333:BBunregistered-token_of_somebody"])
def test_a_secret_is_hidden_wherever_it_stands(log: io.StringIO, *, as_json: bool, secret: str) -> None:
    """Registered secrets, and what looks like a token, leave messages, arguments, values and exceptions."""
    configure_logs(level="DEBUG", as_json=as_json, secrets=[TOKEN, PASSWORD], stream=log)
    ours, theirs = structlog.get_logger(), logging.getLogger("a.library")
    ours.info(f"saying {secret}", value=secret, inside={"deep": [secret]}, thing=Exception(secret))
    theirs.warning("saying %s", secret)
    theirs.warning(f"GET https://api.telegram.org/bot{secret}/getMe")
    structlog.contextvars.bind_contextvars(bound=secret)
    try:
        fail(secret)
    except ValueError as error:
        ours.exception("failed", value=error)
        theirs.exception("failed: %s", error)
    written = log.getvalue()
    assert written.count(HIDDEN) >= 8
    for part in ("canary-canary", "ARYS", "BBunregistered"):
        assert part not in written, part


def test_an_exception_tells_where_and_what_and_not_about_whom(log: io.StringIO) -> None:
    """A traceback has files, lines and the exception's kind through causes and groups, but no personal word."""
    try:
        try:
            fail(f"cannot read {NAME}")
        except ValueError as cause:
            raise ExceptionGroup("many", [KeyError(NAME), RuntimeError(f'row "{NAME}" of unit_id 7')]) from cause
    except ExceptionGroup:
        structlog.get_logger().exception("failed")
    [line] = lines(log)
    story = line["exception"]
    assert "test_logs.py" in story and "in fail" in story
    assert "builtins.ValueError" in story and "builtins.KeyError" in story and "of unit_id 7" in story
    for word in ("Nguyễn", "Canary"):
        assert word not in log.getvalue()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("'NoneType' object has no attribute 'starts_at'", "'NoneType' object has no attribute 'starts_at'"),
        (
            "invalid literal for int() with base 10: 'Nguyen Van An'",
            f"invalid literal for int() with base 10: '{HIDDEN}'",
        ),
        ("invalid literal for int() with base 10: '0912345678'", f"invalid literal for int() with base 10: '{HIDDEN}'"),
        ("no Trần Thị An, here", f"no {HIDDEN}, here"),
        (
            "UNIQUE failed\n[SQL: INSERT]\n[parameters: ('An', 1)]",
            f"UNIQUE failed\n[SQL: INSERT]\n[parameters: {HIDDEN}",
        ),
        ("duplicate key\nDETAIL: Key (name)=(An) already exists.", f"duplicate key\nDETAIL: {HIDDEN}"),
    ],
)
def test_what_an_exception_says_keeps_code_and_loses_people(text: str, left: str) -> None:
    """Names of code stay; quoted values, Vietnamese words and SQL values go."""
    assert without_personal_words(text) == left


async def test_talkative_libraries_write_no_address(log: io.StringIO) -> None:
    """A real request through httpx and an aiohttp server, at level DEBUG, leaves no path and no query in the log."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="fine")

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with httpx.AsyncClient() as client:
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/bot{TOKEN}/getMe?chat=0912345678"
        assert (await client.get(address)).text == "fine"
    await runner.cleanup()
    assert "getMe" not in log.getvalue()
    assert "0912345678" not in log.getvalue()


def test_the_servers_own_access_log_stays_silent(log: io.StringIO) -> None:
    """uvicorn's loggers, even set up by uvicorn itself before, write through the cleaned log, and no requests."""
    logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)
    configure_logs(level="DEBUG", as_json=True, secrets=[], stream=log)
    logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', "10.1.2.3:5", "GET", "/a?code=7K9Q", "1.1", 200)
    assert log.getvalue() == ""
    logging.getLogger("uvicorn.error").error("GET /a?code=7K9Q failed")
    [line] = lines(log)
    assert line["event"] == f"GET /a?{HIDDEN} failed"


def test_a_crash_and_a_warning_are_lines_of_the_log(log: io.StringIO) -> None:
    """Uncaught exceptions, of the program and of a thread, and warnings go the same cleaned way."""
    try:
        fail(f"{NAME} {TOKEN}")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    thread = threading.Thread(target=fail, args=(NAME,))
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"about {TOKEN}", stacklevel=1)
    events = [(line["event"], line["level"]) for line in lines(log)[:2]]
    assert events == [("uncaught exception", "critical")] * 2
    assert len(lines(log)) == 3
    assert "Canary" not in log.getvalue() and "canary" not in log.getvalue()


async def test_a_lost_task_does_not_tell_its_exception_in_clear(log: io.StringIO) -> None:
    """asyncio's own complaint about a task quotes the exception: the quotation is cleaned."""
    asyncio.get_running_loop().call_exception_handler({"message": f"lost {ValueError(NAME)!r}"})
    assert [line["level"] for line in lines(log)] == ["error"]
    assert "Nguyễn" not in log.getvalue()


def test_exceptions_that_go_round_in_circles_are_told(log: io.StringIO) -> None:
    """An exception that is its own cause, or the cause of its cause, or the thousandth in a row, ends no program: what
    would be written in its place is not cleaned."""
    own = OSError(f"of {NAME}")
    own.__cause__ = own
    one, other = ValueError("one"), ValueError("other")
    one.__context__, other.__context__ = other, one
    last: Exception = KeyError("first")
    for number in range(3_000):
        last, last.__cause__ = RuntimeError(f"number {number}"), last
    for error in (own, ExceptionGroup("both", [one, other, own]), last):
        structlog.get_logger().error("failed", exc_info=error)
    sys.excepthook(OSError, own, None)
    first, both, long, crash = (line["exception"] for line in lines(log))
    assert NAME not in log.getvalue()
    assert (first.count("OSError"), crash.count("OSError")) == (1, 1)
    assert [both.count(word) for word in ("one\n", "other\n", "OSError")] == [1, 1, 1]
    assert "number 2999" in long and "number 2000" not in long


def test_an_incident_number_is_short_enough_to_say() -> None:
    """Eight digits in two groups, from the random bytes given."""
    assert new_incident(lambda count: b"\x01" * count) == "3807-6673"
    assert new_incident(lambda count: b"\x00" * count) == "0000-0000"
