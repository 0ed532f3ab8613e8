"""What every test has: a network that ends at this machine, and PostgreSQL where there is one.

`postgres_url` is the address of an empty database of this test process's own; how to have it: docs/developer.md.
"""

import asyncio
import ipaddress
import os
import sys
from collections import Counter
from collections.abc import Coroutine, Generator, Iterator
from typing import Any, NoReturn

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from bot.logs import tell_exception
from tests.canaries import OPENED_WIDE, canaries_in

POSTGRES = os.environ.get("BON_TOT_TEST_POSTGRES") or "postgresql+asyncpg://root@127.0.0.1:5432/test"
WRITTEN = ("Captured stdout", "Captured stderr")
"""What a program would have written; the third, pytest's own look at log records, is before anything is cleaned."""
IN_CI = os.environ.get("CI") == "true"


class NetworkClosedError(Exception):
    """A test reached for another machine. It must speak to something on loopback instead."""


def pytest_configure() -> None:
    """Close the network before any test module is imported: an audit hook sees every socket, and stays. And let no
    property fail because the machine was slow, or in CI because of another draw than yesterday's."""
    sys.addaudithook(_only_this_machine)
    settings.register_profile(
        "bon-tot",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=IN_CI,
        database=None if IN_CI else settings.get_profile("default").database,
        print_blob=True,
    )
    settings.load_profile("bon-tot")


def _only_this_machine(event: str, args: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        if isinstance(address, tuple):  # anything else is a socket of this machine
            _check_host(address[0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        _check_host(args[0])


def _check_host(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in ("", "localhost"):
        return
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        raise NetworkClosedError(name) from None
    if not (address.is_loopback or address.is_unspecified):
        raise NetworkClosedError(name)


@pytest.fixture(autouse=True)
def the_log_as_in_service() -> None:
    """A test that configures no log has one that tells exceptions as the program's own does: without personal words."""
    structlog.configure(processors=[structlog.stdlib.add_log_level, tell_exception, structlog.dev.ConsoleRenderer()])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Whatever was logged or printed while a test ran has no secret in it and nobody's words (tests/canaries.py)."""
    report = yield
    if report.passed and report.when != "setup" and item.name.partition("[")[0] not in OPENED_WIDE:
        found = [canary for title, text in report.sections if title.startswith(WRITTEN) for canary in canaries_in(text)]
        if found:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} let out what nobody may read: {found}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why tests were skipped: one line a reason, however many tests."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason, count in Counter(report.longrepr[2] for report in skipped).items():
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database, for this test process alone; dropped at the end.

    Without PostgreSQL its tests are skipped, all with one line; in CI they fail.
    """
    server = make_url(POSTGRES)
    name = f"bon_tot_test_{os.getpid()}_{worker_id}"
    try:
        _run(_execute(POSTGRES, f'CREATE DATABASE "{name}"'))
    except (OSError, asyncpg.PostgresError) as error:
        _without_postgres(error)
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _run(_execute(POSTGRES, f'DROP DATABASE "{name}" WITH (FORCE)'))


def _without_postgres(error: Exception) -> NoReturn:
    where = make_url(POSTGRES).render_as_string(hide_password=True)
    told = f"no PostgreSQL for tests at {where} ({type(error).__name__}): docs/developer.md says how to have one"
    if IN_CI:
        pytest.fail(told, pytrace=False)
    pytest.skip(told)


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"), timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run on a loop of our own, which leaves the tests' loops as they are."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(work)
