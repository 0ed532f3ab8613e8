"""The tests' own house: nothing reaches another machine, and the rules of the domain stay pure."""

import ast
import re
import socket
import sys
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from sqlalchemy import make_url

from tests.conftest import NetworkClosedError

ELSEWHERE = "192.0.2.1"
"""An address that belongs to nobody."""
HOUSE = Path(__file__).parents[2]
DOMAIN = HOUSE / "bot" / "domain"


def test_a_socket_to_another_machine_is_refused() -> None:
    """A connection, a datagram and a name look-up to elsewhere end before a packet leaves."""
    with socket.socket() as stream, pytest.raises(NetworkClosedError):
        stream.connect((ELSEWHERE, 80))
    with socket.socket(type=socket.SOCK_DGRAM) as datagram, pytest.raises(NetworkClosedError):
        datagram.sendto(b"x", (ELSEWHERE, 80))
    with pytest.raises(NetworkClosedError):
        socket.getaddrinfo("example.org", 80)


async def test_an_http_client_to_another_machine_is_refused() -> None:
    """The client that the channels use cannot leave this machine in a test."""
    async with aiohttp.ClientSession() as client:
        with pytest.raises(NetworkClosedError):
            await client.get("http://example.org/")


def test_loopback_is_open() -> None:
    """A test may speak to a server of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"hello")
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(5) == b"hello"


async def test_postgres_is_our_own_and_empty(postgres_url: str) -> None:
    """The PostgreSQL database of a test process has no table that somebody else left there."""
    url = make_url(postgres_url)
    assert url.drivername == "postgresql+asyncpg"
    connection = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    assert await connection.fetchval("SELECT current_database()") == url.database
    await connection.close()


@pytest.mark.parametrize("module", sorted(DOMAIN.rglob("*.py")), ids=lambda path: str(path.relative_to(DOMAIN)))
def test_the_rules_need_nothing_but_the_standard_library(module: Path) -> None:
    """A rule imports the standard library, other rules, and bot.clock's words: no input, no output, no library."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            own = name == "bot.clock" or name.startswith("bot.domain")
            assert own or name.partition(".")[0] in sys.stdlib_module_names, f"{module.name} imports {name}"


def test_a_page_that_the_code_points_to_is_there() -> None:
    """Whoever follows `docs/….md` in a docstring, a comment or another page finds it."""
    files = [HOUSE / "Makefile", HOUSE / "pyproject.toml", *HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md")]
    files += [file for part in ("bot", "handlers", "storage", "tests") for file in (HOUSE / part).rglob("*.py")]
    named = {(file.name, page) for file in files for page in re.findall(r"docs/[\w/.-]+\.md", file.read_text("utf-8"))}
    assert len(named) > 5
    assert {(file, page) for file, page in named if not (HOUSE / page).is_file()} == set()
