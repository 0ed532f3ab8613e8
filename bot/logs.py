"""The log: structured lines about the work, from which no secret and no personal word can be read.

Our own lines name things by number. What others write (libraries, exceptions) is cleaned: every registered
secret, everything that looks like a bot token, query strings, SQL parameters, and in the texts of exceptions
whatever is quoted or not ASCII. Libraries that log addresses or content are kept to warnings at any level.
"""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, ProcessorReturnValue, WrappedLogger

HIDDEN = "[hidden]"
SHORTEST_SECRET = 4
"""Shorter ones cannot be found among ordinary words."""
TALKATIVE = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "asyncio",
    "httpcore",
    "httpx",
    "sqlalchemy",
    "sse_starlette",
    "telegram",
    "uvicorn",
)

_TOKEN = re.compile(r"(?<!\d)\d{4,}(:|%3A)[A-Za-z0-9_-]{10,}", re.IGNORECASE)
_QUERY = re.compile(r"((?:https?://|\b[A-Z]{3,7} /)[^\s?\"']*)\?[^\s\"']*")
_SQL_VALUES = re.compile(r"(\[parameters: |DETAIL: |Failing row )[^\n]*")
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_FOREIGN_WORD = r"\S*[^\x00-\x7f]\S*"
_PERSONAL = re.compile(rf"(?:\b[A-Z]\w*\s+)*{_FOREIGN_WORD}(?:\s+(?:{_FOREIGN_WORD}|[A-Z]\w*))*")
"""Words with letters that code does not have, and the capitalised words beside them: most likely a name."""
_LONGEST_TEXT = 2_000
_LONGEST_CHAIN = 50


def new_incident(random: Callable[[int], bytes]) -> str:
    """A number to tell somebody and to find in the log, such as `4827-1935`. `random` gives that many random bytes."""
    digits = f"{int.from_bytes(random(8), 'big') % 10**8:08}"
    return f"{digits[:4]}-{digits[4:]}"


def configure_logs(*, level: str, as_json: bool, secrets: Iterable[str], stream: TextIO | None = None) -> None:
    """Send every line of this process to `stream` (the error output), cleaned. May be called again: the last one holds.

    `level` is a name such as "INFO". Uncaught exceptions are lines of the log as well.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tell_exception,
    ]
    render: Processor = structlog.dev.ConsoleRenderer(colors=False)
    if as_json:
        render = structlog.processors.JSONRenderer(ensure_ascii=False, default=_type_only)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_clean_foreign, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render, _cleaner(secrets)],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    _quieten(logging.getLevelNamesMapping()[level])
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_crash
    threading.excepthook = _log_thread_crash


def _quieten(level: int) -> None:
    for name in (*TALKATIVE, *list(logging.root.manager.loggerDict)):
        if name.partition(".")[0] in TALKATIVE:
            logger = logging.getLogger(name)
            logger.setLevel(max(level, logging.WARNING))
            logger.handlers.clear()  # uvicorn brings its own, which clean nothing
            logger.propagate = True


def _cleaner(secrets: Iterable[str]) -> Processor:
    """The last step: the finished line, whatever it was made of, without secrets."""
    forms = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in _forms(secret)}
    found = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) or r"(?!)")

    def clean(_logger: WrappedLogger, _method: str, line: ProcessorReturnValue) -> str:
        assert isinstance(line, str)
        text = _TOKEN.sub(HIDDEN, found.sub(HIDDEN, line))
        return _QUERY.sub(rf"\1?{HIDDEN}", text)

    return clean


def _forms(secret: str) -> Iterator[str]:
    """The secret as it may stand in a line: as it is, in JSON, in a Python literal."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]


def _type_only(thing: object) -> str:
    """What JSON does not know is named by its type: its text might say more than a log should."""
    return f"<{type(thing).__name__}>"


def tell_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the story of the exception, and exceptions among the values by a line, without
    personal words."""
    error = _exception_in(event.pop("exc_info", None))
    for name, value in event.items():
        if isinstance(value, BaseException):
            event[name] = f"{type(value).__name__}: {without_personal_words(str(value))}"
    if error is not None:
        event["exception"] = "".join(_story(error)).rstrip()
    return event


def _exception_in(info: object) -> BaseException | None:
    """The exception meant by an `exc_info`: itself, the triple of `sys.exc_info`, or just `True`."""
    match info:
        case BaseException():
            return info
        case (_, BaseException() as error, _):
            return error
        case None | False | (None, None, None):
            return None
        case _:
            return sys.exception()


def _clean_foreign(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What libraries write may quote what a person wrote; our own events never do."""
    event["event"] = without_personal_words(str(event["event"]))
    return event


def _story(error: BaseException, told: set[int] | None = None) -> Iterator[str]:
    """Where it happened and what it was, causes first, as Python tells it; no values of variables. Each exception is
    told once, however they are chained, and of a very long chain only the end: a log that fails would end the
    program."""
    told = set() if told is None else told
    told.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in told and len(told) < _LONGEST_CHAIN:
        yield from _story(before, told)
        yield "\nand then:\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}: {without_personal_words(str(error))}\n"
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            if id(part) not in told and len(told) < _LONGEST_CHAIN:
                yield "one of them:\n"
                yield from _story(part, told)


def without_personal_words(text: str) -> str:
    """An exception's text with everything left out that may have come from a person: what is quoted, unless
    it is a single plain name of code, Vietnamese words, the values of an SQL statement, and what is too long."""
    if len(text) > _LONGEST_TEXT:
        text = f"{text[:_LONGEST_TEXT]} {HIDDEN}"
    text = _SQL_VALUES.sub(rf"\1{HIDDEN}", text)
    text = _QUOTED.sub(lambda found: found[0] if _NAME.fullmatch(found[0][1:-1]) else f"'{HIDDEN}'", text)
    return _PERSONAL.sub(HIDDEN, text)


def _log_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("crash").critical("uncaught exception", exc_info=(kind, error, trace))


def _log_thread_crash(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _log_crash(args.exc_type, args.exc_value, args.exc_traceback)
