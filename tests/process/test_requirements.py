"""What is installed: every library that is imported is named, every named one is used, and all are locked by hash."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
LOCKS = HOUSE / "requirements"
LOADED_BY_NAME = {
    "aiosqlite": "named in a database address",
    "asyncpg": "named in a database address",
    "python-multipart": "starlette reads forms with it",
    "tzdata": "zoneinfo finds it",
}


def names(lock: str) -> set[str]:
    """The libraries of a requirements file."""
    lines = (LOCKS / lock).read_text(encoding="utf-8").splitlines()
    return {match[0].lower() for line in lines if (match := re.match(r"[A-Za-z][\w.-]*", line))}


def versions(lock: str) -> dict[str, str]:
    """The libraries of a lock, with the one version that is installed."""
    text = (LOCKS / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z][\w.-]*)(?:\[.*\])?==(\S+)", text, flags=re.MULTILINE))


def imported() -> Iterator[str]:
    """The libraries that the program imports itself."""
    known = packages_distributions()
    for path in (
        HOUSE / "bot.py",
        *(file for part in ("bot", "handlers", "storage") for file in (HOUSE / part).rglob("*.py")),
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in {module.partition(".")[0] for module in modules} - {"bot", "handlers", "storage"}:
                if top not in sys.stdlib_module_names:
                    yield known[top][0].lower().replace("_", "-")


def test_the_program_imports_what_it_names_and_names_what_it_imports() -> None:
    """run.in has exactly the libraries that the program uses, none by way of another."""
    needed = set(imported())
    assert needed <= names("run.in")
    assert names("run.in") - needed == set(LOADED_BY_NAME)


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt", "bench.txt"])
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    """Every library of a lock has its hashes, and no line says where to fetch it from."""
    text = (LOCKS / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", text)
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z][\w.-]*==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, flags=re.MULTILINE)


def test_the_locks_are_of_their_sources_and_agree() -> None:
    """Tests run with the versions that run in service, and nothing that is named is missing from its lock."""
    assert names("run.in") <= set(versions("run.txt"))
    assert names("dev.in") <= set(versions("dev.txt"))
    assert names("bench.in") <= set(versions("bench.txt"))
    assert versions("run.txt").items() <= versions("dev.txt").items()
