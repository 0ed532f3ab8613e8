"""deploy/: the units, the image and the compose file name only what there is."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import cli
from bot.settings.model import WebSettings, all_settings

HOUSE = Path(__file__).parents[2]
DEPLOY = HOUSE / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
PORT = str(WebSettings().port)


def directives(unit: str, name: str) -> list[str]:
    """The values of a directive of a unit, in order."""
    return re.findall(rf"^{name}=(.*)$", (DEPLOY / unit).read_text("utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_only_settings_that_exist_are_set(file: Path) -> None:
    """A renamed setting does not stay behind where nobody looks."""
    named = set(re.findall(r"BON_TOT_[A-Z_]*[A-Z]", file.read_text("utf-8")))
    assert named <= {setting.env for setting in all_settings()}


@pytest.mark.parametrize("unit", ["bon-tot.service", "bon-tot-backup.service"])
def test_a_unit_starts_a_command_that_exists(unit: str) -> None:
    """The command and its options are understood by the command line of today."""
    [start] = directives(unit, "ExecStart")
    name, *options = start.partition("bot.py ")[2].split()
    command = get_command(cli).commands[name]  # type: ignore[attr-defined]
    command.make_context(name, options, resilient_parsing=False)


def test_both_units_speak_of_one_installation() -> None:
    """User, folder, database and settings are the same, so that the backup is of the bot that runs."""
    for name in ("User", "Group", "WorkingDirectory", "EnvironmentFile", "StateDirectory", "UMask"):
        assert directives("bon-tot.service", name) == directives("bon-tot-backup.service", name) != []
    databases = [
        [value for value in directives(unit, "Environment") if value.startswith("BON_TOT_DATABASE=")]
        for unit in ("bon-tot.service", "bon-tot-backup.service")
    ]
    assert databases[0] == databases[1] != []


def test_the_image_has_the_whole_program_and_nothing_else() -> None:
    """What is copied exists, is let through to the builder, and is every package of the house; no data, no settings."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    copied = [
        word for line in re.findall(r"^COPY (?!--from)(.*)$", text, flags=re.MULTILINE) for word in line.split()[:-1]
    ]
    assert set(copied) == {"bot.py", "LICENSE", "bot", "handlers", "storage", "requirements/run.txt"}
    assert all((HOUSE / path).exists() for path in copied)
    lines = (HOUSE / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == set(copied)


def test_the_container_is_asked_where_the_program_answers() -> None:
    """Image and compose file agree with the program on its port, and the port is this machine's only."""
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    compose = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert f"EXPOSE {PORT}" in image and f"http://127.0.0.1:{PORT}/health/ready" in image
    assert re.findall(r'^ +- "([\d.]+:\d+:\d+)"$', compose, flags=re.MULTILINE) == [f"127.0.0.1:{PORT}:{PORT}"]
    assert (DEPLOY / re.findall(r"dockerfile: deploy/(.*)", compose)[0]).is_file()


def test_the_image_is_of_the_python_that_is_tested() -> None:
    """The tests run with the oldest Python that is supported, and so does the image."""
    [oldest] = re.findall(r'requires-python = ">=([\d.]+)"', (HOUSE / "pyproject.toml").read_text("utf-8"))
    assert set(re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)) == {
        f"python:{oldest}-slim"
    }
