"""The bots that the settings name, each with everything that is needed to start it."""

import hmac
import os
from dataclasses import dataclass
from typing import TypeVar

from bot.settings.load import SettingsError
from bot.settings.model import AccountSettings, Mode, Secret, Settings, TelegramSettings

SINGLE_ACCOUNT = "telegram"
"""The key of the account that `telegram.token` makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One bot, ready to be started: nothing is left to look up. `webhook_url` is set when `mode` needs it; `unit` is
    the part of the tree that it is for (empty: everybody), `name` and `link` how people find it."""

    key: str
    unit: str = ""
    name: str = ""
    link: str = ""
    token: Secret
    mode: Mode
    webhook_url: str | None
    webhook_secret: Secret
    proxy: Secret | None
    base_url: str
    per_second: float | None = None
    chat_seconds: float | None = None
    group_per_minute: int | None = None
    monthly_quota: int | None = None
    people_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramAccount(Account):
    """A bot at Telegram."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaloAccount(Account):
    """A bot at Zalo."""


A = TypeVar("A", bound=Account)


def telegram_accounts(settings: Settings, *, key: bytes) -> tuple[TelegramAccount, ...]:
    """The Telegram bots to start, none when Telegram is off. `key` is the installation's secret key.

    Raises `SettingsError` where a token is missing or cannot be read.
    """
    if not settings.telegram.enabled:
        return ()
    accounts = [
        _made(TelegramAccount, settings, bot, name=bot.key, key=key)
        for bot in settings.accounts
        if bot.channel == "telegram"
    ]
    if has_single_bot(settings):
        accounts.insert(0, _made(TelegramAccount, settings, settings.telegram, name=SINGLE_ACCOUNT, key=key))
    return tuple(accounts)


def zalo_accounts(settings: Settings, *, key: bytes) -> tuple[ZaloAccount, ...]:
    """The Zalo bots to start. `key` is the installation's secret key.

    Raises `SettingsError` where a token is missing or cannot be read.
    """
    return tuple(
        _made(ZaloAccount, settings, bot, name=bot.key, key=key) for bot in settings.accounts if bot.channel == "zalo"
    )


def has_single_bot(settings: Settings) -> bool:
    """Whether `telegram.token` or `telegram.token_file` makes an account of its own."""
    return settings.telegram.token is not None or settings.telegram.token_file is not None


def read_token(bot: AccountSettings | TelegramSettings, *, where: str) -> Secret:
    """The bot's token, from the one place that names it. Raises `SettingsError`."""
    env = bot.token_env if isinstance(bot, AccountSettings) else None
    if sum(source is not None for source in (bot.token, bot.token_file, env)) != 1:
        raise SettingsError(f"{where} needs its token in exactly one place: token, token_env or token_file")
    if bot.token is not None:
        return bot.token
    if env is not None:
        if not os.environ.get(env):
            raise SettingsError(f"{where}.token_env names {env}, which is not set")
        return Secret(os.environ[env].strip())
    assert bot.token_file is not None
    try:
        return Secret(bot.token_file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{where}.token_file names {bot.token_file}, which cannot be read") from None


def _made(kind: type[A], settings: Settings, bot: AccountSettings | TelegramSettings, *, name: str, key: bytes) -> A:
    where = "telegram" if isinstance(bot, TelegramSettings) else f'the account "{name}"'
    channel = "telegram" if isinstance(bot, TelegramSettings) else bot.channel
    shared = settings.zalo if channel == "zalo" else settings.telegram
    url = bot.webhook_url
    if url is None and settings.web.public_url is not None:
        url = f"{settings.web.public_url.rstrip('/')}/{channel}/{name}"
    if bot.mode is Mode.WEBHOOK and url is None:
        raise SettingsError(f"{where} has mode webhook: set its webhook_url, or web.public_url")
    own = bot if isinstance(bot, AccountSettings) else None
    return kind(
        key=name,
        unit=(own and own.unit) or "",
        name=(own and own.name) or "",
        link=(own and own.link) or "",
        token=read_token(bot, where=where),
        mode=bot.mode,
        webhook_url=url if bot.mode is Mode.WEBHOOK else None,
        webhook_secret=bot.webhook_secret or Secret(hmac.digest(key, f"webhook:{name}".encode(), "sha256").hex()),
        proxy=bot.proxy or shared.proxy,
        base_url=(bot.base_url or shared.base_url).rstrip("/"),
        per_second=own.per_second if own else None,
        chat_seconds=own.chat_seconds if own else None,
        group_per_minute=own.group_per_minute if own else None,
        monthly_quota=own.monthly_quota if own else None,
        people_limit=own.people_limit if own else None,
    )
