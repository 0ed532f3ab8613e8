"""The settings: what an operator can set, read once at start, checked in words.

They come from the environment (`BON_TOT_…`), then `.env`, then one TOML file; the first that names a setting
wins. What a committee decides (quiet hours, ladders, lateness, texts) is content and not here. Every setting is
a row of docs/operator.md, held by a test.
"""

from bot.settings.accounts import TelegramAccount, ZaloAccount, telegram_accounts, zalo_accounts
from bot.settings.faults import describe_faults
from bot.settings.load import SettingsError, load_settings
from bot.settings.model import LogFormat, LogLevel, LogSettings, Mode, Settings, WebSettings
from bot.settings.secret import secret_key, secret_values

__all__ = [
    "LogFormat",
    "LogLevel",
    "LogSettings",
    "Mode",
    "Settings",
    "SettingsError",
    "TelegramAccount",
    "WebSettings",
    "ZaloAccount",
    "describe_faults",
    "load_settings",
    "secret_key",
    "secret_values",
    "telegram_accounts",
    "zalo_accounts",
]
