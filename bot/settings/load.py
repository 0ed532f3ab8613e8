"""Reads the settings: environment, then `.env`, then one TOML file. What is wrong is said in words, all at once."""

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from pydantic_settings import SettingsError as UnreadableError

from bot.settings.model import PREFIX, Settings, all_settings

CONFIG = f"{PREFIX}CONFIG"
DEFAULT_CONFIG = Path("bon-tot.toml")
FOR_TESTS = f"{PREFIX}TEST_"


class SettingsError(Exception):
    """The settings cannot be used. `faults` says why, one sentence each, without any value that may be secret."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load_settings() -> Settings:
    """The settings of this process, from its environment and the folder it stands in. Raises `SettingsError`."""
    env_file = Path(".env")
    in_env_file = dotenv_values(env_file, encoding="utf-8") if env_file.is_file() else {}
    toml_file = _config_file(in_env_file)
    faults = list(_unknown_names([*os.environ, *in_env_file], _read_toml(toml_file)))
    try:
        settings = _sources(env_file, toml_file)()
    except ValidationError as error:
        faults += _in_words(error)
    except UnreadableError as error:
        faults.append(f"{error}: a list or a group in the environment is written as JSON")
    else:
        if not faults:
            return settings
    raise SettingsError(*faults)


def settings_files(settings: Settings) -> Sequence[Path]:
    """The files that this process's settings come from, whether they are there or not."""
    env_file = Path(".env")
    named = os.environ.get(CONFIG)
    if not named and env_file.is_file():
        named = dotenv_values(env_file, encoding="utf-8").get(CONFIG)
    tokens = [settings.telegram.token_file, *(account.token_file for account in settings.accounts)]
    return [env_file, Path(named) if named else DEFAULT_CONFIG, *(path for path in tokens if path is not None)]


def _sources(env_file: Path, toml_file: Path | None) -> type[Settings]:
    class Loaded(BaseSettings, Settings):
        model_config = SettingsConfigDict(
            extra="ignore",  # unknown names are looked for here, where it can be said what was meant
            env_prefix=PREFIX,
            env_nested_delimiter="_",
            env_nested_max_split=1,
            env_ignore_empty=True,
            env_file=env_file,
            env_file_encoding="utf-8",
            dotenv_filtering="only_existing",
        )

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls, toml_file=toml_file))

    return Loaded


def _config_file(in_env_file: Mapping[str, str | None]) -> Path | None:
    named = os.environ.get(CONFIG) or in_env_file.get(CONFIG)
    if not named:
        return DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None
    if not Path(named).is_file():
        raise SettingsError(f"{CONFIG} names {named}, and there is no such file")
    return Path(named)


def _read_toml(path: Path | None) -> Mapping[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None


def _unknown_names(in_environment: list[str], in_toml: Mapping[str, Any]) -> Iterator[str]:
    """A name that looks like a setting and is none is most likely a typing error: better said than passed over.

    Names inside a group (`BON_TOT_WEB_…`) are left to the group, which refuses what it does not know.
    """
    known = {setting.env for setting in all_settings() if setting.env} | {CONFIG}
    groups = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for name in dict.fromkeys(name.upper() for name in in_environment):
        in_group = name in groups or any(name.startswith(f"{group}_") for group in groups)
        if name.startswith(PREFIX) and not name.startswith(FOR_TESTS) and not in_group and name not in known:
            yield f"{name} is no setting{_perhaps(name, known)}"
    for name in in_toml:
        if name not in Settings.model_fields:
            yield f"{name} (in the TOML file) is no setting{_perhaps(name, set(Settings.model_fields))}"


def _perhaps(name: str, known: set[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; {near[0]} is" if near else ""


def _in_words(error: ValidationError) -> Iterator[str]:
    envs = {setting.toml: setting.env for setting in all_settings()}
    for fault in error.errors(include_input=False, include_url=False):
        place = _place(fault["loc"])
        if fault["type"] == "extra_forbidden":
            yield f"{place} is no setting{_perhaps(place, set(envs))}"
            continue
        env = envs.get(place)
        yield f"{place} ({env}) {_said(fault)}" if env else f"{place} {_said(fault)}"


def _said(fault: ErrorDetails) -> str:
    match fault["type"]:
        case "string_pattern_mismatch":
            return "may have small letters, digits and dashes only, and at most 32 of them"
        case "too_short":
            return f"is too short: {fault['ctx']['min_length']} characters or more"
        case "missing":
            return "is missing"
        case _:
            return f"is not right: {fault['msg'][:1].lower()}{fault['msg'][1:]}"


def _place(loc: tuple[int | str, ...]) -> str:
    """`accounts[0].key`: the first of a list is 0, as in the error of any TOML tool."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")
