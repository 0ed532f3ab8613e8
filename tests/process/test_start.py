"""What a start loads: nothing that only some installations, commands or papers need."""

import subprocess
import sys

START = "import sys, bot.cli, bot.serve; print(*sys.modules)"
SELDOM = {
    "alembic": "a database that is not up to date",
    "asyncpg": "PostgreSQL",
    "bot.channels.web.service": "our own page",
    "bot.demo": "the rehearsal",
    "bot.doctor": "doctor",
    "cryptography": "nudges",
    "docx": "invitations",
    "frozenlist._frozenlist": "signals of aiohttp",
    "greenlet": "PostgreSQL and migrations",
    "handlers.page_gate": "our own page",
    "jinja2": "our own page",
    "openpyxl": "rosters and lists",
    "py_vapid": "nudges",
    "pydantic": "options of commands, which typer reads with it",
    "rich": "the progress of an import",
    "segno": "invitations",
    "sqlalchemy.dialects.postgresql": "PostgreSQL",
    "sqlalchemy.ext.asyncio": "PostgreSQL and migrations",
    "sqlalchemy.orm": "nothing at all",
    "sse_starlette": "our own page",
}


def loaded(program: str) -> set[str]:
    """The modules that a process of its own has loaded, and says."""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return set(ran.stdout.split())


def test_the_service_loads_what_it_needs() -> None:
    """Each of these would be held in memory for ever by installations that have no use for it."""
    found = loaded(START)
    assert {name: why for name, why in SELDOM.items() if name in found} == {}


def test_the_service_is_started_without_what_reads_options() -> None:
    """`run` has no options; typer would load what reads those of the other commands. It ends as by typer, with 2."""
    program = """
import os, sys
os.environ["BON_TOT_CONTENT"] = "nowhere"
sys.argv[1:] = ["run"]
from bot.cli import main
try:
    main()
except SystemExit as end:
    print(end.code, *sys.modules)
"""
    found = loaded(program)
    assert "2" in found
    assert "pydantic" not in found


def test_what_was_left_out_is_there_when_it_is_asked_for() -> None:
    """A library that was kept from another one at the start can be loaded afterwards, by whoever needs it."""
    program = f"{START}; import rich.progress, cryptography.hazmat.primitives.serialization; print('both')"
    assert "both" in loaded(program)


def test_a_library_in_use_is_not_taken_away() -> None:
    """What is loaded already stays loaded, also for whoever is to do without it."""
    program = "import rich, bot.cli, sys; print('rich' if sys.modules['rich'] is rich else 'gone')"
    assert loaded(program) == {"rich"}
