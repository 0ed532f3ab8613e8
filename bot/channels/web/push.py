"""Nudges (Web Push): a telephone is told that there is something new while the page is closed.

A nudge follows the mail into the mailbox and carries nothing: neither text nor name, so that there is nothing to
encrypt and nothing for a push service to keep. It is no delivery: the message waits in the mailbox whether it arrives
or not, so a nudge that fails is not tried again, and one that is lost with the process is lost. An address that its
push service knows no more (404, 410) is forgotten. Who has the page open is not nudged, and nobody more than once a
minute.
"""

import asyncio
import base64
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.channels.web.bell import Bell
from bot.channels.web.ports import Subscriptions

if TYPE_CHECKING:
    from py_vapid import Vapid02

log = structlog.get_logger()

TIMEOUT = aiohttp.ClientTimeout(total=15)
AT_ONCE = 8
WAITING = 1000
"""Nudges that wait at most; what comes then is dropped."""
PAUSE_SECONDS = 60.0
KEPT_SECONDS = 24 * 3600
"""How long a push service keeps a nudge for a telephone that is switched off."""
_SIGNED_SECONDS = 12 * 3600
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256: its keys are the numbers below."""


class Signature:
    """How the installation names itself to push services (VAPID): a key made of its secret key, so that nothing is to
    be kept or handed out."""

    def __init__(self, *, key: bytes, contact: str) -> None:
        number = int.from_bytes(hmac.digest(key, b"web-push", "sha256")) % (_ORDER - 1) + 1
        self._raw = base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=")
        self._contact = contact

    @cached_property
    def _vapid(self) -> "Vapid02":
        from py_vapid import Vapid02  # 9 MB that only those pay who switch nudges on

        return Vapid02.from_raw(self._raw)

    @cached_property
    def public(self) -> str:
        """The public key, as browsers want it."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def header(self, endpoint: str, *, now: datetime) -> str:
        """What shows a push service that it is us."""
        address = urlsplit(endpoint)
        claims = {
            "sub": self._contact,
            "aud": f"{address.scheme}://{address.netloc}",
            "exp": int(now.timestamp()) + _SIGNED_SECONDS,
        }
        return str(self._vapid.sign(claims)["Authorization"])


class Nudger:
    """Nudges the browsers of a chat. `may` says which addresses are push services."""

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        signature: Signature,
        session: aiohttp.ClientSession,
        bell: Bell,
        now: Callable[[], datetime],
        may: Callable[[str], bool],
    ) -> None:
        self._subscriptions = subscriptions
        self._signature = signature
        self._session = session
        self._bell = bell
        self._now = now
        self._may = may
        self._waiting: asyncio.Queue[str] = asyncio.Queue(WAITING)
        self._nudged: dict[str, float] = {}

    def nudge(self, chat: str) -> None:
        """There is something new in a chat. Returns at once."""
        now = self._now().timestamp()
        if len(self._nudged) > WAITING:
            self._nudged = {key: at for key, at in self._nudged.items() if now - at < PAUSE_SECONDS}
        if self._bell.is_open(chat) or now - self._nudged.get(chat, float("-inf")) < PAUSE_SECONDS:
            return
        try:
            self._waiting.put_nowait(chat)
        except asyncio.QueueFull:
            log.warning("nudges_dropped", waiting=WAITING)
        else:
            self._nudged[chat] = now

    async def run(self) -> None:
        """Nudge until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            chat = await self._waiting.get()
            await self.nudge_now(chat)

    async def nudge_now(self, chat: str) -> None:
        """Nudge every browser of a chat, one after the other."""
        for endpoint in await self._endpoints(chat):
            if self._may(endpoint):
                await self._one(endpoint)

    async def _endpoints(self, chat: str) -> Sequence[str]:
        return await self._subscriptions.of_chat(chat)

    async def _one(self, endpoint: str) -> None:
        headers = {
            "Authorization": self._signature.header(endpoint, now=self._now()),
            "TTL": str(KEPT_SECONDS),
            "Urgency": "normal",
            "Topic": "news",
        }
        host = urlsplit(endpoint).hostname
        try:
            async with self._session.post(endpoint, headers=headers, timeout=TIMEOUT, allow_redirects=False) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("nudge_failed", host=host, why=type(error).__name__)
            return
        if status in (404, 410):
            await self._subscriptions.gone(endpoint)
        elif status >= 300:
            log.warning("nudge_failed", host=host, status=status)
