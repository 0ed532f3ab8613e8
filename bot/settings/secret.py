"""What must not be seen: tokens, the secret key, and every value that the log has to leave out."""

import hmac
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from bot.settings.load import SettingsError
from bot.settings.model import AccountSettings, Mode, Settings, TelegramSettings

SINGLE_ACCOUNT = "telegram"
"""The key of the account that `telegram.token` makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramAccount:
    """One Telegram bot, ready to be started: nothing is left to look up. `webhook_url` is set when `mode` needs it."""

    key: str
    token: SecretStr
    mode: Mode
    webhook_url: str | None
    webhook_secret: SecretStr
    proxy: SecretStr | None
    base_url: str


def telegram_accounts(settings: Settings, *, key: bytes) -> tuple[TelegramAccount, ...]:
    """The Telegram bots to start, none when Telegram is off. `key` is the installation's secret key.

    Raises `SettingsError` where a token is missing or cannot be read.
    """
    if not settings.telegram.enabled:
        return ()
    accounts = [_account(settings, bot, name=bot.key, key=key) for bot in settings.accounts]
    if has_single_bot(settings):
        accounts.insert(0, _account(settings, settings.telegram, name=SINGLE_ACCOUNT, key=key))
    return tuple(accounts)


def has_single_bot(settings: Settings) -> bool:
    """Whether `telegram.token` or `telegram.token_file` makes an account of its own."""
    return settings.telegram.token is not None or settings.telegram.token_file is not None


def read_token(bot: AccountSettings | TelegramSettings, *, where: str) -> SecretStr:
    """The bot's token, from the one place that names it. Raises `SettingsError`."""
    env = bot.token_env if isinstance(bot, AccountSettings) else None
    if sum(source is not None for source in (bot.token, bot.token_file, env)) != 1:
        raise SettingsError(f"{where} needs its token in exactly one place: token, token_env or token_file")
    if bot.token is not None:
        return bot.token
    if env is not None:
        if not os.environ.get(env):
            raise SettingsError(f"{where}.token_env names {env}, which is not set")
        return SecretStr(os.environ[env].strip())
    assert bot.token_file is not None
    try:
        return SecretStr(bot.token_file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{where}.token_file names {bot.token_file}, which cannot be read") from None


def _account(settings: Settings, bot: AccountSettings | TelegramSettings, *, name: str, key: bytes) -> TelegramAccount:
    where = "telegram" if isinstance(bot, TelegramSettings) else f'the account "{name}"'
    url = bot.webhook_url
    if url is None and settings.web.public_url is not None:
        url = f"{settings.web.public_url.rstrip('/')}/telegram/{name}"
    if bot.mode is Mode.WEBHOOK and url is None:
        raise SettingsError(f"{where} has mode webhook: set its webhook_url, or web.public_url")
    return TelegramAccount(
        key=name,
        token=read_token(bot, where=where),
        mode=bot.mode,
        webhook_url=url if bot.mode is Mode.WEBHOOK else None,
        webhook_secret=bot.webhook_secret or SecretStr(hmac.digest(key, f"webhook:{name}".encode(), "sha256").hex()),
        proxy=bot.proxy or settings.telegram.proxy,
        base_url=(bot.base_url or settings.telegram.base_url).rstrip("/"),
    )


def key_file(settings: Settings) -> Path | None:
    """Where the secret key of a SQLite installation is kept: beside its database. None for PostgreSQL."""
    scheme, _, path = settings.database.partition(":///")
    return Path(path).with_suffix(".key") if scheme.startswith("sqlite") and path else None


def secret_key(settings: Settings, *, make: Callable[[], str] = secrets.token_hex) -> bytes:
    """The installation's secret key: the setting, or the kept file, which is made (0600) the first time.

    Two processes that start at once end with the same key. Raises `SettingsError` where there is no place for it.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
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


def secret_values(settings: Settings, accounts: tuple[TelegramAccount, ...], *, key: bytes) -> Iterator[str]:
    """Every text that no log line may hold."""
    yield key.decode(errors="replace")
    for account in accounts:
        yield account.token.get_secret_value()
        yield account.webhook_secret.get_secret_value()
        if account.proxy is not None:
            yield from _password_in(account.proxy.get_secret_value())
    yield from _password_in(settings.database)


def _password_in(url: str) -> Iterator[str]:
    with suppress(ValueError):
        password = urlsplit(url).password
        if password:
            yield from {password, unquote(password)}
