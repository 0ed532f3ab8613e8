"""`bot.py restore FILE`: put a backup in the place of the database, while no bot runs on it.

Everything that can fail is done on a copy beside the database first: it is read whole, and migrated to the newest form.
Only then do the two change places, in one step; what was there before is kept beside, with its key.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bot.backup import BackupFault, keep_secret, own_file, stamp
from bot.clock import Clock
from bot.locks import alone
from bot.settings import Settings
from bot.settings.secret import key_file
from storage.copies import Contents, check_copy, copy_database, fold_in, sync
from storage.database import Database, sqlite_url
from storage.migrate import upgrade


async def restore(settings: Settings, backup: Path, *, clock: Clock) -> Sequence[str]:
    """Restore the backup and say what was done. Raises `OperatorFault` in words; then nothing has changed."""
    file = own_file(settings)
    found = await asyncio.to_thread(_look_at, backup, file)
    draft = file.with_name(f"{file.name}.restoring")
    with alone(file):
        try:
            whole = await asyncio.to_thread(_draw_up, draft, backup, file)
            contents = await _migrated(draft, clock=clock)
            return [
                f"{backup} is good: {found}.",
                *(["It was brought to the newest form."] if contents.revision != found.revision else []),
                *_swap(settings, backup, draft, now=clock.now(), whole=whole),
                *_what_waits(contents),
            ]
        except OSError as error:
            raise BackupFault(f"{backup} cannot be restored beside {file}: {error.strerror}") from None
        finally:
            await asyncio.to_thread(_clear, draft)


def _look_at(backup: Path, file: Path) -> Contents:
    if file.exists() and backup.exists() and backup.samefile(file):
        raise BackupFault(f"{backup} is the database itself")
    return check_copy(backup)


def _draw_up(draft: Path, backup: Path, file: Path) -> bool:
    """Copy the backup to where the database is. Whether what is there now is whole by itself: a database that is too
    damaged to be opened is kept as it lies, with what lies beside it."""
    whole = not file.exists() or fold_in(file)
    _clear(draft)
    copy_database(backup, draft)
    _give_to_owner(draft, file)
    return whole


def _clear(draft: Path) -> None:
    for left in (draft, *_beside(draft)):
        left.unlink(missing_ok=True)


async def _migrated(draft: Path, *, clock: Clock) -> Contents:
    database = Database(sqlite_url(draft), clock=clock)
    try:
        await upgrade(database)
    finally:
        await database.close()
    await asyncio.to_thread(fold_in, draft)
    await asyncio.to_thread(sync, draft)
    return await asyncio.to_thread(check_copy, draft)


def _swap(settings: Settings, backup: Path, draft: Path, *, now: datetime, whole: bool) -> Iterator[str]:
    file = own_file(settings)
    kept = file.with_name(f"{file.stem}-before-{stamp(now)}.db")
    about_key = _swap_key(settings, backup, kept)
    if file.exists():
        _keep(file, kept)
        if not whole:
            # A log of the old database would be played into the new one.
            for log, kept_log in zip(_beside(file), _beside(kept), strict=True):
                if log.exists():
                    log.replace(kept_log)
    draft.replace(file)
    sync(file.parent)
    yield f"It is in its place now: {file}."
    if kept.exists():
        yield f"What was there before is {kept}; remove it when all is well."
    yield about_key


def _keep(file: Path, kept: Path) -> None:
    """The same file under a second name, so that the first never lacks one; a copy where there are no such names."""
    try:
        kept.hardlink_to(file)
    except OSError:
        shutil.copy2(file, kept)


def _swap_key(settings: Settings, backup: Path, kept: Path) -> str:
    """The key of the backup takes the place of the one that is here; that one is kept."""
    key, theirs = key_file(settings), backup.with_suffix(".key")
    if settings.secret_key is not None or key is None:
        return "The secret key is a setting (secret_key): it must be the one of the time of the backup."
    if not theirs.is_file():
        what = "the one that is here stays" if key.exists() else "the next start makes a new one"
        return f"No key lies beside the backup; {what}. Invitations that were made with another key are void."
    content = theirs.read_bytes()
    if key.exists() and key.read_bytes() == content:
        return "Its secret key is the one that is here."
    if key.exists():
        keep_secret(key.read_bytes(), kept.with_suffix(".key"))
    keep_secret(content, key)
    _give_to_owner(key, own_file(settings))
    return f"Its secret key is in its place: {key}."


def _what_waits(contents: Contents) -> Iterator[str]:
    if contents.waiting:
        yield (
            f"{contents.waiting} messages wait in it, the oldest due since {contents.waiting_since} UTC. They go out "
            "at the next start, also those that had been said between the backup and now."
        )


def _beside(file: Path) -> tuple[Path, Path]:
    return file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")


def _give_to_owner(new: Path, file: Path) -> None:
    """What root restores belongs to whom the database belonged, or its folder: else the bot could not open it."""
    if os.name == "posix" and os.geteuid() == 0:
        like = (file if file.exists() else file.parent).stat()
        os.chown(new, like.st_uid, like.st_gid)
