"""A Telegram of the bench: takes what is said, gives each message its number, and tells whoever waits in that chat.

It keeps the limit of the real one when it is given one: what comes beyond it in any second is answered with 429.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from bench.wire import port_of, serve

TOKEN = "123456789:AATokenOfTheBenchThatNobodyNeedsToHide"
ME = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
START_SECONDS = 60.0
SAYING = frozenset({"sendmessage", "editmessagetext"})


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it stands in a chat."""

    id: int
    text: str
    buttons: tuple[tuple[str, str], ...]

    def data_of(self, label: str) -> str | None:
        """What the button with this label carries."""
        return next((data for name, data in self.buttons if name == label), None)


@dataclass(slots=True)
class Messenger:
    """The server of one bot. `times` are the instants of all that was said, by `perf_counter`."""

    limit: int | None = None
    times: list[float] = field(default_factory=list)
    refused: int = 0
    webhook: str = ""
    _waits: dict[int, asyncio.Future[Said]] = field(default_factory=dict)
    _second: deque[float] = field(default_factory=deque)
    _server: asyncio.Server | None = None
    _heard: tuple[int, asyncio.Event] | None = None
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> "Messenger":
        self._server = await serve(self._called)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def url(self) -> str:
        """Its address, as the setting `base_url` wants it."""
        assert self._server is not None
        return f"http://127.0.0.1:{port_of(self._server)}"

    def next_in(self, chat: int) -> asyncio.Future[Said]:
        """The next message in a chat."""
        self._waits[chat] = asyncio.get_running_loop().create_future()
        return self._waits[chat]

    async def heard(self, messages: int) -> None:
        """Wait until so many messages were said."""
        if len(self.times) < messages:
            self._heard = (messages, asyncio.Event())
            await self._heard[1].wait()

    async def knows_webhook(self) -> None:
        """Wait until the bot has told its webhook."""
        async with asyncio.timeout(START_SECONDS):
            await self._told.wait()

    # -------------------------------------------------------------------------------- the server

    def _called(self, path: str, head: bytes, body: bytes) -> tuple[int, bytes]:
        method = path.rpartition("/")[2].partition("?")[0].lower()
        if method in SAYING:
            return self._say(_params(head, body))
        if method == "setwebhook":
            self.webhook = str(_params(head, body).get("url", ""))
            self._told.set()
        return 200, msgspec.json.encode({"ok": True, "result": ME if method == "getme" else True})

    def _say(self, params: Mapping[str, Any]) -> tuple[int, bytes]:
        now = perf_counter()
        if self.limit is not None and not self._lets(now, self.limit):
            self.refused += 1
            told = {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests",
                "parameters": {"retry_after": 1},
            }
            return 429, msgspec.json.encode(told)
        self.times.append(now)
        chat = int(params["chat_id"])
        said = Said(int(params.get("message_id") or len(self.times)), str(params["text"]), _buttons(params))
        waits = self._waits.pop(chat, None)
        if waits is not None and not waits.done():
            waits.set_result(said)
        if self._heard is not None and len(self.times) >= self._heard[0]:
            self._heard[1].set()
        message = {"message_id": said.id, "from": ME, "chat": {"id": chat, "type": "private"}, "date": 1_700_000_000}
        return 200, msgspec.json.encode({"ok": True, "result": message | {"text": said.text}})

    def _lets(self, now: float, limit: int) -> bool:
        while self._second and self._second[0] <= now - 1.0:
            self._second.popleft()
        if len(self._second) >= limit:
            return False
        self._second.append(now)
        return True


def _params(head: bytes, body: bytes) -> Mapping[str, Any]:
    """The parameters, as JSON or as a form."""
    if body.startswith(b"{"):
        found = msgspec.json.decode(body)
        assert isinstance(found, dict)
        return found
    assert b"multipart/" not in head, "the load reads no multipart forms"
    return dict(parse_qsl(body.decode()))


def _buttons(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    markup = params.get("reply_markup") or {}
    rows = msgspec.json.decode(markup) if isinstance(markup, str) else markup
    return tuple((one["text"], one.get("callback_data", "")) for row in rows.get("inline_keyboard", ()) for one in row)
