"""The way to Telegram and back, on the aiohttp session that all channels share.

Two promises. What surely did not reach Telegram (`TransientFailure`) is told apart from what may have reached it
(`OutcomeUnknown`). And the token is in the address on the wire and nowhere else: aiohttp's exceptions and answers,
which hold the address, end here, frames and all; and what Telegram, or a proxy's error page, says is cleaned before it
goes further.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

import aiohttp

from bot.channels.http import ANSWER_LIMIT, NEVER_SENT, read_within
from bot.channels.raw import an_object, loads
from bot.chat import (
    AddressBlocked,
    DeliveryFailure,
    OutcomeUnknown,
    PermanentFailure,
    RateLimited,
    TokenRefused,
    TransientFailure,
)

CONNECT_SECONDS = 10.0
READ_SECONDS = 15.0
WRITE_SECONDS = 5.0

_RETRY_AFTER = 5.0
"""Seconds to wait after a 429 that does not say how long."""
_LONGEST_RETRY = 86_400.0
_REASON_LIMIT = 160
_JSON = {"Content-Type": "application/json"}
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|\b[a-z]+://\S+""", re.IGNORECASE)


class Conflicted(TransientFailure):
    """Somebody else fetches this bot's updates: another process with the same token, or a webhook."""


class TelegramRequest:
    """Requests for one bot. The session is borrowed: whoever made it closes it."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        token: str,
        base_url: str,
        proxy: str | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._session = session
        self._token = token
        self._base_url = base_url
        self._proxy = proxy
        self.read_seconds = read_seconds
        """How long an answer may take."""
        self._usual = _limits(read_seconds, WRITE_SECONDS)

    async def post(
        self,
        method: str,
        body: bytes | aiohttp.FormData,
        *,
        read_seconds: float | None = None,
        write_seconds: float = WRITE_SECONDS,
    ) -> bytes:
        """What Telegram answers to a method. Raises a `DeliveryFailure`."""
        limits = self._usual
        if read_seconds is not None or write_seconds != WRITE_SECONDS:
            limits = _limits(self.read_seconds if read_seconds is None else read_seconds, write_seconds)
        answer = await self._tried("POST", f"/bot{{}}/{method}", body, limits)
        if isinstance(answer, DeliveryFailure):
            # Raised here, it carries neither a cause nor frames, which would hold the token.
            raise answer
        return answer

    async def get(self, path: str) -> bytes:
        """A file, by the path that Telegram gave. Raises a `DeliveryFailure`."""
        answer = await self._tried("GET", f"/file/bot{{}}/{quote(path)}", None, self._usual)
        if isinstance(answer, DeliveryFailure):
            raise answer
        return answer

    async def _tried(
        self, verb: str, path: str, body: bytes | aiohttp.FormData | None, limits: aiohttp.ClientTimeout
    ) -> bytes | DeliveryFailure:
        """The answer, or why there is none. `path` has a place for the token."""
        try:
            status, payload = await self._exchange(verb, path, body, limits)
        except (RuntimeError, *NEVER_SENT) as error:  # RuntimeError: the session is closed already
            return TransientFailure(type(error).__name__)
        except TimeoutError:
            return OutcomeUnknown("no answer in time")
        except (aiohttp.ClientError, OSError) as error:
            return OutcomeUnknown(type(error).__name__)
        return payload if 200 <= status < 300 else self._refusal(status, payload)

    async def _exchange(
        self, verb: str, path: str, body: bytes | aiohttp.FormData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        async with self._session.request(
            verb,
            self._base_url + path.replace("{}", self._token, 1),
            data=body,
            headers=_JSON if isinstance(body, bytes) else None,
            proxy=self._proxy,
            timeout=limits,
            allow_redirects=False,  # a redirect would carry the token elsewhere
        ) as response:
            return response.status, await read_within(response, ANSWER_LIMIT)

    def _refusal(self, status: int, payload: bytes) -> DeliveryFailure:
        """What a refusal means. One that is not Telegram's own (a proxy, a provider's block page) is trouble on the way
        whatever its number: a page with 403 must not mark somebody as gone.

        "Chat not found" is permanent for the message, not a block of the address: a wrong token gives the same answer
        for every chat, and an address that is marked as blocked would stay so.
        """
        answer = an_object(loads(payload))
        description = answer.get("description")
        if status == 429:
            return RateLimited(_retry_after(answer))
        if status == 413:
            return PermanentFailure("too large")
        if answer.get("ok") is not False or not isinstance(description, str):
            return TransientFailure(f"HTTP {status}")
        why = self._clean(description)
        match status:
            case 400:
                return PermanentFailure(why)
            case 401 | 404:
                return TokenRefused()
            case 403:
                return AddressBlocked(why)
            case 409:
                return Conflicted(why)
            case _:
                return TransientFailure(why)

    def _clean(self, words: str) -> str:
        return _QUOTED.sub("…", words.replace(self._token, "…"))[:_REASON_LIMIT]


def _limits(read: float, write: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=CONNECT_SECONDS + write + read, connect=CONNECT_SECONDS, sock_read=read)


def _retry_after(answer: Mapping[str, object]) -> float:
    after = an_object(answer.get("parameters")).get("retry_after")
    if isinstance(after, bool) or not isinstance(after, int | float) or not after > 0:
        return _RETRY_AFTER
    return float(min(after, _LONGEST_RETRY))
