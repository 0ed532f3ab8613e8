"""What must not be seen: the secret key, and every value that the log has to leave out."""

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.settings.accounts import Account
from bot.settings.load import SettingsError
from bot.settings.model import Settings


def key_file(settings: Settings) -> Path | None:
    """Where the secret key of a SQLite installation is kept: beside its database. None for PostgreSQL."""
    scheme, _, path = settings.database.partition(":///")
    return Path(path).with_suffix(".key") if scheme.startswith("sqlite") and path else None


def secret_key(settings: Settings, *, make: Callable[[], str] = secrets.token_hex) -> bytes:
    """The installation's secret key: the setting, or the kept file, which is made (0600) the first time.

    Two processes that start at once end with the same key. Raises `SettingsError` where there is no place for it.
    """
    if settings.secret_key is not None:
        return settings.secret_key.reveal().encode()
    path = key_file(settings)
    if path is None:
        raise SettingsError("secret_key (BON_TOT_SECRET_KEY) is needed with PostgreSQL: all processes must share it")
    try:
        if not path.exists():
            _keep(path, make())
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"the secret key {path} cannot be made or read") from None
    if len(key) < 32:
        raise SettingsError(f"the secret key {path} is too short: restore it from the backup")
    return key.encode()


def _keep(path: Path, key: str) -> None:
    """Write the whole key under a name of our own first, then link it: nobody ever reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # somebody was faster: theirs is the key
        os.link(draft, path)
    draft.unlink()


def secret_values(settings: Settings, accounts: Iterable[Account], *, key: bytes) -> Iterator[str]:
    """Every text that no log line may hold."""
    yield key.decode(errors="replace")
    for account in accounts:
        yield account.token.reveal()
        yield account.webhook_secret.reveal()
        if account.proxy is not None:
            yield from _password_in(account.proxy.reveal())
    yield from _password_in(settings.database)


def _password_in(url: str) -> Iterator[str]:
    with suppress(ValueError):
        password = urlsplit(url).password
        if password:
            yield from {password, unquote(password)}
