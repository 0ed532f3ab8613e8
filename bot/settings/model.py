"""What can be set, with its default and what it means. No reading, no checking of the world."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields

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


class Secret:
    """A text that nobody is to see by accident: it is shown nowhere, and told by `reveal` alone."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


def _short_name(given: object) -> object:
    if isinstance(given, str) and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", given):
        raise ValueError("expected small letters, digits and dashes only, and at most 32 of them")
    return given


def _long(given: object) -> object:
    if isinstance(given, str) and len(given) < 32:
        raise ValueError("expected 32 characters or more")
    return given


class Group(Struct, frozen=True):
    """Settings that belong together."""


class TelegramSettings(Group, frozen=True):
    """Telegram as a whole, and the one bot of an installation that has only one."""

    enabled: Annotated[bool, "`false` switches every Telegram bot off."] = True
    token: Annotated[Secret | None, "The token of the one bot; its account is called `telegram`."] = None
    token_file: Annotated[Path | None, "A file that holds the token, instead of `token`."] = None
    mode: Annotated[Mode, "`polling`: the bot asks; `webhook`: Telegram calls its address."] = Mode.POLLING
    webhook_url: Annotated[
        str | None, "The address Telegram calls; without it, `web.public_url` and `/telegram/KEY`."
    ] = None
    webhook_secret: Annotated[
        Secret | None, "What Telegram must show with each call; without it, one is derived from the secret key."
    ] = None
    proxy: Annotated[
        Secret | None, "An HTTP proxy for every bot that names none, as `http://user:password@host:port`."
    ] = None
    base_url: Annotated[str, "The Bot API server, for every bot that names none."] = TELEGRAM_SERVER


class ZaloSettings(Group, frozen=True):
    """What holds for every Zalo bot. The bots themselves are accounts: one for each cell is usual."""

    proxy: Annotated[
        Secret | None, "An HTTP proxy for every Zalo bot that names none; Telegram's is not used for Zalo."
    ] = None
    base_url: Annotated[str, "Zalo's server, for every Zalo bot that names none."] = ZALO_SERVER


class AccountSettings(Group, frozen=True):
    """One bot among several."""

    key: Annotated[
        str, _short_name, "Its name in the database and the logs: small letters, digits, dashes. It never changes."
    ]
    channel: Annotated[Literal["telegram", "zalo"], "The messenger: `telegram` or `zalo`."] = "telegram"
    unit: Annotated[
        str | None,
        "The part of the tree that it is for: the name of a cell or a committee; where several have it, "
        "with the one above (`Chi bộ thôn 1, Đảng ủy xã Mẫu`). Without it, everybody.",
    ] = None
    name: Annotated[
        str | None,
        "How people find it in the messenger, for slips and answers. Telegram is asked; a Zalo bot without "
        "one is not named there.",
    ] = None
    link: Annotated[str | None, "A Zalo bot's address that opens the chat: a picture of it is on the slips."] = None
    token: Annotated[Secret | None, "The token; or one of the two below."] = None
    token_env: Annotated[str | None, "The environment variable that holds the token."] = None
    token_file: Annotated[Path | None, "The file that holds the token."] = None
    mode: Annotated[Mode, "As `telegram.mode`. For a Zalo bot in service only `webhook` will do."] = Mode.POLLING
    webhook_url: Annotated[
        str | None, "The address the messenger calls; without it, `web.public_url` and `/telegram/KEY` or `/zalo/KEY`."
    ] = None
    webhook_secret: Annotated[Secret | None, "As `telegram.webhook_secret`; for Zalo 8 characters or more."] = None
    proxy: Annotated[Secret | None, "As `telegram.proxy` or `zalo.proxy`, for this bot alone."] = None
    base_url: Annotated[str | None, "As `telegram.base_url` or `zalo.base_url`, for this bot alone."] = None
    per_second: Annotated[
        Annotated[float, Meta(ge=0, le=1000)] | None,
        "Messages a second; 0: no limit. Without it 30 at Telegram (more is a paid broadcast), 10 at Zalo.",
    ] = None
    chat_seconds: Annotated[
        Annotated[float, Meta(ge=0, le=60)] | None,
        "Seconds between two messages to one chat, after a short burst; 0: no limit. Without it 1.",
    ] = None
    group_per_minute: Annotated[
        Annotated[int, Meta(ge=0)] | None, "Messages a minute to a group of Telegram; 0: as to a person. Without it 20."
    ] = None
    monthly_quota: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        "Messages a month; 0: no limit. Without it 3000 for Zalo's free plan, none for Telegram.",
    ] = None
    people_limit: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        "People who may join by it; 0: no limit. Without it 50 for Zalo's free plan, none for Telegram.",
    ] = None


class WebSettings(Group, frozen=True):
    """The program's own web server: for webhooks, and for the page."""

    host: Annotated[str, Meta(min_length=1), "The address it listens on."] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535), "The port it listens on; 0: any free one."] = 8044
    public_url: Annotated[str | None, "How it is reached from outside, as `https://host`."] = None
    page: Annotated[bool, "`true`: people may also use our own page, at `public_url`, which must be `https`."] = False
    page_idle_days: Annotated[
        int, Meta(ge=1, le=365), "After so many days without use a browser must sign in anew on the page."
    ] = 30
    page_days: Annotated[int, Meta(ge=1, le=400), "After so many days it must in any case."] = 180
    push_contact: Annotated[
        str | None, "Switches Web Push on: an address for the push services to turn to, `mailto:…` or `https://…`."
    ] = None
    push_services: Annotated[
        tuple[str, ...], "The push services that may be told, by name; what is below a name is meant too."
    ] = ("fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com")


class LogSettings(Group, frozen=True):
    """What is written about the work, and how."""

    level: Annotated[LogLevel, "`DEBUG`, `INFO`, `WARNING` or `ERROR`."] = LogLevel.INFO
    format: Annotated[LogFormat, "`console` for eyes, `json` for machines."] = LogFormat.CONSOLE


class Settings(Group, frozen=True):
    """All settings. `load_settings` reads them; made by name, as in tests, they know no environment."""

    database: Annotated[
        str, "Where everything is kept: `sqlite+aiosqlite:///PATH` or `postgresql+asyncpg://USER@HOST/NAME`."
    ] = "sqlite+aiosqlite:///var/bon-tot.db"
    content: Annotated[Path, "The folder of criteria, pledge texts, ladders and calendars."] = Path(
        "bot/content/sample"
    )
    secret_key: Annotated[
        Secret | None,
        _long,
        "From it invitation codes and webhook secrets are made; 32 characters or more. Without it, one is "
        "made and kept beside a SQLite database; PostgreSQL needs it.",
    ] = None
    telegram: TelegramSettings = TelegramSettings()
    zalo: ZaloSettings = ZaloSettings()
    accounts: Annotated[
        tuple[AccountSettings, ...],
        "Several bots, each a `[[accounts]]` of the TOML file (or a JSON list in the environment).",
    ] = ()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()

    def __repr__(self) -> str:
        return "Settings(…)"  # the address of a database may hold a password


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as an operator names it: in the TOML file, and in the environment (or not at all there)."""

    toml: str
    env: str | None
    default: Any
    description: str


def all_settings() -> Iterator[Setting]:
    """Every setting, in the order of the model; those of one account at the end."""
    for field in fields(Settings):
        if isinstance(field.default, Group):
            for inner in fields(field.default):
                yield _setting(f"{field.name}.{inner.name}", f"{PREFIX}{field.name}_{inner.name}".upper(), inner)
        else:
            yield _setting(field.name, f"{PREFIX}{field.name}".upper(), field)
    for field in fields(AccountSettings):
        yield _setting(f"accounts.{field.name}", None, field)


def _setting(toml: str, env: str | None, field: FieldInfo) -> Setting:
    [*_, description] = field.type.__metadata__
    return Setting(toml, env, None if field.required else field.default, description)
