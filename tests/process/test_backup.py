"""`bot.py backup`: whole and checked under writes, with its key, the newest ones kept, and refusals in words."""

import asyncio
import shutil
import stat
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from bot.backup import BackupFault, back_up
from bot.cli import cli
from bot.clock import MovableClock
from bot.locks import InUse, alone, held
from bot.settings import Settings
from bot.settings.model import Secret
from storage import audit
from storage.copies import CopyFault
from storage.database import Database
from tests.process.installation import KEY, install, listing, reading, rows

START = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)
NAME = "bon-tot-20270104T010000Z"


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """An installation with an empty database."""
    return await install(tmp_path, clock=MovableClock(start=START))


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """Its database, open as a running bot has it."""
    opened = Database(settings.database, clock=MovableClock(start=START))
    yield opened
    await opened.close()


async def write(database: Database, *, first: int, count: int) -> None:
    """Audit rows with growing numbers, in one transaction."""
    async with database.write() as tx:
        for number in range(first, first + count):
            await audit.record(tx, actor=None, action="written", subject=f"row:{number}", text="x" * 500)


async def test_a_backup_is_the_whole_database(settings: Settings, database: Database, tmp_path: Path) -> None:
    """Every row of every table is in the copy, which lies beside the database under the time it was made."""
    await write(database, first=0, count=20)
    said = back_up(settings, folder=None, keep=3, now=START)
    copy = tmp_path / "var" / "backups" / f"{NAME}.db"
    assert rows(copy) == rows(tmp_path / "var" / "bon-tot.db")
    assert str(copy) in said[0] and "read whole and compared" in said[0]


async def test_a_backup_has_its_key_and_nobody_else_reads_either(settings: Settings, tmp_path: Path) -> None:
    """The secret key lies beside the copy; both are for their owner alone, and so is the folder; it is said why."""
    said = back_up(settings, folder=tmp_path / "elsewhere", keep=3, now=START)
    copy, key = (tmp_path / "elsewhere" / f"{NAME}{suffix}" for suffix in (".db", ".key"))
    assert key.read_text().strip() == KEY
    assert [stat.S_IMODE(path.stat().st_mode) for path in (copy, key, key.parent)] == [0o600, 0o600, 0o700]
    assert any(str(key) in line and "every open invitation is void" in line for line in said)


async def test_a_key_that_is_a_setting_is_named_as_missing(settings: Settings, tmp_path: Path) -> None:
    """Where the key comes from the settings, no key file is written, and it is said that it must be kept too."""
    given = msgspec.structs.replace(settings, secret_key=Secret(KEY))
    said = back_up(given, folder=tmp_path / "to", keep=3, now=START)
    assert not list((tmp_path / "to").glob("*.key"))
    assert "The secret key is a setting (secret_key) and not in the backup: keep it as well." in said


async def test_a_backup_under_writes_is_one_instant(settings: Settings, database: Database, tmp_path: Path) -> None:
    """While a writer never rests, the copy ends, and has every transaction up to an instant whole and none after."""
    await write(database, first=0, count=5_000)
    done = asyncio.Event()

    async def write_on() -> int:
        written = 5_000
        while not done.is_set():
            await write(database, first=written, count=7)
            written += 7
        return written

    writing = asyncio.create_task(write_on())
    await asyncio.to_thread(back_up, settings, folder=None, keep=3, now=START)
    done.set()
    written = await writing
    with reading(tmp_path / "var" / "backups" / f"{NAME}.db") as copy:
        subjects = [subject for (subject,) in copy.execute("SELECT subject FROM audit ORDER BY id")]
    assert subjects == [f"row:{number}" for number in range(len(subjects))]
    assert 5_000 <= len(subjects) <= written and (len(subjects) - 5_000) % 7 == 0
    assert written > 5_007, "the writer was held up all the time"


async def test_the_newest_are_kept_and_nothing_else_is_touched(settings: Settings, tmp_path: Path) -> None:
    """The oldest pairs go; a file with another name stays, and what a killed backup left behind goes too."""
    folder = tmp_path / "to"
    folder.mkdir()
    (folder / "bon-tot-of-the-year-2026.db").write_text("kept by hand")
    (folder / "bon-tot-20270103T010000Z.db.part").write_text("half")
    said: Sequence[str] = ()
    for day in range(4):
        said = back_up(settings, folder=folder, keep=2, now=START + timedelta(days=day))
    assert said[-1] == "Removed what was older than the newest 2: 1."
    assert sorted(listing(folder)) == [
        "bon-tot-20270106T010000Z.db",
        "bon-tot-20270106T010000Z.key",
        "bon-tot-20270107T010000Z.db",
        "bon-tot-20270107T010000Z.key",
        "bon-tot-of-the-year-2026.db",
    ]


async def test_what_was_there_is_not_written_over(settings: Settings, tmp_path: Path) -> None:
    """A second backup of the same instant is refused, and the first stays as it was."""
    back_up(settings, folder=tmp_path / "to", keep=1, now=START)
    before = listing(tmp_path / "to")
    with pytest.raises(BackupFault, match="is there already"):
        back_up(settings, folder=tmp_path / "to", keep=1, now=START)
    assert listing(tmp_path / "to") == before


async def test_a_damaged_database_is_no_backup(settings: Settings, database: Database, tmp_path: Path) -> None:
    """When the copy cannot be read whole, it is removed, and the earlier backups stay, however many."""
    await write(database, first=0, count=500)
    back_up(settings, folder=tmp_path / "to", keep=1, now=START)
    before = listing(tmp_path / "to")
    await database.close()
    file = tmp_path / "var" / "bon-tot.db"
    content = bytearray(file.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    file.write_bytes(content)
    with pytest.raises(CopyFault):
        back_up(settings, folder=tmp_path / "to", keep=1, now=START + timedelta(days=1))
    assert listing(tmp_path / "to") == before


async def test_a_full_disk_is_said_before_anything_is_written(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room for the copy nothing is left behind, and it is said how much is missing."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(9, 9, 0))
    with pytest.raises(CopyFault, match="has 0 MB free"):
        back_up(settings, folder=tmp_path / "to", keep=1, now=START)
    assert listing(tmp_path / "to") == {}


async def test_not_during_a_restore_nor_another_backup(settings: Settings, tmp_path: Path) -> None:
    """Whoever has the database, or the folder, alone is waited for by nobody: the backup says so and ends."""
    with alone(tmp_path / "var" / "bon-tot.db"), pytest.raises(InUse, match="is being restored"):
        back_up(settings, folder=tmp_path / "to", keep=1, now=START)
    with (
        held(tmp_path / "to" / ".lock", alone=True, refusal="x"),
        pytest.raises(InUse, match="another backup"),
    ):
        back_up(settings, folder=tmp_path / "to", keep=1, now=START)


def test_the_command_line_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a database there is nothing to back up: one sentence, exit code 2, and nothing made."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["backup"])
    assert (result.exit_code, result.stderr) == (2, "✗ there is no database var/bon-tot.db yet\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["backup"], ["restore", "x.db"]])
def test_postgresql_has_its_own_tools(command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On PostgreSQL both commands say which tools do it, and end with 2."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BON_TOT_DATABASE", "postgresql+asyncpg://bot@localhost/bon_tot")
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 2
    assert "pg_dump" in result.stderr and "pg_restore" in result.stderr and "secret_key" in result.stderr
