"""The settings: what an operator can set, read at the start, checked in words; the bots again when a file changes.

They come from the environment (`BON_TOT_…`), then `.env`, then one TOML file; the first that names a setting
wins. What a committee decides (quiet hours, ladders, lateness, texts) is content and not here. Every setting is
a row of docs/operator.md, held by a test.
"""

from bot.settings.accounts import TelegramAccount, ZaloAccount, telegram_accounts, zalo_accounts
from bot.settings.faults import describe_faults
from bot.settings.load import SettingsError, load_settings, settings_files
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
    "settings_files",
    "telegram_accounts",
    "zalo_accounts",
]
