"""python-telegram-bot's way out of the house, on the HTTP client that all channels share.

Two promises. What surely did not reach Telegram (`NotSent`) is told apart from what may have reached it (`TimedOut`,
`Interrupted`). And the token is in the address on the wire and nowhere else: the library is given `PLACEHOLDER` in its
place, so that whatever it logs or raises holds nothing secret; aiohttp's exceptions and answers, which hold the true
address, end here, frames and all; and what Telegram, or a proxy's error page, says is cleaned before it goes further.
"""

import io
import json
import re
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp

from bot.channels.http import ANSWER_LIMIT, NEVER_SENT, read_within, target_of, why_not
from bot.channels.origin import Target
from bot.channels.raw import loads
from bot.channels.telegram_library import BaseRequest, NetworkError, RequestData, TelegramError, TimedOut

PLACEHOLDER = "<token>"
"""What the library takes for the token."""

CONNECT_SECONDS = 10.0
READ_SECONDS = 15.0
WRITE_SECONDS = 5.0

_RETRY_AFTER = 5.0
"""Seconds to wait after a 429 that does not say how long."""
_LONGEST_RETRY = 86_400.0
_REASON_LIMIT = 160
_JSON = {"User-Agent": BaseRequest.USER_AGENT, "Content-Type": "application/json"}
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|\b[a-z]+://\S+""", re.IGNORECASE)
_BAD_REQUEST = 400
_BAD_GATEWAY = 502
_TOO_MANY = 429
_TOO_LARGE = 413


class NotSent(NetworkError):
    """No connection was made: Telegram surely has not seen the request."""


class Interrupted(NetworkError):
    """The request was written and no answer that can be understood came back."""


class TooMany(TelegramError):
    """429: the whole account waits `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many requests, retry after {after:g} s")
        self.after = after


class AiohttpRequest(BaseRequest):
    """The library's requests for one bot. The session is borrowed: whoever made it closes it."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        token: str,
        proxy: str | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._session = session
        self._token = token
        self._proxy = proxy
        self._read_seconds = read_seconds
        self._usual = self._limits(connect=None, write=None, read=None)
        self._targets: dict[str, Target | None] = {}

    @property
    def read_timeout(self) -> float:
        return self._read_seconds

    async def initialize(self) -> None:
        """Nothing to do: the session is open."""

    async def shutdown(self) -> None:
        """Nothing to do: the session is somebody else's."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. Raises `NotSent`, `TimedOut`, `Interrupted` or `TooMany`; a refusal is returned clean."""
        limits = self._limits(connect=connect_timeout, write=write_timeout, read=read_timeout)
        data, headers = _body(request_data)
        return await self._tried(self._exchange(method, url, data, headers, limits))

    async def post_body(self, url: str, body: bytes) -> tuple[int, bytes]:
        """The same for a body of JSON that is made already, within the usual time: by `bot.channels.origin`, unless
        there is a proxy on the way."""
        try:
            target = self._targets[url]
        except KeyError:
            target = self._targets[url] = self._target(url)
        if target is None:
            return await self._tried(self._exchange("POST", url, body, _JSON, self._usual))
        return await self._tried(target.origin.ask(target, body, seconds=self._read_seconds, limit=ANSWER_LIMIT))

    def _target(self, url: str) -> Target | None:
        if self._proxy is not None:
            return None
        return target_of(self._session, url.replace(PLACEHOLDER, self._token), agent=BaseRequest.USER_AGENT)

    async def _tried(self, exchange: Awaitable[tuple[int, bytes]]) -> tuple[int, bytes]:
        failure: TelegramError
        try:
            status, payload = await exchange
        except (RuntimeError, *NEVER_SENT) as error:  # RuntimeError: the session is closed already
            failure = NotSent(why_not(error))
        except TimeoutError:
            failure = TimedOut("no answer in time")
        except (aiohttp.ClientError, OSError) as error:
            failure = Interrupted(why_not(error))
        else:
            return self._judged(status, payload)
        # Raised out here, it carries neither the cause nor its frames, which hold the token.
        raise failure

    async def _exchange(
        self,
        method: str,
        url: str,
        data: aiohttp.FormData | bytes | None,
        headers: Mapping[str, str],
        limits: aiohttp.ClientTimeout,
    ) -> tuple[int, bytes]:
        async with self._session.request(
            method,
            url.replace(PLACEHOLDER, self._token),
            data=data,
            headers=headers,
            proxy=self._proxy,
            timeout=limits,
            allow_redirects=False,  # a redirect would carry the token elsewhere
        ) as response:
            return response.status, await read_within(response, ANSWER_LIMIT)

    def _limits(self, *, connect: object, write: object, read: object) -> aiohttp.ClientTimeout:
        connects, writes, reads = (
            float(given) if isinstance(given, int | float) else usual
            for given, usual in ((connect, CONNECT_SECONDS), (write, WRITE_SECONDS), (read, self._read_seconds))
        )
        return aiohttp.ClientTimeout(total=connects + writes + reads, connect=connects, sock_read=reads)

    def _judged(self, status: int, payload: bytes) -> tuple[int, bytes]:
        """A refusal keeps nothing but its words. One that is not Telegram's own (a proxy, a provider's block page) is
        trouble on the way whatever its number: a page with 403 must not mark somebody as gone."""
        if 200 <= status < 300:
            return status, payload
        answer = loads(payload)
        answer = answer if isinstance(answer, dict) else {}
        if status == _TOO_MANY:
            raise TooMany(_retry_after(answer))
        if status == _TOO_LARGE:
            return _BAD_REQUEST, _refusal("too large")
        description = answer.get("description")
        if answer.get("ok") is not False or not isinstance(description, str):
            return _BAD_GATEWAY, _refusal(f"HTTP {status}")
        return status, _refusal(self._clean(description))

    def _clean(self, words: str) -> str:
        return _QUOTED.sub("…", words.replace(self._token, "…"))[:_REASON_LIMIT]

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer. The library's own version logs what it cannot read; an answer without a result has None."""
        answer = loads(payload)
        if not isinstance(answer, dict):
            raise Interrupted("the answer is not JSON")
        return {"result": None, **answer}


def _refusal(description: str) -> bytes:
    return json.dumps({"ok": False, "description": description}).encode()


def _retry_after(answer: dict[str, Any]) -> float:
    parameters = answer.get("parameters")
    after = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if isinstance(after, bool) or not isinstance(after, int | float) or not after > 0:
        return _RETRY_AFTER
    return float(min(after, _LONGEST_RETRY))


def _body(request_data: RequestData | None) -> tuple[aiohttp.FormData | bytes | None, Mapping[str, str]]:
    headers = {"User-Agent": BaseRequest.USER_AGENT}
    if request_data is None:
        return None, headers
    if not request_data.contains_files:
        body = json.dumps(request_data.parameters, ensure_ascii=False).encode("utf-8", "replace")
        return body, _JSON
    # Telegram reads file names as they are, not percent-encoded.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime) in request_data.multipart_data.items():
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=file_name, content_type=mime)
    return form, headers
