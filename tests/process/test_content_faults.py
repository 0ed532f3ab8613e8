"""Content files that cannot be used: whatever command reads them says so in words, and does nothing."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with one bot, whose pledge has no words."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pledge.toml").write_text('title = "Bản cam kết"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BON_TOT_CONTENT", "own")
    monkeypatch.setenv("BON_TOT_WEB_PORT", "0")
    monkeypatch.setenv("BON_TOT_TELEGRAM_TOKEN", "1234567890:AAone-token_that_looks_like_one_12345")
    return tmp_path


@pytest.mark.parametrize(
    "command", [["check"], ["run"], ["admin", "invite", "Nguyễn Văn An", "--committee", "Đảng ủy xã Mẫu"]]
)
def test_every_fault_is_told_with_its_file_and_key(folder: Path, command: list[str]) -> None:
    """Each fault is a line; there is no traceback, and no database was made."""
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 2
    assert "✗ content: pledge.toml: version: missing\n" in result.output
    assert "✗ content: pledge.toml: parts: missing\n" in result.output
    assert all(line.startswith("✗ content: ") for line in result.output.splitlines())
    assert not (folder / Settings().database.partition("///")[2]).exists()
