"""Our own page of an installation, wired: the channel of the account `web`, its addresses, and who is nudged.

It is always there for the sender once it is switched on; nothing outside need be within reach. What only the page
needs (templates, forms, streams) is loaded when there is one.
"""

from collections.abc import Coroutine, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from starlette.applications import Starlette

from bot.app import App
from bot.channels.web.bell import Bell
from bot.channels.web.channel import WebChannel
from bot.channels.web.ports import Command
from bot.channels.web.push import Nudger, Signature
from bot.chat import Address
from bot.clock import Clock
from bot.domain.page import ACCOUNT, Patience
from bot.menus import menu_of
from bot.settings import WebSettings
from storage.database import Database
from storage.mailbox import StoredMailbox
from storage.page_subscriptions import StoredSubscriptions


class OwnPage:
    """The page, with the settings it was made from: `page` is on, and `public_url` is set."""

    def __init__(
        self,
        settings: WebSettings,
        *,
        database: Database,
        clock: Clock,
        key: bytes,
        session: aiohttp.ClientSession,
    ) -> None:
        from bot.channels.web.machines import is_push_service

        self._settings = settings
        self._clock = clock
        self._key = key
        self.patience = patience_of(settings)
        self.bell = Bell()
        self._mailbox = StoredMailbox(database, account=ACCOUNT)
        self._subscriptions = StoredSubscriptions(database, account=ACCOUNT, idle=self.patience.idle)
        self._nudger: Nudger | None = None
        self._push_key: str | None = None
        if settings.push_contact is not None:
            signature = Signature(key=key, contact=settings.push_contact)
            self._push_key = signature.public
            self._nudger = Nudger(
                subscriptions=self._subscriptions,
                signature=signature,
                session=session,
                bell=self.bell,
                now=clock.now,
                may=partial(is_push_service, hosts=settings.push_services),
            )
        nudge = self._nudger.nudge if self._nudger else None
        self.channel = WebChannel(mailbox=self._mailbox, bell=self.bell, nudge=nudge)

    @property
    def address(self) -> str:
        """How people reach it."""
        return address_of(self._settings)

    def web(self, app: App) -> Starlette:
        """Its addresses."""
        from bot.channels.web.service import Service, service_app
        from handlers.page_gate import PageGate

        parts = urlsplit(self.address)
        service = Service(
            gate=PageGate(database=app.database, house=app.house, wake=app.sender.wake),
            mailbox=self._mailbox,
            handle=app.router.handle,
            wants_file=app.router.wants_file,
            menus=partial(_menu, app),
            bell=self.bell,
            subscriptions=self._subscriptions,
            now=self._clock.now,
            key=self._key,
            longest=self.patience.longest,
            hosts=[parts.hostname or ""],
            secure=parts.scheme == "https",
            push_key=self._push_key,
            push_hosts=self._settings.push_services,
        )
        return service_app(service)

    def tasks(self) -> Sequence[Coroutine[Any, Any, Any]]:
        """What runs for it until the program stops."""
        return () if self._nudger is None else (self._nudger.run(),)


def address_of(settings: WebSettings) -> str:
    """How people reach the page; "" when it is off."""
    return settings.public_url.rstrip("/") if settings.page and settings.public_url else ""


def patience_of(settings: WebSettings) -> Patience:
    """How long a browser stays signed in."""
    return Patience(idle=timedelta(days=settings.page_idle_days), longest=timedelta(days=settings.page_days))


async def _menu(app: App, chat: str) -> Sequence[Command]:
    async with app.database.read() as tx:
        listed = await menu_of(tx, app.registry, Address(ACCOUNT, chat))
    return [Command(f"/{name}", does) for name, does in listed]
