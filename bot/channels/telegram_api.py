"""The Bot API as plain calls: JSON values in, JSON values out, and no failure but those of `bot.chat`."""

import contextlib
import json
import logging
from collections.abc import Mapping
from urllib.parse import quote

import aiohttp
import msgspec

from bot.channels.raw import an_object, loads
from bot.channels.telegram_library import (
    BadRequest,
    Bot,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from bot.channels.telegram_request import PLACEHOLDER, READ_SECONDS, WRITE_SECONDS, AiohttpRequest, Interrupted, TooMany
from bot.chat import (
    AddressBlocked,
    DeliveryFailure,
    OutcomeUnknown,
    PermanentFailure,
    RateLimited,
    TokenRefused,
    TransientFailure,
)

BASE_URL = "https://api.telegram.org"

ACKNOWLEDGE_SECONDS = 5.0
"""How long a call whose failure hurts nobody may take."""


class Conflicted(TransientFailure):
    """Somebody else fetches this bot's updates: another process with the same token, or a webhook."""


class TelegramApi:
    """One bot. python-telegram-bot builds and checks the requests; the answers stay raw, because decoding them into its
    types takes most of the time and nothing here reads them."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        token: str,
        base_url: str = BASE_URL,
        proxy: str | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        # At DEBUG the library writes down every parameter and answer: what people say, and the webhook's secret.
        logging.getLogger("telegram").setLevel(logging.WARNING)
        self._request = AiohttpRequest(session=session, token=token, proxy=proxy, read_seconds=read_seconds)
        self._bot = Bot(
            PLACEHOLDER,
            base_url=f"{base_url}/bot",
            base_file_url=f"{base_url}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._bot_url = self._bot.base_url

    @property
    def read_seconds(self) -> float:
        """How long an answer may take."""
        return self._request.read_timeout

    async def call(
        self,
        method: str,
        parameters: Mapping[str, object] | None = None,
        *,
        read_seconds: float | None = None,
        write_seconds: float = WRITE_SECONDS,
    ) -> object:
        """The result of a method of the Bot API, named as its documentation names it. Raises a `DeliveryFailure`."""
        seconds = self.read_seconds if read_seconds is None else read_seconds
        try:
            # In lower case, which the API takes as well: for names that it has methods for the library would warn.
            return await self._bot.do_api_request(
                method.lower(), dict(parameters or {}), read_timeout=seconds, write_timeout=write_seconds
            )
        except TelegramError as error:
            failure = failure_of(error)
        raise failure

    async def say(self, method: str, parameters: Mapping[str, object]) -> int:
        """Call a method that says or changes a text, and give the message's number: the same as `call` without the
        library's types, which take most of the time. Raises a `DeliveryFailure`."""
        said = await self._said(method, parameters)
        if isinstance(said, DeliveryFailure):
            # Raised here, it carries no frame that holds the answer.
            raise said
        return said

    async def _said(self, method: str, parameters: Mapping[str, object]) -> int | DeliveryFailure:
        try:
            status, payload = await self._request.post_body(f"{self._bot_url}/{method}", _encoded(parameters))
        except TelegramError as error:
            return failure_of(error)
        if 200 <= status < 300:
            number = _number(payload)
            return OutcomeUnknown("the answer names no message") if number is None else number
        return failure_of(_refused(status, payload))

    async def call_if_possible(self, method: str, parameters: Mapping[str, object]) -> None:
        """The same for what may as well fail: a typing sign, the end of a button's waiting."""
        with contextlib.suppress(DeliveryFailure):
            await self.call(method, parameters, read_seconds=ACKNOWLEDGE_SECONDS)

    async def fetch(self, file_id: str, *, limit: int) -> bytes | None:
        """A file's content; None when it has more than `limit` bytes. Raises a `DeliveryFailure`."""
        file = await self.call("getFile", {"file_id": file_id})
        path = file.get("file_path") if isinstance(file, dict) else None
        if not isinstance(path, str) or path.startswith("/"):
            raise PermanentFailure("the file has no address")
        try:
            content = await self._request.retrieve(f"{self._bot.base_file_url}/{quote(path)}")
        except TelegramError as error:
            failure = failure_of(error)
        else:
            return content if len(content) <= limit else None
        raise failure


class _Message(msgspec.Struct):
    message_id: int


class _Said(msgspec.Struct):
    ok: bool
    result: _Message


_said = msgspec.json.Decoder(_Said)


def _encoded(parameters: Mapping[str, object]) -> bytes:
    try:
        return msgspec.json.encode(parameters)
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(parameters, ensure_ascii=False).encode("utf-8", "replace")


def _number(payload: bytes) -> int | None:
    try:
        said = _said.decode(payload)
    except msgspec.DecodeError:
        pass
    else:
        if said.ok:
            return said.result.message_id
    # Odd letters, which no faster reader takes; or something else altogether.
    number = an_object(an_object(loads(payload)).get("result")).get("message_id")
    return number if isinstance(number, int) else None


def _refused(status: int, payload: bytes) -> TelegramError:
    """A refusal, as `AiohttpRequest` has cleaned it, in the library's terms."""
    description = str(an_object(loads(payload)).get("description", ""))
    match status:
        case 400:
            return BadRequest(description)
        case 401 | 404:
            return InvalidToken(description)
        case 403:
            return Forbidden(description)
        case 409:
            return Conflict(description)
        case _:
            return NetworkError(description)


def failure_of(error: TelegramError) -> DeliveryFailure:
    """What an error of the library means for a delivery.

    "Chat not found" is permanent for the message, not a block of the address: a wrong token gives the same answer for
    every chat, and an address that is marked as blocked would stay so.
    """
    match error:
        case TooMany(after=after):
            return RateLimited(after)
        case Forbidden():
            return AddressBlocked(error.message)
        case InvalidToken() | EndPointNotFound():
            return TokenRefused()
        case BadRequest() | ChatMigrated():
            return PermanentFailure(error.message)
        case Conflict():
            return Conflicted(error.message)
        case TimedOut() | Interrupted():
            return OutcomeUnknown(error.message)
        case _:
            return TransientFailure(error.message)
