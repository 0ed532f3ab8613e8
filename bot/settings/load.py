"""Reads the settings: environment, then `.env`, then one TOML file. What is wrong is said in words, all at once."""

import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from msgspec.structs import fields

from bot.settings.model import PREFIX, Group, Setting, Settings, all_settings
from bot.tables import MISSING, UNKNOWN, Problem, TableError, read_table

CONFIG = f"{PREFIX}CONFIG"
DEFAULT_CONFIG = Path("bon-tot.toml")
FOR_TESTS = f"{PREFIX}TEST_"
SWITCHES = {"on": True, "yes": True, "off": False, "no": False}
"""What else an environment may say for true and false."""


class SettingsError(Exception):
    """The settings cannot be used. `faults` says why, one sentence each, without any value that may be secret."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load_settings() -> Settings:
    """The settings of this process, from its environment and the folder it stands in. Raises `SettingsError`."""
    env_file = Path(".env")
    in_env_file = dotenv_values(env_file, encoding="utf-8") if env_file.is_file() else {}
    given = _read_toml(_config_file(in_env_file))
    faults: list[str] = []
    for environment in (in_env_file, os.environ):
        given = _merged(given, _from_environment(environment, faults))
    try:
        settings = read_table(Settings, given, strict=False)
    except TableError as error:
        faults += map(_in_words, error.problems)
    else:
        if not faults:
            return settings
    raise SettingsError(*dict.fromkeys(faults))


def settings_files(settings: Settings) -> Sequence[Path]:
    """The files that this process's settings come from, whether they are there or not."""
    env_file = Path(".env")
    named = os.environ.get(CONFIG)
    if not named and env_file.is_file():
        named = dotenv_values(env_file, encoding="utf-8").get(CONFIG)
    tokens = [settings.telegram.token_file, *(account.token_file for account in settings.accounts)]
    return [env_file, Path(named) if named else DEFAULT_CONFIG, *(path for path in tokens if path is not None)]


def _config_file(in_env_file: Mapping[str, str | None]) -> Path | None:
    named = os.environ.get(CONFIG) or in_env_file.get(CONFIG)
    if not named:
        return DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None
    if not Path(named).is_file():
        raise SettingsError(f"{CONFIG} names {named}, and there is no such file")
    return Path(named)


def _read_toml(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None


def _from_environment(environment: Mapping[str, str | None], faults: list[str]) -> dict[str, Any]:
    """What an environment says, as the TOML file would. A name that looks like a setting and is none is most likely a
    typing error: better said than passed over."""
    known = {setting.env: setting for setting in (*_groups(), *all_settings()) if setting.env}
    given: dict[str, Any] = {}
    for written, text in sorted(environment.items()):  # a group comes before what is in it
        name = written.upper()
        if not name.startswith(PREFIX) or name.startswith(FOR_TESTS) or name == CONFIG:
            continue
        if name not in known:
            faults.append(f"{name} is no setting{_perhaps(name, {*known, CONFIG})}")
        elif text:
            group, _, inner = known[name].toml.partition(".")
            try:
                value = _value(known[name], text)
            except ValueError:
                faults.append(f"{known[name].toml} ({name}) is not right: it is a list or a group, written as JSON")
            else:
                given = _merged(given, {group: {inner: value} if inner else value})
    return given


def _groups() -> Iterator[Setting]:
    """The groups: each may also be given as a whole."""
    for field in fields(Settings):
        if isinstance(field.default, Group):
            yield Setting(field.name, f"{PREFIX}{field.name}".upper(), field.default, "")


def _value(setting: Setting, text: str) -> Any:
    """What the text means: a list and a group are written as JSON, all else as it is."""
    if isinstance(setting.default, bool):
        return SWITCHES.get(text.lower(), text)
    if isinstance(setting.default, tuple | Group):
        return json.loads(text)
    return text


def _merged(under: Any, over: Any) -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        return under | {key: _merged(under.get(key), value) for key, value in over.items()}
    return over


def _perhaps(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; {near[0]} is" if near else ""


def _in_words(problem: Problem) -> str:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in problem.place).removeprefix(".")
    envs = {setting.toml: setting.env for setting in all_settings()}
    if problem.what == UNKNOWN:
        where = "" if "." in place else " (in the TOML file)"
        return f"{place}{where} is no setting{_perhaps(place, {*envs, *Settings.__struct_fields__})}"
    named = f"{place} ({env})" if (env := envs.get(place)) else place
    if problem.what == MISSING:
        return f"{named} is missing"
    return f"{named} is not right: {problem.what}"
