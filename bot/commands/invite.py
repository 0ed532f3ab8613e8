"""`bot.py admin invite`: a code with which an administrator joins; in an empty database also the committee."""

import asyncio
import secrets
from collections.abc import Sequence

from bot.app import App
from bot.channels.http import new_session
from bot.chat import DeliveryFailure
from bot.domain.invitation import expiry, last_day
from bot.serve import Ground, ground
from bot.settings import Settings
from bot.telegram_bots import TelegramBot, known_name, start_link
from handlers.issuing import issue_admin_invitation
from storage.organisation import today

NAME_SECONDS = 5.0
"""How long Telegram is waited for: without its answer the code is as good, only the link is missing."""


async def invite_administrator(settings: Settings, *, name: str, committee: str) -> Sequence[str]:
    """Make the invitation; the lines to print. The same name again gets a new code, the unused one is void."""
    async with ground(settings) as base:
        bot = await _bot_name(base)
        app = App.build(
            database=base.database,
            clock=base.clock,
            channels=(),
            content=base.content,
            random=secrets.token_bytes,
            pepper=base.key,
            start_link=lambda code: start_link(bot, code) if bot else None,
        )
        async with base.database.write() as tx:
            code, link = await issue_admin_invitation(tx, app.house, full_name=name, committee=committee or None)
            until = last_day(expiry(today(tx)))
    lines = [f"Code:        {code}", f"Valid:       once, until the end of {until.isoformat()}"]
    if link:
        return [*lines, f"Start link:  {link}"]
    if base.accounts:
        lines.append("Start link:  not known, because Telegram does not answer now.")
    return [*lines, "The code is typed in a chat with the bot."]


async def _bot_name(base: Ground) -> str | None:
    """The name of the first Telegram bot: as it was learnt last, or asked for now."""
    name = await known_name(base.database, base.accounts)
    if name or not base.accounts:
        return name
    try:
        async with asyncio.timeout(NAME_SECONDS), new_session() as session:
            return await TelegramBot(base.accounts[0], session=session).channel.username()
    except (DeliveryFailure, TimeoutError):
        return None
