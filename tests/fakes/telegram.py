"""A Telegram of our own on a loopback socket, for adapters in this process and for the whole program in another.

It keeps what the real one keeps: updates stay until a `getUpdates` asks for a higher offset, or the webhook answers
2xx; messages have numbers, limits and refusals; a second poll ends the first. Every call is recorded with its time,
and any of them can be made to fail (`fail`).
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.fakes.telegram_bot import CANONICAL, FakeBot
from tests.fakes.telegram_chats import Shown, Upload
from tests.fakes.telegram_faults import NOT_FOUND, UNAUTHORIZED, Fault, Refusal, refusing

TOKEN = "123456789:AAFakeTokenOfTheTestsThatNobodyMaySee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the Bot API. `at` is the event loop's time; `failed` that a fault was answered."""

    at: float
    method: str
    params: dict[str, Any]
    upload: Upload | None
    failed: bool


class FakeTelegram(FakeBot):
    """One bot's server. `async with FakeTelegram() as telegram:` or `start()` and `stop()`."""

    def __init__(self, *, token: str = TOKEN, username: str = "bon_tot_bot") -> None:
        super().__init__(username=username)
        self.token = token
        self.calls: list[Call] = []
        self.port = 0
        self._faults: list[tuple[str, Fault, int | None, list[int]]] = []
        self._stack = AsyncExitStack()

    async def start(self, *, port: int = 0) -> None:
        """Listen on loopback, on any free port unless one is named."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._called)
        app.router.add_get("/file/bot{token}/{path:.+}", self._downloaded)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self.port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Let go of every call that hangs, and close."""
        self.stopped.set()
        self.updates.arrived.set()
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The server's address, as the setting `base_url` wants it."""
        return f"http://127.0.0.1:{self.port}"

    # ------------------------------------------------------------------------------ for the test

    def fail(self, method: str, fault: Fault | Refusal, *, times: int = 1, chat: int | None = None) -> None:
        """Answer the next `times` calls of `method` (of one chat, if named) with a fault."""
        if isinstance(fault, Refusal):
            fault = Fault(status=fault.status, body=fault.body())
        self._faults.append((method, fault, chat, [times]))

    def called(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

    def heard(self, chat: int) -> list[Shown]:
        """What stands in a person's chat, oldest first."""
        return self.chats.shown(chat)

    async def until(self, true: Callable[[], object], *, seconds: float = 20.0) -> None:
        """Wait until something is true; looked at after every call. A test that waits too long fails."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: bool(true()))

    async def deliver(self) -> list[int]:
        """Push what waits to the webhook, once each and in order; the statuses. What gets 2xx is confirmed, and a
        call that stands in the answer is carried out."""
        statuses = []
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        async with aiohttp.ClientSession(headers=headers) as session:
            for number, update in sorted(self.updates.waiting.items()):
                async with session.post(self.webhook["url"], json=update) as answer:
                    statuses.append(answer.status)
                    body = await answer.read()
                if 200 <= statuses[-1] < 300:
                    del self.updates.waiting[number]
                    self.updates.confirmed.append(number)
                    if body:
                        params = json.loads(body)
                        await self._record(params.pop("method"), params, None)
        return statuses

    # -------------------------------------------------------------------------------- the server

    async def _called(self, request: web.Request) -> web.StreamResponse:
        method = CANONICAL.get(request.match_info["method"].lower())
        if request.match_info["token"] != self.token:
            return _response(Fault(status=UNAUTHORIZED.status, body=UNAUTHORIZED.body()))
        if method is None:
            return _response(Fault(status=NOT_FOUND.status, body=NOT_FOUND.body()))
        params, upload = await _read(request)
        answer = await self._record(method, params, upload)
        if answer.then == "hang":
            await self.stopped.wait()
        if answer.then != "answer" and request.transport is not None:
            request.transport.abort()
        return _response(answer)

    async def _record(self, method: str, params: dict[str, Any], upload: Upload | None) -> Fault:
        """Write the call down and carry it out; the answer, or the fault in its place."""
        fault = self._fault(method, params)
        at = asyncio.get_running_loop().time()
        self.calls.append(Call(at=at, method=method, params=params, upload=upload, failed=fault is not None))
        answer = fault
        if fault is None or fault.done:
            done = await self._done(method, params, upload)
            answer = fault or done
        async with self.changed:
            self.changed.notify_all()
        assert answer is not None
        return answer

    async def _done(self, method: str, params: dict[str, Any], upload: Upload | None) -> Fault:
        try:
            return Fault(status=200, body={"ok": True, "result": await self.do(method, params, upload)})
        except Refusal as refusal:
            return Fault(status=refusal.status, body=refusal.body())
        except KeyError as missing:
            return refusing(400, f"Bad Request: {missing.args[0]} is empty")

    def _fault(self, method: str, params: dict[str, Any]) -> Fault | None:
        for wanted, fault, chat, left in self._faults:
            if wanted == method and left[0] > 0 and chat in (None, params.get("chat_id")):
                left[0] -= 1
                return fault
        return None

    async def _downloaded(self, request: web.Request) -> web.Response:
        known = dict(self.updates.files.values())
        content = known.get(request.match_info["path"])
        if request.match_info["token"] != self.token or content is None:
            return web.Response(status=404)
        return web.Response(body=content)


async def _read(request: web.Request) -> tuple[dict[str, Any], Upload | None]:
    """The parameters, whichever of Telegram's four ways they came in, and the file."""
    upload = None
    fields: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        return fields | await request.json(), None
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            upload = Upload(value.filename, value.content_type, value.file.read())
        else:
            fields[name] = value
    for name, value in fields.items():
        if name not in ("text", "caption"):
            with suppress(ValueError):
                fields[name] = json.loads(value)
    return fields, upload


def _response(answer: Fault) -> web.Response:
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    return web.Response(status=answer.status, text=text, headers=answer.headers, content_type="application/json")
