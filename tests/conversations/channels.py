"""The three channels that a story is told on, by what each can do; on none of them anybody waits for its pace."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bot.channels import telegram, zalo
from bot.channels.web.channel import CAPABILITIES as WEB
from bot.chat import Capabilities
from tests.world import World

PAGE = "https://chi-bo.example"

CHANNELS: Mapping[str, Capabilities] = {
    "telegram": replace(telegram.CAPABILITIES, per_second=None, chat_seconds=None),
    "zalo": replace(zalo.CAPABILITIES, per_second=None, chat_seconds=None),
    "web": WEB,
}


async def world_on(channel: str, template: Path, folder: Path) -> World:
    """An empty world on Monday 4 January 2027, 08:00 in Viet Nam, all of whose people are on this channel. Our page is
    there beside the messengers; on the page itself there is no other."""
    page = "" if channel == "web" else PAGE
    return await World.copy(template, folder / f"{channel}.db", capabilities=CHANNELS[channel], page=page)
