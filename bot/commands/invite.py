"""`bot.py admin invite`: a code with which an administrator joins; in an empty database also the committee."""

import asyncio
import secrets
from collections.abc import Sequence

import aiohttp

from bot import telegram_bots, zalo_bots
from bot.app import App
from bot.channels.http import new_session
from bot.chat import DeliveryFailure
from bot.domain.invitation import expiry, last_day
from bot.doors import Door
from bot.own_page import address_of
from bot.serve import Ground, ground
from bot.settings import Settings, TelegramAccount
from handlers.issuing import issue_admin_invitation
from storage.organisation import today

NAME_SECONDS = 5.0
"""How long Telegram is waited for: without its answer the code is as good, only the link is missing."""


async def invite_administrator(settings: Settings, *, name: str, committee: str) -> Sequence[str]:
    """Make the invitation; the lines to print. The same name again gets a new code, the unused one is void."""
    async with ground(settings) as base:
        doors = await doors_of(base)
        app = App.build(
            database=base.database,
            clock=base.clock,
            channels=(),
            content=base.content,
            random=secrets.token_bytes,
            pepper=base.key,
            doors=lambda: doors,
        )
        async with base.database.write() as tx:
            code, link = await issue_admin_invitation(tx, app.house, full_name=name, committee=committee or None)
            until = last_day(expiry(today(tx)))
    lines = [f"Code:        {code}", f"Valid:       once, until the end of {until.isoformat()}"]
    if link:
        return [*lines, f"Start link:  {link}"]
    if base.accounts and not all(door.start for door in doors if door.account in {bot.key for bot in base.accounts}):
        lines.append("Start link:  not known, because Telegram does not answer now.")
    if page := address_of(settings.web):
        return [*lines, f"The code is typed on the page, {page}, or in a chat with a bot."]
    return [*lines, "The code is typed in a chat with the bot."]


async def doors_of(base: Ground) -> Sequence[Door]:
    """Every bot as people find it. A Telegram bot's name is as it was learnt last, or asked for now."""
    async with new_session() as session:
        names = await asyncio.gather(*[_name(base, account, session) for account in base.accounts])
    told = [telegram_bots.door_of(account, name) for account, name in zip(base.accounts, names, strict=True)]
    return [*told, *map(zalo_bots.door_of, base.zalo)]


async def _name(base: Ground, account: TelegramAccount, session: aiohttp.ClientSession) -> str | None:
    if name := await telegram_bots.known_name(base.database, account):
        return name
    try:
        async with asyncio.timeout(NAME_SECONDS):
            return await telegram_bots.TelegramBot(account, session=session).channel.username()
    except (DeliveryFailure, TimeoutError):
        return None
