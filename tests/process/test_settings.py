"""Settings: where they come from, what is said when one is wrong, what is kept secret, and that each is documented."""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from bot.settings import (
    Mode,
    Settings,
    SettingsError,
    describe_faults,
    load_settings,
    secret_key,
    secret_values,
    telegram_accounts,
)
from bot.settings.model import AccountSettings, Secret, TelegramSettings, WebSettings, all_settings

TOKEN = "1234567890:AAone-token_that_looks_like_one_12345"
OTHER = "1234567891:AAanother-token_that_looks_like_one_6"
KEY = b"0123456789abcdef0123456789abcdef"
POSTGRES = "postgresql+asyncpg://bot:p%40ss-word@localhost/bon_tot"
OPERATOR_GUIDE = Path(__file__).parents[2] / "docs" / "operator.md"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's folder with content and nothing else, and an environment that sets nothing."""
    for name in list(os.environ):
        if name.startswith("BON_TOT_"):
            monkeypatch.delenv(name)
    (tmp_path / "bot/content/sample").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(**given: Any) -> Settings:
    """Settings made by name, with one bot unless the test says otherwise."""
    return Settings(**{"telegram": TelegramSettings(token=Secret(TOKEN))} | given)


def account(key: str, **given: Any) -> AccountSettings:
    """One account of a list."""
    return AccountSettings(key=key, **{"token": Secret(OTHER)} | given)


def test_nothing_set_gives_the_defaults() -> None:
    """Without any setting the program knows its database, its content and its port, and has no bot."""
    loaded = load_settings()
    assert loaded.database == "sqlite+aiosqlite:///var/bon-tot.db"
    assert (loaded.web.host, loaded.web.port) == ("127.0.0.1", 8044)
    assert telegram_accounts(loaded, key=KEY) == ()


def test_environment_beats_env_file_beats_toml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first place that names a setting wins; the others still give what it does not name."""
    (folder / "bon-tot.toml").write_text('[web]\nhost = "10.0.0.1"\nport = 1\npublic_url = "https://toml.example"\n')
    (folder / ".env").write_text("BON_TOT_WEB_HOST=10.0.0.2\nBON_TOT_WEB_PORT=2\nUNRELATED=1\n")
    monkeypatch.setenv("BON_TOT_WEB_PORT", "3")
    assert load_settings().web == WebSettings(host="10.0.0.2", port=3, public_url="https://toml.example")


def test_the_toml_file_may_stand_elsewhere(folder: Path) -> None:
    """BON_TOT_CONFIG names it, in the environment or in .env."""
    (folder / "etc").mkdir()
    (folder / "etc/other.toml").write_text("[web]\nport = 3\n")
    (folder / ".env").write_text("BON_TOT_CONFIG=etc/other.toml\n")
    assert load_settings().web.port == 3


def test_many_accounts_come_from_the_toml_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each account has its own token from its own place, and what it does not say is as for all."""
    (folder / "token.txt").write_text(f"{OTHER}\n")
    monkeypatch.setenv("XA_TOKEN", TOKEN)
    (folder / "bon-tot.toml").write_text(
        """
        [telegram]
        proxy = "http://proxy.example:3128"
        [web]
        public_url = "https://bot.example/"
        [[accounts]]
        key = "xa"
        token_env = "XA_TOKEN"
        [[accounts]]
        key = "thon-1"
        token_file = "token.txt"
        mode = "webhook"
        base_url = "http://127.0.0.1:8081/"
        """
    )
    xa, village = telegram_accounts(load_settings(), key=KEY)
    assert (xa.key, xa.token.reveal(), xa.mode, xa.webhook_url) == ("xa", TOKEN, Mode.POLLING, None)
    assert xa.base_url == "https://api.telegram.org"
    assert (village.key, village.token.reveal()) == ("thon-1", OTHER)
    assert village.webhook_url == "https://bot.example/telegram/thon-1"
    assert village.base_url == "http://127.0.0.1:8081"
    assert village.proxy is not None and village.proxy.reveal() == "http://proxy.example:3128"
    assert re.fullmatch(r"[0-9a-f]{64}", village.webhook_secret.reveal())
    assert village.webhook_secret != xa.webhook_secret


def test_one_bot_needs_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """BON_TOT_TELEGRAM_TOKEN alone makes the account "telegram", and nothing is wrong then."""
    monkeypatch.setenv("BON_TOT_TELEGRAM_TOKEN", TOKEN)
    [bot] = telegram_accounts(load_settings(), key=KEY)
    assert (bot.key, bot.token.reveal()) == ("telegram", TOKEN)
    assert describe_faults() == []


def test_telegram_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """With Telegram off no bot is started, whatever else is set, and no token is asked for."""
    monkeypatch.setenv("BON_TOT_TELEGRAM_ENABLED", "false")
    monkeypatch.setenv("BON_TOT_TELEGRAM_TOKEN_FILE", "nowhere")
    assert telegram_accounts(load_settings(), key=KEY) == ()
    assert describe_faults() == []


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BON_TOT_DATABSE", "x", "BON_TOT_DATABSE is no setting; BON_TOT_DATABASE is"),
        ("BON_TOT_WEB_PROT", "1", "BON_TOT_WEB_PROT is no setting; BON_TOT_WEB_PORT is"),
        ("BON_TOT_WEB_PORT", "99999", "web.port (BON_TOT_WEB_PORT) is not right: expected a whole number <= 65535"),
        ("BON_TOT_WEB_PORT", "many", "web.port (BON_TOT_WEB_PORT) is not right: expected a whole number, got a text"),
        (
            "BON_TOT_TELEGRAM_MODE",
            "push",
            "telegram.mode (BON_TOT_TELEGRAM_MODE) is not right: expected one of polling, webhook",
        ),
        (
            "BON_TOT_LOG_LEVEL",
            "loud",
            "log.level (BON_TOT_LOG_LEVEL) is not right: expected one of DEBUG, INFO, WARNING",
        ),
        ("BON_TOT_SECRET_KEY", "short", "secret_key (BON_TOT_SECRET_KEY) is not right: expected 32 characters or more"),
        (
            "BON_TOT_ACCOUNTS",
            '[{"key": "Xã 1"}]',
            "accounts[0].key is not right: expected small letters, digits and dashes only",
        ),
        ("BON_TOT_ACCOUNTS", '[{"token": "a"}]', "accounts[0].key is missing"),
        ("BON_TOT_ACCOUNTS", '[{"key": "a", "tokn": "b"}]', "accounts[0].tokn is no setting"),
        (
            "BON_TOT_ACCOUNTS",
            '[{"key": "a", "channel": "x"}]',
            "accounts[0].channel is not right: expected one of telegram, zalo",
        ),
        (
            "BON_TOT_ACCOUNTS",
            "not json",
            "accounts (BON_TOT_ACCOUNTS) is not right: it is a list or a group, written as JSON",
        ),
        ("BON_TOT_CONFIG", "nowhere.toml", "BON_TOT_CONFIG names nowhere.toml, and there is no such file"),
    ],
)
def test_a_value_that_cannot_be_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    """The one fault names the setting as an operator writes it; `load_settings` refuses with the same words."""
    monkeypatch.setenv(name, value)
    [fault] = [fault for fault in describe_faults() if not fault.startswith("no bot is set")]
    assert fault.startswith(told)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert fault in refused.value.faults


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[web\n", "bon-tot.toml is not TOML: "),
        ("[wbe]\nport = 1\n", "wbe (in the TOML file) is no setting; web is"),
        ("web = 3\n", "web is not right: expected a table, got a whole number"),
    ],
)
def test_a_broken_toml_file_is_said_in_words(folder: Path, text: str, told: str) -> None:
    """A TOML file that cannot be read, or names what is no setting, is refused."""
    (folder / "bon-tot.toml").write_text(text)
    [fault] = describe_faults()
    assert fault.startswith(told)


def test_all_faults_are_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator does not have to start five times to find five faults."""
    monkeypatch.setenv("BON_TOT_WEB_PORT", "many")
    monkeypatch.setenv("BON_TOT_LOG_LEVEL", "loud")
    monkeypatch.setenv("BON_TOT_FOO", "1")
    assert len(describe_faults()) == 3


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"database": "sqlite:///var/x.db"},
            "database (BON_TOT_DATABASE) is not an address of a database that is known",
        ),
        ({"database": "postgresql://u@h/n"}, "write postgresql+asyncpg://…"),
        ({"database": "mysql://h/n"}, "it begins with one of postgresql+asyncpg, sqlite+aiosqlite"),
        ({"database": "var/bon-tot.db"}, "it begins with one of"),
        ({"database": "sqlite+aiosqlite:///:memory:"}, "names no file"),
        ({"database": "sqlite+aiosqlite://"}, "names no file"),
        (
            {"database": "postgresql+asyncpg://localhost", "secret_key": Secret("k" * 32)},
            "needs a host and a database",
        ),
        ({"database": POSTGRES}, "secret_key (BON_TOT_SECRET_KEY) is needed with PostgreSQL"),
        ({"content": Path("nowhere")}, "content (BON_TOT_CONTENT): there is no folder nowhere"),
        ({"web": WebSettings(public_url="bot.example")}, "web.public_url (BON_TOT_WEB_PUBLIC_URL) is not an address"),
        ({"web": WebSettings(page=True)}, "web.page is on: set web.public_url (BON_TOT_WEB_PUBLIC_URL)"),
        (
            {"web": WebSettings(page=True, public_url="http://bot.example")},
            "web.page is on: web.public_url must begin with https://",
        ),
        (
            {"web": WebSettings(page=True, public_url="https://bot.example/x")},
            "web.page is on: web.public_url must be a host alone",
        ),
        ({"web": WebSettings(push_contact="admin")}, "web.push_contact (BON_TOT_WEB_PUSH_CONTACT) is not an address"),
        (
            {"web": WebSettings(page=True, public_url="https://bot.example"), "accounts": (account("web"),)},
            'the key "web" is that of the page',
        ),
        ({"telegram": TelegramSettings()}, "no bot is set: set telegram.token (BON_TOT_TELEGRAM_TOKEN), or add"),
        ({"telegram": TelegramSettings(token=Secret("hello"))}, "telegram: the token does not look like one"),
        ({"telegram": TelegramSettings(token_file=Path("no"))}, "telegram.token_file names no, which cannot be read"),
        (
            {"telegram": TelegramSettings(token=Secret(TOKEN), token_file=Path("no"))},
            "telegram needs its token in exactly one place",
        ),
        (
            {"telegram": TelegramSettings(token=Secret(TOKEN), mode=Mode.WEBHOOK)},
            "telegram has mode webhook: set its webhook_url, or web.public_url",
        ),
        (
            {"telegram": TelegramSettings(token=Secret(TOKEN), mode=Mode.WEBHOOK, webhook_url="http://a.example")},
            "Telegram calls only https:// addresses",
        ),
        (
            {"telegram": TelegramSettings(token=Secret(TOKEN), webhook_secret=Secret("a b"))},
            "telegram.webhook_secret may have letters",
        ),
        (
            {"telegram": TelegramSettings(token=Secret(TOKEN), proxy=Secret("socks5://a.example:1"))},
            "telegram.proxy is not an address like http://host:port (only HTTP proxies",
        ),
        (
            {"telegram": TelegramSettings(token=Secret(TOKEN), base_url="http://host:port")},
            "telegram.base_url is not an address",
        ),
        (
            {"accounts": (account("a"), account("a", token=None))},
            'accounts[1] ("a") needs its token in exactly one place',
        ),
        ({"accounts": (account("a", token=None, token_env="NOT_SET"),)}, "names NOT_SET, which is not set"),
        ({"accounts": (account("a"), account("a", token=Secret(OTHER + "x")))}, 'the key "a" is that of 2 accounts'),
        ({"accounts": (account("telegram"),)}, 'the key "telegram" is that of 2 accounts'),
        ({"accounts": (account("a", token=Secret(TOKEN)),)}, "two accounts have the same token"),
    ],
)
def test_what_cannot_work_is_said_in_words(given: dict[str, Any], told: str) -> None:
    """Values that are allowed one by one and cannot work are found before anything is started."""
    faults = describe_faults(settings(**given))
    assert any(told in fault for fault in faults), faults
    assert not any(secret in fault for fault in faults for secret in (TOKEN, OTHER, "p%40ss", "p@ss"))


def test_a_page_alone_is_enough() -> None:
    """An installation may have no bot at all, only the page; on this machine it may be tried without https."""
    for address in ("https://bot.example", "http://127.0.0.1:8044"):
        page = WebSettings(page=True, public_url=address, push_contact="mailto:quan-tri@example.vn")
        assert describe_faults(Settings(web=page)) == []


def test_a_database_folder_that_cannot_be_written_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first folder that exists above the database must be writable."""
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder or mode != os.W_OK)
    assert describe_faults(settings()) == [f"database (BON_TOT_DATABASE): the folder {folder} cannot be written"]


def test_a_token_file_that_others_can_read_is_said(folder: Path) -> None:
    """A secret in a file belongs to the program alone."""
    file = folder / "token.txt"
    file.write_text(TOKEN)
    file.chmod(0o644)
    given = settings(telegram=TelegramSettings(token_file=file))
    assert describe_faults(given) == [
        f"telegram.token_file: {file} can be read by others on this machine; chmod 600 {file}"
    ]
    file.chmod(0o600)
    assert describe_faults(given) == []


def test_the_secret_key_is_made_once_and_kept_for_the_program_alone(folder: Path) -> None:
    """The first call makes a key beside the database, the second finds it, and nobody else may read it."""
    made = iter(["a" * 64, "b" * 64])
    first = secret_key(settings(), make=lambda: next(made))
    assert secret_key(settings(), make=lambda: next(made)) == first == b"a" * 64
    kept = folder / "var" / "bon-tot.key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["bon-tot.key"]
    assert describe_faults(settings()) == []


def test_whoever_makes_the_key_first_wins() -> None:
    """Two processes that start at once use one key."""

    def slow() -> str:
        assert secret_key(settings(), make=lambda: "a" * 64) == b"a" * 64  # the other process, meanwhile
        return "b" * 64

    assert secret_key(settings(), make=slow) == b"a" * 64


def test_a_random_key_is_long_and_never_the_same(folder: Path) -> None:
    """What is made without a test's help has 32 random bytes."""
    one = secret_key(settings())
    two = secret_key(settings(database="sqlite+aiosqlite:///other/bon-tot.db"))
    assert one != two
    assert len(one) == len(two) == 64
    assert (folder / "other/bon-tot.key").exists()


def test_a_damaged_key_is_never_replaced(folder: Path) -> None:
    """An empty key file stops the program: with a new key every code and receipt would be void."""
    (folder / "var").mkdir()
    (folder / "var/bon-tot.key").touch(mode=0o600)
    with pytest.raises(SettingsError, match="too short: restore it from the backup"):
        secret_key(settings())


def test_a_given_key_is_used_and_postgres_needs_one() -> None:
    """Several processes share a key by setting it."""
    assert secret_key(settings(database=POSTGRES, secret_key=Secret("k" * 32))) == b"k" * 32
    with pytest.raises(SettingsError, match="needed with PostgreSQL"):
        secret_key(settings(database=POSTGRES))


def test_settings_show_no_secret() -> None:
    """Printed settings and printed accounts hold no token, key or password; the log is told all of them."""
    given = settings(
        database=POSTGRES,
        secret_key=Secret("k" * 32),
        accounts=(account("a", proxy=Secret("http://me:proxy-pass@proxy.example:1")),),
    )
    accounts = telegram_accounts(given, key=KEY)
    secrets = set(secret_values(given, accounts, key=KEY))
    assert {TOKEN, OTHER, KEY.decode(), "p@ss-word", "p%40ss-word", "proxy-pass"} <= secrets
    assert {one.webhook_secret.reveal() for one in accounts} <= secrets
    for shown in (repr(given), repr(accounts), str(given), repr(given.accounts), f"{given.telegram}"):
        assert not [secret for secret in (*secrets, "k" * 32) if secret in shown]


def test_a_secret_in_the_wrong_place_is_not_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever setting a token is written to by mistake, and whatever is written where a token belongs, no fault
    repeats it."""
    (folder / "bon-tot.toml").write_text(
        f'''
        [telegram]
        token = ["{TOKEN}"]
        enabled = "{TOKEN}"
        mode = "{TOKEN}"
        [web]
        port = "{TOKEN}"
        push_services = "{TOKEN}"
        [[accounts]]
        key = "{TOKEN}"
        channel = "{TOKEN}"
        per_second = "{TOKEN}"
        '''
    )
    monkeypatch.setenv("BON_TOT_SECRET_KEY", TOKEN[:31])
    monkeypatch.setenv("BON_TOT_LOG", f'{{"level": "{TOKEN}"}}')
    monkeypatch.setenv("BON_TOT_ZALO", TOKEN)
    faults = describe_faults()
    assert len(faults) == 11
    assert not [fault for fault in faults if TOKEN[:31] in fault]


@pytest.mark.parametrize(
    ("written", "meant"), [("off", False), ("No", False), ("0", False), ("yes", True), ("1", True)]
)
def test_a_switch_may_be_said_in_words(monkeypatch: pytest.MonkeyPatch, written: str, meant: bool) -> None:
    """An environment has no true and false of its own: what people write for them is understood."""
    monkeypatch.setenv("BON_TOT_TELEGRAM_ENABLED", written)
    assert load_settings().telegram.enabled is meant


def test_a_group_may_be_given_as_a_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group in JSON is laid over the TOML file, and a variable of its own over the group; what is empty says
    nothing, and small letters are as good as capitals."""
    (folder / "bon-tot.toml").write_text('[web]\nhost = "10.0.0.1"\nport = 1\npublic_url = "https://toml.example"\n')
    monkeypatch.setenv("BON_TOT_WEB", '{"port": 2, "host": "10.0.0.2"}')
    monkeypatch.setenv("bon_tot_web_port", "3")
    monkeypatch.setenv("BON_TOT_WEB_PUBLIC_URL", "")
    assert load_settings().web == WebSettings(host="10.0.0.2", port=3, public_url="https://toml.example")


def test_every_setting_is_in_the_operators_guide() -> None:
    """The table of docs/operator.md has exactly the settings of the model: name, variable, default and meaning."""
    rows = [
        tuple(cell.strip() for cell in line.strip("| \n").split(" | "))
        for line in OPERATOR_GUIDE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    wanted = [
        (f"`{one.toml}`", f"`{one.env}`" if one.env else "–", _shown(one.default), one.description)
        for one in all_settings()
    ]
    assert rows == wanted


def _shown(default: object) -> str:
    match default:
        case None | ():
            return "–"
        case bool():
            return f"`{str(default).lower()}`"
        case tuple():
            return f"`{json.dumps(default)}`"
        case _:
            return f"`{default}`"
