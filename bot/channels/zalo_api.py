"""The Zalo Bot Platform as plain calls: JSON values in, JSON values out, and no failure but those of `bot.chat`.

Whether a call has succeeded is said by `ok` in the answer, not by the HTTP status: Zalo refuses with 200. And the
token, which is part of every address, is in the address on the wire and nowhere else: aiohttp's exceptions and answers,
which hold it, end here, frames and all, and of what Zalo or a proxy says only the number goes further.
"""

import contextlib
import json
from collections.abc import Mapping

import aiohttp
from aiohttp.http import SERVER_SOFTWARE
from yarl import URL

from bot.channels.http import NEVER_SENT, read_within, target_of, why_not
from bot.channels.origin import Target
from bot.channels.raw import an_object, loads
from bot.chat import (
    DeliveryFailure,
    OutcomeUnknown,
    PermanentFailure,
    QuotaExhausted,
    RateLimited,
    TokenRefused,
    TransientFailure,
)

BASE_URL = "https://bot-api.zaloplatforms.com"
READ_SECONDS = 15.0
CONNECT_SECONDS = 10.0
ACKNOWLEDGE_SECONDS = 5.0
"""How long a call whose failure hurts nobody may take."""
ANSWER_LIMIT = 1024 * 1024
"""Bytes that an answer may have, far above anything that Zalo sends."""

_THROTTLED_SECONDS = 5.0
_AGENT = SERVER_SOFTWARE


class NoAnswerYet(OutcomeUnknown):
    """408: Zalo itself has waited long enough. For `getUpdates` it means that nobody has said anything."""


class ZaloApi:
    """One bot. The session is borrowed: whoever made it closes it."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        token: str,
        base_url: str = BASE_URL,
        proxy: str | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._session = session
        self._token = token
        self._base_url = base_url
        self._proxy = proxy
        self.read_seconds = read_seconds
        self._targets: dict[str, Target | None] = {}

    async def call(
        self, method: str, parameters: Mapping[str, object] | None = None, *, read_seconds: float | None = None
    ) -> object:
        """The result of a method, named as Zalo's documentation names it. Raises a `DeliveryFailure`."""
        seconds = self.read_seconds if read_seconds is None else read_seconds
        failure, result = await self._tried(method, dict(parameters or {}), seconds)
        if failure is not None:
            # Raised here, it carries neither a cause nor frames, which would hold the token.
            raise failure
        return result

    async def call_if_possible(self, method: str, parameters: Mapping[str, object]) -> None:
        """The same for what may as well fail: a typing sign."""
        with contextlib.suppress(DeliveryFailure):
            await self.call(method, parameters, read_seconds=ACKNOWLEDGE_SECONDS)

    async def _tried(
        self, method: str, parameters: Mapping[str, object], seconds: float
    ) -> tuple[DeliveryFailure | None, object]:
        """Why it failed, or None and the result."""
        try:
            status, payload = await self._exchange(method, parameters, seconds)
        except (RuntimeError, *NEVER_SENT) as error:  # RuntimeError: the session is closed already
            return TransientFailure(why_not(error)), None
        except TimeoutError:
            return OutcomeUnknown("no answer in time"), None
        except (aiohttp.ClientError, OSError) as error:
            return OutcomeUnknown(why_not(error)), None
        answer = an_object(loads(payload))
        if answer.get("ok") is True:
            return None, answer.get("result")
        return failure_of(answer, status), None

    async def _exchange(self, method: str, parameters: Mapping[str, object], seconds: float) -> tuple[int, bytes]:
        body = json.dumps(parameters, ensure_ascii=False).encode("utf-8", "replace")
        if method not in self._targets:
            self._targets[method] = None if self._proxy else target_of(self._session, self._url(method), agent=_AGENT)
        target = self._targets[method]
        if target is not None:
            return await target.origin.ask(target, body, seconds=seconds, limit=ANSWER_LIMIT)
        async with self._session.post(
            URL(self._url(method)),
            data=body,
            headers={"Content-Type": "application/json"},
            proxy=self._proxy,
            timeout=aiohttp.ClientTimeout(total=CONNECT_SECONDS + seconds, connect=CONNECT_SECONDS, sock_read=seconds),
            allow_redirects=False,  # a redirect would carry the token elsewhere
        ) as response:
            return response.status, await read_within(response, ANSWER_LIMIT)

    def _url(self, method: str) -> str:
        return f"{self._base_url}/bot{self._token}/{method}"


def failure_of(answer: Mapping[str, object], status: int) -> DeliveryFailure:
    """What an answer without `ok` means for a delivery; `status` is that of HTTP."""
    if answer.get("ok") is False and (code := _code(answer)) is not None:
        return _refusal(code)
    return _strange(status)


def _refusal(code: int) -> DeliveryFailure:
    """Zalo's own word. 403 is "internal server error" there, not a block, and passes; 429 is the end of the month's
    messages, not of the second's."""
    why = f"Zalo answered {code}"
    match code:
        case 401:
            return TokenRefused()
        case 408:
            return NoAnswerYet(why)
        case 504:
            return OutcomeUnknown(why)
        case 429:
            return QuotaExhausted(why)
        case 403:
            return TransientFailure(why)
        case _ if code >= 500:
            return TransientFailure(why)
        case _:
            return PermanentFailure(why)


def _strange(status: int) -> DeliveryFailure:
    """Not in Zalo's form: a proxy or a provider stands between, and that passes."""
    why = f"HTTP {status}"
    match status:
        case 200 | 408 | 504:
            return OutcomeUnknown(f"{why}, not in Zalo's form")
        case 429:
            return RateLimited(_THROTTLED_SECONDS)
        case 413:
            return PermanentFailure(why)
        case _:
            return TransientFailure(why)


def _code(answer: Mapping[str, object]) -> int | None:
    code = answer.get("error_code")
    if isinstance(code, str) and code.isascii() and code.isdecimal():
        code = int(code[:9])
    return code if type(code) is int else None
