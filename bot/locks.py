"""Who has an installation's SQLite database open: everybody shares it, a restore wants it alone.

A lock of the operating system on a file beside the database; it ends with its process, however that ends. Where
there is no such lock (Windows), only SQLite's own stands against a restore (storage/copies.py).
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.faults import OperatorFault


class InUse(OperatorFault):
    """Somebody else has the database open in a way that does not go with what was asked."""


def lock_file(database: Path) -> Path:
    """The file that is locked; it stays, empty."""
    return database.with_name(f"{database.name}.lock")


@contextmanager
def shared(database: Path) -> Iterator[None]:
    """Have the database open beside others. Raises `InUse` while it is being restored."""
    with held(lock_file(database), alone=False, refusal=f"{database} is being restored now; try again afterwards"):
        yield


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Have the database for oneself. Raises `InUse` while a bot or another command has it open."""
    with held(lock_file(database), alone=True, refusal=f"a bot or another command has {database} open; stop it first"):
        yield


@contextmanager
def held(path: Path, *, alone: bool, refusal: str) -> Iterator[None]:
    """Lock a file, which is made if it is not there. Raises `InUse` with the refusal when that cannot be had now."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        # Readable is enough to lock: a command that root ran first must not shut out the bot's own user.
        with suppress(PermissionError):
            os.fchmod(lock, 0o644)
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(refusal) from None
        yield
    finally:
        os.close(lock)
