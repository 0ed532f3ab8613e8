"""Says what is wrong with the settings, in words, before anything is started: for `bot.py check`."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bot.settings.accounts import SINGLE_ACCOUNT, has_single_bot, read_token
from bot.settings.load import SettingsError, load_settings
from bot.settings.model import AccountSettings, Mode, Settings, TelegramSettings, ZaloSettings
from bot.settings.secret import key_file

PAGE_ACCOUNT = "web"
"""The account of our own page (`bot.domain.page.ACCOUNT`)."""
_CONTACT = re.compile(r"mailto:[^@\s]+@[^@\s]+\.[^@\s]+|https://[\w-]+\.[\w.-]+")
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Messenger:
    """What a messenger's tokens and webhook secrets look like."""

    name: str
    token: re.Pattern[str]
    told: str
    secret: re.Pattern[str]
    size: str


_TELEGRAM = _Messenger(
    name="Telegram",
    token=re.compile(r"\d+:[A-Za-z0-9_-]{20,}"),
    told="digits, a colon, letters; from @BotFather",
    secret=re.compile(r"[A-Za-z0-9_-]{1,256}"),
    size="at most 256",
)
_ZALO = _Messenger(
    name="Zalo",
    token=re.compile(r"[A-Za-z0-9]+:[A-Za-z0-9._~+=-]{8,}"),
    told="a number, a colon, letters; from Zalo Bot Manager",
    secret=re.compile(r"[A-Za-z0-9_-]{8,256}"),
    size="8 to 256 of them",
)


def describe_faults(settings: Settings | None = None) -> list[str]:
    """Every fault of the settings (without an argument: of this process's), one sentence each; empty: all is well.

    It looks at files and folders, and speaks to no server. No sentence holds a secret.
    """
    if settings is None:
        try:
            settings = load_settings()
        except SettingsError as error:
            return list(error.faults)
    return [
        *_database_faults(settings),
        *_key_faults(settings),
        *_content_faults(settings),
        *_web_faults(settings),
        *_account_faults(settings),
    ]


def _database_faults(settings: Settings) -> Iterator[str]:
    where = "database (BON_TOT_DATABASE)"
    scheme, parted, rest = settings.database.partition("://")
    if scheme not in DRIVERS.values():
        meant = DRIVERS.get(scheme.partition("+")[0])
        wanted = f"write {meant}://…" if meant else f"it begins with one of {', '.join(sorted(set(DRIVERS.values())))}"
        yield f"{where} is not an address of a database that is known here: {wanted}"
    elif scheme == DRIVERS["sqlite"]:
        path = rest.removeprefix("/")
        if not rest.startswith("/") or path in ("", ":memory:"):
            yield f"{where} names no file: what is kept in memory is lost at the end; write {scheme}:///var/bon-tot.db"
        elif (folder := _existing_parent(Path(path))) and not os.access(folder, os.W_OK):
            yield f"{where}: the folder {folder} cannot be written"
    elif not (parted and (address := _split(settings.database)) and address.hostname and address.path.strip("/")):
        yield f"{where} needs a host and a database name: {scheme}://USER@HOST/NAME"


def _key_faults(settings: Settings) -> Iterator[str]:
    if settings.secret_key is not None:
        return
    path = key_file(settings)
    if path is None:
        if settings.database.startswith("postgres"):
            yield "secret_key (BON_TOT_SECRET_KEY) is needed with PostgreSQL: all processes must share it"
    elif path.exists():
        yield from _file_faults(path, where="the secret key")


def _content_faults(settings: Settings) -> Iterator[str]:
    if not settings.content.is_dir():
        yield f"content (BON_TOT_CONTENT): there is no folder {settings.content}"


def _web_faults(settings: Settings) -> Iterator[str]:
    web = settings.web
    if web.public_url is not None and not _is_url(web.public_url, "http", "https"):
        yield "web.public_url (BON_TOT_WEB_PUBLIC_URL) is not an address like https://host"
    elif web.page and web.public_url is None:
        yield "web.page is on: set web.public_url (BON_TOT_WEB_PUBLIC_URL) to the address that people open"
    elif web.page and not _is_safe(str(web.public_url)):
        yield "web.page is on: web.public_url must begin with https://, or anybody between could read what people write"
    if web.page and web.public_url and (address := _split(web.public_url)) and address.path.strip("/"):
        yield "web.page is on: web.public_url must be a host alone (https://host), without a path"
    if web.push_contact is not None and not _CONTACT.fullmatch(web.push_contact):
        yield "web.push_contact (BON_TOT_WEB_PUSH_CONTACT) is not an address like mailto:name@host or https://host"
    if web.page and any(account.key == PAGE_ACCOUNT for account in settings.accounts):
        yield f'the key "{PAGE_ACCOUNT}" is that of the page: give the account another'


def _is_safe(url: str) -> bool:
    """By https; or this machine's own, to try it."""
    address = _split(url)
    return address is not None and (address.scheme == "https" or address.hostname in ("localhost", "127.0.0.1"))


def _account_faults(settings: Settings) -> Iterator[str]:
    if settings.telegram.enabled:
        yield from _server_faults("telegram", settings.telegram)
        if not has_single_bot(settings) and not settings.accounts and not settings.web.page:
            yield "no bot is set: set telegram.token (BON_TOT_TELEGRAM_TOKEN), or add [[accounts]] to the TOML file"
    yield from _server_faults("zalo", settings.zalo)
    bots = list(_bots(settings))
    for where, bot in bots:
        if isinstance(bot, AccountSettings):
            yield from _server_faults(where, bot)
            if bot.link and not _is_url(bot.link, "https"):
                yield f"{where}.link is not an address like https://host"
        yield from _bot_faults(where, bot, settings)
    yield from _twins(bots)


def _bots(settings: Settings) -> Iterator[tuple[str, AccountSettings | TelegramSettings]]:
    """Every bot that is to be started, and how to name it."""
    if settings.telegram.enabled and has_single_bot(settings):
        yield "telegram", settings.telegram
    for index, account in enumerate(settings.accounts):
        if account.channel == "zalo" or settings.telegram.enabled:
            yield f'accounts[{index}] ("{account.key}")', account


def _server_faults(where: str, given: AccountSettings | TelegramSettings | ZaloSettings) -> Iterator[str]:
    if given.proxy is not None and not _is_url(given.proxy.reveal(), "http", "https"):
        yield f"{where}.proxy is not an address like http://host:port (only HTTP proxies are known here)"
    if given.base_url is not None and not _is_url(given.base_url, "http", "https"):
        yield f"{where}.base_url is not an address like https://host"


def _bot_faults(where: str, bot: AccountSettings | TelegramSettings, settings: Settings) -> Iterator[str]:
    messenger = _ZALO if isinstance(bot, AccountSettings) and bot.channel == "zalo" else _TELEGRAM
    try:
        token = read_token(bot, where=where)
    except SettingsError as error:
        yield from error.faults
    else:
        if not messenger.token.fullmatch(token.reveal()):
            yield f"{where}: the token does not look like one ({messenger.told})"
        if bot.token_file is not None:
            yield from _file_faults(bot.token_file, where=f"{where}.token_file")
    if bot.webhook_secret is not None and not messenger.secret.fullmatch(bot.webhook_secret.reveal()):
        yield f"{where}.webhook_secret may have letters A-Z and a-z, digits, _ and - only, {messenger.size}"
    if bot.mode is Mode.WEBHOOK:
        url = bot.webhook_url or settings.web.public_url
        if url is None:
            yield f"{where} has mode webhook: set its webhook_url, or web.public_url"
        elif not _is_url(url, "https"):
            yield f"{where} has mode webhook: {messenger.name} calls only https:// addresses"


def _twins(bots: Sequence[tuple[str, AccountSettings | TelegramSettings]]) -> Iterator[str]:
    """Two accounts with one key would share their memory; two with one token would steal each other's messages."""
    keys = Counter(bot.key if isinstance(bot, AccountSettings) else SINGLE_ACCOUNT for _, bot in bots)
    yield from (f'the key "{key}" is that of {count} accounts' for key, count in keys.items() if count > 1)
    tokens: Counter[str] = Counter()
    for _, bot in bots:
        with suppress(SettingsError):
            tokens[read_token(bot, where="").reveal()] += 1
    if any(count > 1 for count in tokens.values()):
        yield "two accounts have the same token: each message would reach only one of them"


def _file_faults(path: Path, *, where: str) -> Iterator[str]:
    if not os.access(path, os.R_OK):
        yield f"{where}: {path} cannot be read"
    elif path.stat().st_mode & 0o077:
        yield f"{where}: {path} can be read by others on this machine; chmod 600 {path}"


def _existing_parent(path: Path) -> Path | None:
    return next((folder for folder in path.absolute().parents if folder.exists()), None)


def _is_url(text: str, *schemes: str) -> bool:
    address = _split(text)
    return address is not None and address.scheme in schemes and bool(address.hostname)


def _split(text: str) -> SplitResult | None:
    try:
        address = urlsplit(text)
        _ = address.port  # a port that is no number shows itself only when it is read
    except ValueError:
        return None
    return address
