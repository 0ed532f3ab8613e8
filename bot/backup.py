"""`bot.py backup`: a checked copy of the database while the bot runs, and of the secret key, the newest ones kept.

A backup is a pair: `bon-tot-20270104T010000Z.db` and the `.key` of the same name, for without the key every open
invitation is void. A name appears only when its file is whole, checked and on the disk.
"""

import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bot.faults import OperatorFault
from bot.locks import held, shared
from bot.settings import Settings
from bot.settings.secret import key_file
from storage.copies import copy_database, sync
from storage.database import sqlite_file

FOLDER = "backups"
KEEP = 14
ON_POSTGRES = (
    "this installation uses PostgreSQL, which has better tools of its own: back up with "
    "`pg_dump --format=custom --file=bon-tot.dump NAME`, restore with `pg_restore --clean --if-exists --dbname=NAME "
    "bon-tot.dump` while the bot is stopped, and keep the setting secret_key as well"
)


class BackupFault(OperatorFault):
    """A backup or a restore cannot be done here."""


def own_file(settings: Settings) -> Path:
    """The installation's SQLite file. Raises `BackupFault` where there is none."""
    file = sqlite_file(settings.database)
    if file is None:
        raise BackupFault(ON_POSTGRES)
    return file


def back_up(settings: Settings, *, folder: Path | None, keep: int, now: datetime) -> Sequence[str]:
    """Make a backup in the folder (without one: `backups` beside the database), remove all but the newest `keep`, and
    say what was done. Raises `OperatorFault` in words; then the earlier backups are all still there."""
    file = own_file(settings)
    if not file.is_file():
        raise BackupFault(f"there is no database {file} yet")
    folder = folder or file.parent / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (
            shared(file),
            held(folder / ".lock", alone=True, refusal=f"another backup into {folder} is being made"),
        ):
            return [*_make(settings, file, folder / f"{file.stem}-{stamp(now)}.db"), *_rotate(folder, file.stem, keep)]
    except OSError as error:
        raise BackupFault(f"the backup cannot be written to {folder}: {error.strerror}") from None


def stamp(now: datetime) -> str:
    """An instant as part of a file's name: UTC, in the order of time."""
    return f"{now:%Y%m%dT%H%M%SZ}"


def _make(settings: Settings, file: Path, target: Path) -> Iterator[str]:
    if target.exists():
        raise BackupFault(f"{target} is there already")
    _clear(target.parent, file.stem)
    draft = target.with_name(f"{target.name}.part")
    contents = copy_database(file, draft)
    about_key = _keep_key(settings, target.with_suffix(".key"))
    draft.replace(target)
    sync(target.parent)
    yield f"{target}: {contents}; read whole and compared."
    yield about_key
    yield "A backup is as sensitive as the database. Copy it to another machine that only the committee reads."


def _keep_key(settings: Settings, target: Path) -> str:
    key = key_file(settings)
    if settings.secret_key is not None or key is None:
        return "The secret key is a setting (secret_key) and not in the backup: keep it as well."
    if not key.exists():
        return "There is no secret key yet; the first start makes it."
    keep_secret(key.read_bytes(), target)
    return f"{target}: the secret key (mode 0600). Without it every open invitation is void: keep the two together."


def keep_secret(content: bytes, path: Path) -> None:
    """Write the file (0600), whole or not at all."""
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _clear(folder: Path, stem: str) -> None:
    """What a backup that was killed left behind. Nobody else writes here now."""
    for path in folder.iterdir():
        if re.fullmatch(rf"{re.escape(stem)}-\w+\.(db|key)\.part(-journal)?", path.name):
            path.unlink()


def _rotate(folder: Path, stem: str, keep: int) -> Iterator[str]:
    """Remove all but the newest; nothing that does not have the name of a backup."""
    ours = re.compile(rf"{re.escape(stem)}-\d{{8}}T\d{{6}}Z\.db")
    old = sorted(path for path in folder.iterdir() if ours.fullmatch(path.name))[:-keep]
    for backup in old:
        backup.with_suffix(".key").unlink(missing_ok=True)
        backup.unlink()
    if old:
        yield f"Removed what was older than the newest {keep}: {len(old)}."
