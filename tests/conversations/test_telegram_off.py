"""Telegram switched off by its one setting: nothing that anybody reads names it, on any channel that is left."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.settings import Settings, describe_faults, telegram_accounts, zalo_accounts
from bot.settings.model import AccountSettings, Secret, TelegramSettings
from bot.zalo_bots import door_of
from tests.conversations.channels import CHANNELS, PAGE
from tests.conversations.test_a_year import PEOPLE, Year
from tests.world import ACCOUNT, World

HOUSE = Path(__file__).parents[2]
WHAT_PEOPLE_READ = ("bot/texts", "bot/content", "bot/documents", "bot/channels/web")
NAMES = ("telegram", "t.me/", "botfather")
KEY = bytes(32)
OFF = Settings(
    telegram=TelegramSettings(enabled=False, token=Secret("1234567890:AAone-token_that_looks_like_one_12345")),
    accounts=(
        AccountSettings(key="xa", token=Secret("1234567891:AAanother-token_that_looks_like_one_6")),
        AccountSettings(key=ACCOUNT, channel="zalo", name="Bốn Tốt", token=Secret("1234567890:tokenOfZalo")),
    ),
)


def named_in(text: str) -> list[str]:
    """The lines that name it."""
    return [line for line in text.splitlines() if any(name in line.casefold() for name in NAMES)]


def read_in(world: World) -> Iterator[str]:
    """Everything that everybody was shown: words, buttons, links, and the text of every paper."""
    for recorder in world.recorders.values():
        for bubble in (bubble for chat in recorder.chats.values() for bubble in chat):
            message = bubble.message
            yield message.plain
            yield from (choice.label for choice in message.choices)
            if message.link:
                yield f"{message.link.label} {message.link.url}"
            if bubble.file:
                yield bubble.file.name
                yield from inside(bubble.file.content)


def inside(content: bytes) -> Iterator[str]:
    """The text of a paper: its parts, as they are stored."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as parts:
            yield from (parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    else:
        yield content.decode("utf-8", "replace")


@pytest.mark.parametrize("channel", ["zalo", "web"])
async def test_a_year_without_a_word_of_it(template: Path, tmp_path: Path, channel: str) -> None:
    """All journeys of a year, and everybody's help: the doors are what the settings leave, and no word, button, link
    or paper names it."""
    doors = [door_of(account) for account in zalo_accounts(OFF, key=KEY)] if channel == "zalo" else []
    page = "" if channel == "web" else PAGE
    world = await World.copy(template, tmp_path / "off.db", capabilities=CHANNELS[channel], doors=doors, page=page)
    year = Year(world)
    for scene in (
        year.the_first_administrator,
        year.the_roster,
        year.the_invitations,
        year.the_pledge,
        year.the_meeting,
        year.the_self_report,
        year.the_review,
        year.the_broadcast,
    ):
        await scene()
    for name in PEOPLE:
        person = getattr(year, name)
        for command in ("/trogiup", "/toi", "/kenh", "/rutlui"):
            await person.says(command)
    await world.stranger("guest").says("/trogiup")
    read = list(read_in(world))
    assert len(read) > 300
    assert [line for text in read for line in named_in(text)] == []
    await world.close()


def test_no_sentence_of_the_product_names_it() -> None:
    """Not in a text, a content file, a paper, a template or a script of the page: a messenger's name comes from the
    settings alone."""
    files = [
        file
        for folder in WHAT_PEOPLE_READ
        for file in (HOUSE / folder).rglob("*")
        if file.is_file() and file.suffix in {".py", ".toml", ".html", ".js", ".css", ".svg", ".json"}
    ]
    assert len(files) > 80
    assert {str(file): named for file in files if (named := named_in(file.read_text(encoding="utf-8")))} == {}


def test_neither_do_the_settings_ask_for_it() -> None:
    """Of three bots that are named, one runs; what is wrong with the others is nobody's concern."""
    assert telegram_accounts(OFF, key=KEY) == ()
    assert [account.key for account in zalo_accounts(OFF, key=KEY)] == [ACCOUNT]
    assert [line for fault in describe_faults(OFF) for line in named_in(fault)] == []
