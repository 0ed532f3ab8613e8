"""An installation in a folder of its own: a migrated database, a secret key, and settings that name them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.clock import Clock
from bot.settings import Settings, secret_key
from bot.settings.model import TelegramSettings
from storage.database import Database, sqlite_url
from storage.migrate import upgrade

KEY = "1234567890abcdef" * 4


async def install(folder: Path, *, clock: Clock) -> Settings:
    """Make the folder, the database and the key."""
    settings = Settings(database=sqlite_url(folder / "var" / "bon-tot.db"), telegram=TelegramSettings(enabled=False))
    database = Database(settings.database, clock=clock)
    await upgrade(database)
    await database.close()
    secret_key(settings, make=lambda: KEY)
    return settings


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """The file, read as it is."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with reading(file) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # noqa: S608
            for name in names
        }


def listing(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, with what is in it; the empty lock files left out."""
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and not path.name.endswith(".lock")
    }
