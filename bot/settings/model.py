"""What can be set, with its default and what it means. No reading, no checking of the world."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic.fields import FieldInfo

PREFIX = "BON_TOT_"
TELEGRAM_SERVER = "https://api.telegram.org"
ZALO_SERVER = "https://bot-api.zaloplatforms.com"


class Mode(StrEnum):
    """How a bot gets its messages: it asks for them, or they are brought to its address."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class LogLevel(StrEnum):
    """The least important kind of line that is written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class LogFormat(StrEnum):
    """One JSON object a line for machines, or lines for eyes."""

    CONSOLE = "console"
    JSON = "json"


class Group(BaseModel):
    """Settings that belong together. An unknown name is refused; values are never shown in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TelegramSettings(Group):
    """Telegram as a whole, and the one bot of an installation that has only one."""

    enabled: bool = Field(default=True, description="`false` switches every Telegram bot off.")
    token: SecretStr | None = Field(
        default=None, description="The token of the one bot; its account is called `telegram`."
    )
    token_file: Path | None = Field(default=None, description="A file that holds the token, instead of `token`.")
    mode: Mode = Field(
        default=Mode.POLLING, description="`polling`: the bot asks; `webhook`: Telegram calls its address."
    )
    webhook_url: str | None = Field(
        default=None, description="The address Telegram calls; without it, `web.public_url` and `/telegram/KEY`."
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="What Telegram must show with each call; without it, one is derived from the secret key.",
    )
    proxy: SecretStr | None = Field(
        default=None, description="An HTTP proxy for every bot that names none, as `http://user:password@host:port`."
    )
    base_url: str = Field(default=TELEGRAM_SERVER, description="The Bot API server, for every bot that names none.")


class ZaloSettings(Group):
    """What holds for every Zalo bot. The bots themselves are accounts: one for each cell is usual."""

    proxy: SecretStr | None = Field(
        default=None, description="An HTTP proxy for every Zalo bot that names none; Telegram's is not used for Zalo."
    )
    base_url: str = Field(default=ZALO_SERVER, description="Zalo's server, for every Zalo bot that names none.")


class AccountSettings(Group):
    """One bot among several."""

    key: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,31}$",
        description="Its name in the database and the logs: small letters, digits, dashes. It never changes.",
    )
    channel: Literal["telegram", "zalo"] = Field(default="telegram", description="The messenger: `telegram` or `zalo`.")
    unit: str | None = Field(
        default=None,
        description="The part of the tree that it is for: the name of a cell or a committee; where several have it, "
        "with the one above (`Chi bộ thôn 1, Đảng ủy xã Mẫu`). Without it, everybody.",
    )
    name: str | None = Field(
        default=None,
        description="How people find it in the messenger, for slips and answers. Telegram is asked; a Zalo bot without "
        "one is not named there.",
    )
    link: str | None = Field(
        default=None, description="A Zalo bot's address that opens the chat: a picture of it is on the slips."
    )
    token: SecretStr | None = Field(default=None, description="The token; or one of the two below.")
    token_env: str | None = Field(default=None, description="The environment variable that holds the token.")
    token_file: Path | None = Field(default=None, description="The file that holds the token.")
    mode: Mode = Field(
        default=Mode.POLLING, description="As `telegram.mode`. For a Zalo bot in service only `webhook` will do."
    )
    webhook_url: str | None = Field(
        default=None,
        description="The address the messenger calls; without it, `web.public_url` and `/telegram/KEY` or `/zalo/KEY`.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="As `telegram.webhook_secret`; for Zalo 8 characters or more."
    )
    proxy: SecretStr | None = Field(
        default=None, description="As `telegram.proxy` or `zalo.proxy`, for this bot alone."
    )
    base_url: str | None = Field(
        default=None, description="As `telegram.base_url` or `zalo.base_url`, for this bot alone."
    )
    per_second: float | None = Field(
        default=None,
        ge=0,
        le=1000,
        description="Messages a second; 0: no limit. Without it 30 at Telegram (more is a paid broadcast), 10 at Zalo.",
    )
    chat_seconds: float | None = Field(
        default=None,
        ge=0,
        le=60,
        description="Seconds between two messages to one chat, after a short burst; 0: no limit. Without it 1.",
    )
    group_per_minute: int | None = Field(
        default=None, ge=0, description="Messages a minute to a group of Telegram; 0: as to a person. Without it 20."
    )
    monthly_quota: int | None = Field(
        default=None,
        ge=0,
        description="Messages a month; 0: no limit. Without it 3000 for Zalo's free plan, none for Telegram.",
    )
    people_limit: int | None = Field(
        default=None,
        ge=0,
        description="People who may join by it; 0: no limit. Without it 50 for Zalo's free plan, none for Telegram.",
    )


class WebSettings(Group):
    """The program's own web server: for webhooks, and for the page."""

    host: str = Field(default="127.0.0.1", min_length=1, description="The address it listens on.")
    port: int = Field(default=8044, ge=0, le=65535, description="The port it listens on; 0: any free one.")
    public_url: str | None = Field(default=None, description="How it is reached from outside, as `https://host`.")
    page: bool = Field(
        default=False, description="`true`: people may also use our own page, at `public_url`, which must be `https`."
    )
    page_idle_days: int = Field(
        default=30, ge=1, le=365, description="After so many days without use a browser must sign in anew on the page."
    )
    page_days: int = Field(default=180, ge=1, le=400, description="After so many days it must in any case.")
    push_contact: str | None = Field(
        default=None,
        description="Switches Web Push on: an address for the push services to turn to, `mailto:…` or `https://…`.",
    )
    push_services: tuple[str, ...] = Field(
        default=("fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com"),
        description="The push services that may be told, by name; what is below a name is meant too.",
    )


class LogSettings(Group):
    """What is written about the work, and how."""

    level: LogLevel = Field(default=LogLevel.INFO, description="`DEBUG`, `INFO`, `WARNING` or `ERROR`.")
    format: LogFormat = Field(default=LogFormat.CONSOLE, description="`console` for eyes, `json` for machines.")


class Settings(Group):
    """All settings. `load_settings` reads them; made by name, as in tests, they know no environment."""

    database: str = Field(
        default="sqlite+aiosqlite:///var/bon-tot.db",
        repr=False,  # a PostgreSQL address may hold a password
        description="Where everything is kept: `sqlite+aiosqlite:///PATH` or `postgresql+asyncpg://USER@HOST/NAME`.",
    )
    content: Path = Field(
        default=Path("bot/content/sample"), description="The folder of criteria, pledge texts, ladders and calendars."
    )
    secret_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="From it invitation codes and webhook secrets are made; 32 characters or more. Without it, one is "
        "made and kept beside a SQLite database; PostgreSQL needs it.",
    )
    telegram: TelegramSettings = TelegramSettings()
    zalo: ZaloSettings = ZaloSettings()
    accounts: tuple[AccountSettings, ...] = Field(
        default=(),
        description="Several bots, each a `[[accounts]]` of the TOML file (or a JSON list in the environment).",
    )
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as an operator names it: in the TOML file, and in the environment (or not at all there)."""

    toml: str
    env: str | None
    default: Any
    description: str


def all_settings() -> Iterator[Setting]:
    """Every setting, in the order of the model; those of one account at the end."""
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group):
            for inner, inner_field in field.annotation.model_fields.items():
                yield _setting(f"{name}.{inner}", f"{PREFIX}{name}_{inner}".upper(), inner_field)
        else:
            yield _setting(name, f"{PREFIX}{name}".upper(), field)
    for name, field in AccountSettings.model_fields.items():
        yield _setting(f"accounts.{name}", None, field)


def _setting(toml: str, env: str | None, field: FieldInfo) -> Setting:
    assert field.description, f"{toml} says nothing"
    return Setting(toml, env, None if field.is_required() else field.default, field.description)
