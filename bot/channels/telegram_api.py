"""The Bot API as plain calls: JSON values in, JSON values out, and no failure but those of `bot.chat`."""

import contextlib
import io
import json
from collections.abc import Mapping

import aiohttp
import msgspec

from bot.channels.raw import an_object, loads
from bot.channels.telegram_request import READ_SECONDS, TelegramRequest
from bot.chat import DeliveryFailure, File, OutcomeUnknown, PermanentFailure

BASE_URL = "https://api.telegram.org"

ACKNOWLEDGE_SECONDS = 5.0
"""How long a call whose failure hurts nobody may take."""


class TelegramApi:
    """One bot."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        token: str,
        base_url: str = BASE_URL,
        proxy: str | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._request = TelegramRequest(
            session=session, token=token, base_url=base_url, proxy=proxy, read_seconds=read_seconds
        )

    @property
    def read_seconds(self) -> float:
        """How long an answer may take."""
        return self._request.read_seconds

    async def call(
        self, method: str, parameters: Mapping[str, object] | None = None, *, read_seconds: float | None = None
    ) -> object:
        """The result of a method of the Bot API, named as its documentation names it. Raises a `DeliveryFailure`."""
        result = _result(await self._request.post(method, _encoded(parameters or {}), read_seconds=read_seconds))
        if isinstance(result, DeliveryFailure):
            # Raised here, it carries no frame that holds the answer.
            raise result
        return result

    async def say(self, method: str, parameters: Mapping[str, object]) -> int:
        """Call a method that says or changes a text, and give the message's number. Raises a `DeliveryFailure`."""
        number = _number(await self._request.post(method, _encoded(parameters)))
        if number is None:
            raise OutcomeUnknown("the answer names no message")
        return number

    async def upload(
        self, method: str, parameters: Mapping[str, object], *, name: str, file: File, seconds: float
    ) -> int:
        """The same for a method that says a file, which is the parameter of this name and may take so long to go up."""
        form = _form(parameters, name=name, file=file)
        number = _number(await self._request.post(method, form, write_seconds=seconds))
        if number is None:
            raise OutcomeUnknown("the answer names no message")
        return number

    async def call_if_possible(self, method: str, parameters: Mapping[str, object]) -> None:
        """Call a method that may as well fail: a typing sign, the end of a button's waiting."""
        with contextlib.suppress(DeliveryFailure):
            await self.call(method, parameters, read_seconds=ACKNOWLEDGE_SECONDS)

    async def fetch(self, file_id: str, *, limit: int) -> bytes | None:
        """A file's content; None when it has more than `limit` bytes. Raises a `DeliveryFailure`."""
        path = an_object(await self.call("getFile", {"file_id": file_id})).get("file_path")
        if not isinstance(path, str) or path.startswith("/"):
            raise PermanentFailure("the file has no address")
        content = await self._request.get(path)
        return content if len(content) <= limit else None


class _Message(msgspec.Struct):
    message_id: int


class _Said(msgspec.Struct):
    ok: bool
    result: _Message


_said = msgspec.json.Decoder(_Said)


def _encoded(parameters: Mapping[str, object]) -> bytes:
    """As JSON. A parameter that is None is not given."""
    given = {name: value for name, value in parameters.items() if value is not None}
    try:
        return msgspec.json.encode(given)
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(given, ensure_ascii=False).encode("utf-8", "replace")


def _form(parameters: Mapping[str, object], *, name: str, file: File) -> aiohttp.FormData:
    """As a form, which is how a file goes up: text as it is, everything else as JSON."""
    # Telegram reads file names as they are, not percent-encoded.
    form = aiohttp.FormData(quote_fields=False)
    for key, value in parameters.items():
        if value is not None:
            text = value if isinstance(value, str) else json.dumps(value)
            form.add_field(key, text.encode("utf-8", "replace").decode("utf-8"))
    form.add_field(name, io.BytesIO(file.content), filename=file.name, content_type=file.mime)
    return form


def _result(payload: bytes) -> object:
    """What the answer says; a failure if it is none of Telegram's."""
    answer = loads(payload)
    return answer.get("result") if isinstance(answer, dict) else OutcomeUnknown("the answer is not JSON")


def _number(payload: bytes) -> int | None:
    """The number of the message that was said."""
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
