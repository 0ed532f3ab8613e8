"""`bot.py restore`: what was backed up is back, what was there is kept, and a wrong file changes nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from bot.backup import BackupFault, back_up
from bot.chat import Address, Message
from bot.cli import cli
from bot.clock import MovableClock
from bot.locks import InUse, shared
from bot.restore import restore
from bot.settings import Settings
from storage import audit, outbox
from storage.copies import CopyFault
from storage.database import Database
from tests.process.installation import KEY, install, listing, rows

START = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)
NAME = "bon-tot-20270104T010000Z"
BEFORE = "bon-tot-before-20270105T010000Z"


@pytest.fixture
def clock() -> MovableClock:
    """Where it stands, backups are made."""
    return MovableClock(start=START)


@pytest.fixture
async def settings(tmp_path: Path, clock: MovableClock) -> Settings:
    """An installation with something in it, and a backup of it, a day ago; since then something was written."""
    made = await install(tmp_path, clock=clock)
    await write(made, "before")
    back_up(made, folder=None, keep=3, now=START)
    await write(made, "after")
    clock.move_to(START + timedelta(days=1))
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database."""
    return tmp_path / "var" / "bon-tot.db"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Its backup."""
    return tmp_path / "var" / "backups" / f"{NAME}.db"


async def write(settings: Settings, subject: str) -> None:
    """One audit row, by a program that ends then."""
    database = Database(settings.database, clock=MovableClock(start=START))
    async with database.write() as tx:
        await audit.record(tx, actor=None, action="written", subject=subject)
    await database.close()


def subjects(file: Path) -> list[object]:
    """The subjects of the audit."""
    return [row[-2] for row in rows(file)["audit"]]


async def test_what_was_backed_up_is_back(settings: Settings, clock: MovableClock, file: Path, backup: Path) -> None:
    """Every row is as it was at the backup, the program can open it, and nothing else lies about."""
    expected = rows(backup)
    said = await restore(settings, backup, clock=clock)
    assert rows(file) == expected and subjects(file) == ["before"]
    assert said[0].startswith(f"{backup} is good: ")
    await write(settings, "and on")
    assert set(listing(file.parent)) == {"bon-tot.db", "bon-tot.key", f"{BEFORE}.db"}


async def test_what_was_there_is_kept(settings: Settings, clock: MovableClock, file: Path, backup: Path) -> None:
    """The database as it was lies beside, whole by itself, and can be restored in its turn."""
    said = await restore(settings, backup, clock=clock)
    old = file.with_name(f"{BEFORE}.db")
    assert subjects(old) == ["before", "after"]
    assert f"What was there before is {old}; remove it when all is well." in said
    clock.move_to(START + timedelta(days=2))
    await restore(settings, old, clock=clock)
    assert subjects(file) == ["before", "after"]


async def test_on_a_new_machine_the_key_comes_with_it(settings: Settings, clock: MovableClock, backup: Path) -> None:
    """In an empty folder database and key are put in place, the key for its owner alone."""
    new = backup.parents[2] / "new" / "bon-tot.db"
    said = await restore(msgspec.structs.replace(settings, database=f"sqlite+aiosqlite:///{new}"), backup, clock=clock)
    assert subjects(new) == ["before"]
    key = new.with_suffix(".key")
    assert (key.read_text().strip(), key.stat().st_mode & 0o777) == (KEY, 0o600)
    assert said[-1] == f"Its secret key is in its place: {key}."


async def test_another_key_is_kept(settings: Settings, clock: MovableClock, file: Path, backup: Path) -> None:
    """The backup's key takes the place of another one, which is kept with the database that it belongs to."""
    file.with_suffix(".key").write_text("another key of this machine, long enough")
    await restore(settings, backup, clock=clock)
    assert file.with_suffix(".key").read_text().strip() == KEY
    assert file.with_name(f"{BEFORE}.key").read_text() == "another key of this machine, long enough"


async def test_a_backup_without_key_says_what_is_lost(settings: Settings, clock: MovableClock, backup: Path) -> None:
    """Then the key that is here stays, and it is said what that means."""
    backup.with_suffix(".key").unlink()
    said = await restore(settings, backup, clock=clock)
    assert said[-1].startswith("No key lies beside the backup; the one that is here stays.")


async def test_what_will_be_said_again_is_said(settings: Settings, clock: MovableClock, tmp_path: Path) -> None:
    """Messages that waited at the time of the backup go out at the next start: the operator hears how many."""
    database = Database(settings.database, clock=MovableClock(start=START))
    async with database.write() as tx:
        for chat in ("1", "2"):
            letter = outbox.Letter(address=Address("telegram", chat), message=Message(text="Kính gửi đồng chí."))
            await outbox.put(tx, letter)
    await database.close()
    back_up(settings, folder=tmp_path, keep=3, now=START)
    said = await restore(settings, tmp_path / f"{NAME}.db", clock=clock)
    assert said[-1].startswith("2 messages wait in it, the oldest due since 2027-01-04 01:00 UTC.")


async def test_not_while_a_bot_runs(settings: Settings, clock: MovableClock, file: Path, backup: Path) -> None:
    """Whoever has the database open keeps a restore away: another command by its lock, a stranger by SQLite's own."""
    before = listing(file.parent)
    with shared(file), pytest.raises(InUse, match="open; stop it first"):
        await restore(settings, backup, clock=clock)
    with closing(sqlite3.connect(file)) as stranger:
        stranger.execute("SELECT count(*) FROM audit").fetchone()
        with pytest.raises(CopyFault, match="another program has"):
            await restore(settings, backup, clock=clock)
    assert listing(file.parent) == before


async def test_a_damaged_database_is_replaced_and_kept(
    settings: Settings, clock: MovableClock, file: Path, backup: Path
) -> None:
    """That is what a backup is for: the damaged file is kept with its log, which does not reach the new one."""
    file.write_bytes(b"not a database any more" * 100)
    file.with_name("bon-tot.db-wal").write_bytes(b"nor its log")
    await restore(settings, backup, clock=clock)
    assert rows(file) == rows(backup)
    beside = listing(file.parent)
    assert beside[f"{BEFORE}.db"].startswith(b"not a database")
    assert beside[f"{BEFORE}.db-wal"] == b"nor its log"
    assert not any(name.startswith("bon-tot.db-") for name in beside)


def text_file(path: Path) -> None:
    """No database at all."""
    path.write_text("Kính gửi đồng chí", encoding="utf-8")


def somebody_elses(path: Path) -> None:
    """A database of another program."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")


def half_copied(path: Path) -> None:
    """The first part of a backup."""
    content = path.with_name(f"{NAME}.db").read_bytes()
    path.write_bytes(content[: len(content) // 2])


def newer(path: Path) -> None:
    """A backup that a newer program made."""
    path.write_bytes(path.with_name(f"{NAME}.db").read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (text_file, "is not a database that can be read whole"),
        (somebody_elses, "is no database of this program"),
        (half_copied, "damaged|read whole"),
        (newer, "is of a newer version of this program"),
        (lambda _path: None, "there is no file"),
    ],
)
async def test_a_wrong_file_changes_nothing(
    settings: Settings, clock: MovableClock, file: Path, backup: Path, make: Callable[[Path], None], why: str
) -> None:
    """Whatever is wrong with the file is found before anything is touched, and said."""
    wrong = backup.with_name("wrong.db")
    make(wrong)
    before = listing(file.parent)
    with pytest.raises(CopyFault, match=why):
        await restore(settings, wrong, clock=clock)
    assert listing(file.parent) == before


async def test_the_database_is_no_backup_of_itself(settings: Settings, clock: MovableClock, file: Path) -> None:
    """Naming the database itself is most likely a slip, and refused."""
    with pytest.raises(BackupFault, match="is the database itself"):
        await restore(settings, file, clock=clock)


def test_the_command_line_restores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two commands, one after the other: what was changed between them is undone."""
    import asyncio

    settings = asyncio.run(install(tmp_path, clock=MovableClock(start=START)))
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["backup", "--to", "copies", "--keep", "3"])
    assert result.exit_code == 0, result.stderr
    [made] = (tmp_path / "copies").glob("*.db")
    asyncio.run(write(settings, "a mistake"))
    result = CliRunner().invoke(cli, ["restore", str(made)])
    assert result.exit_code == 0, result.stderr
    assert "It is in its place now: var/bon-tot.db." in result.stdout
    assert rows(tmp_path / "var" / "bon-tot.db")["audit"] == []


async def test_nothing_of_the_backup_is_changed(settings: Settings, clock: MovableClock, backup: Path) -> None:
    """A restore reads the backup and leaves it as it was, so that it can be done again."""
    before = listing(backup.parent)
    await restore(settings, backup, clock=clock)
    assert listing(backup.parent) == before
