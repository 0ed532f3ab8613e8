"""A Zalo Bot Platform of our own on a loopback socket, for adapters in this process and for the whole program.

It keeps what is known of the real one: refusals come with HTTP 200; `getUpdates` hands out one update, once, or says
408; there are no buttons, no edits and no files; a text has 1 to 2,000 characters; a webhook is called until it answers
2xx. Every call is recorded with its time, and any of them can be made to fail (`fail`).
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.fakes.zalo_faults import NOT_FOUND, NOTHING_YET, UNAUTHORIZED, Fault, Refusal
from tests.fakes.zalo_updates import Shape, Updates, shaped

TOKEN = "1234567890123456789:FakeZaloTokenOfTheTestsThatNobodyMaySee"
HEADER = "X-Bot-Api-Secret-Token"
TEXT_LIMIT = 2000
_POLL_LIMIT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. `at` is the event loop's time; `failed` that a fault was answered."""

    at: float
    method: str
    params: dict[str, Any]
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message of the bot in a person's chat. A `photo` is an address, and the text is its caption."""

    id: str
    chat: str
    text: str
    photo: str | None = None


class FakeZalo:
    """One bot's server. `async with FakeZalo() as zalo:` or `start()` and `stop()`. `quota`: how many messages it still
    takes this month; None: any number."""

    def __init__(self, *, token: str = TOKEN, name: str = "bot.BonTot") -> None:
        self.token = token
        self.name = name
        self.updates = Updates()
        self.calls: list[Call] = []
        self.shown: list[Shown] = []
        self.webhook: dict[str, Any] = {}
        self.quota: int | None = None
        self.port = 0
        self.changed = asyncio.Condition()
        self.stopped = asyncio.Event()
        self._faults: list[tuple[str, Fault, str | None, list[int]]] = []
        self._stack = AsyncExitStack()

    async def start(self, *, port: int = 0) -> None:
        """Listen on loopback, on any free port unless one is named."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._called)
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

    def fail(self, method: str, fault: Fault, *, times: int = 1, chat: str | None = None) -> None:
        """Answer the next `times` calls of `method` (of one chat, if named) with a fault."""
        self._faults.append((method, fault, chat, [times]))

    def called(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

    def heard(self, chat: str) -> list[str]:
        """What a person was told, oldest first."""
        return [one.text for one in self.shown if one.chat == chat]

    async def until(self, true: Callable[[], object], *, seconds: float = 20.0) -> None:
        """Wait until something is true; looked at after every call. A test that waits too long fails."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: bool(true()))

    async def deliver(self, *, shape: Shape = "flat") -> list[int]:
        """Push what waits to the webhook, once each and in order; the statuses. What gets 2xx is gone, the rest stays
        and comes again with the next call."""
        statuses, kept = [], []
        for update in list(self.updates.waiting):
            self.updates.waiting.popleft()
            statuses.append(await self.post(shaped(update, shape)))
            if not 200 <= statuses[-1] < 300:
                kept.append(update)
        self.updates.waiting.extendleft(reversed(kept))
        return statuses

    async def post(self, body: object, *, headers: Mapping[str, str] | None = None) -> int:
        """One request to the webhook, with the secret unless other headers are given; the status."""
        if headers is None:
            headers = {HEADER: self.webhook["secret_token"]}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                self.webhook["url"], data=data, headers={"Content-Type": "application/json", **headers}
            ) as answer,
        ):
            return answer.status

    # -------------------------------------------------------------------------------- the server

    async def _called(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _response(UNAUTHORIZED)
        params = await request.json() if request.can_read_body else dict(request.query)
        answer = await self._record(request.match_info["method"], params)
        if answer.then == "hang":
            await self.stopped.wait()
        if answer.then != "answer" and request.transport is not None:
            request.transport.abort()
        return _response(answer)

    async def _record(self, method: str, params: dict[str, Any]) -> Fault:
        """Write the call down and carry it out; the answer, or the fault in its place."""
        fault = self._fault(method, params)
        at = asyncio.get_running_loop().time()
        self.calls.append(Call(at=at, method=method, params=params, failed=fault is not None))
        await self._tell()
        answer = fault
        if fault is None or fault.done:
            done = await self._done(method, params)
            answer = fault or done
        await self._tell()
        assert answer is not None
        return answer

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def _done(self, method: str, params: dict[str, Any]) -> Fault:
        try:
            return Fault(status=200, body={"ok": True, "result": await self.do(method, params)})
        except Refusal as refusal:
            return Fault(status=200, body=refusal.body())
        except LookupError:
            return NOT_FOUND
        except TimeoutError:
            return NOTHING_YET

    async def do(self, method: str, params: dict[str, Any]) -> object:
        """Carry a call out; its result. Raises what the answer makes a refusal of."""
        match method:
            case "getMe":
                return {
                    "id": "1459232241454765289",
                    "account_name": self.name,
                    "account_type": "BASIC",
                    "can_join_groups": False,
                }
            case "getUpdates":
                return await self._next_update(params)
            case "sendMessage":
                return self._say(params, params.get("text"))
            case "sendPhoto":
                if not str(params.get("photo", "")).startswith(("http://", "https://")):
                    raise Refusal(400, "photo must be an address")
                return self._say(params, params.get("caption") or "…", photo=params["photo"])
            case "sendChatAction" if params.get("action") == "typing":
                return True
            case "setWebhook":
                return self._set_webhook(params)
            case "deleteWebhook":
                self.webhook = {}
                return self.webhook
            case "getWebhookInfo":
                return {"url": self.webhook.get("url", ""), "updated_at": 1_749_538_250_568}
            case _:
                raise LookupError(method)

    async def _next_update(self, params: dict[str, Any]) -> object:
        if self.webhook:
            raise Refusal(400, "a webhook is set")
        if not isinstance(params.get("timeout"), str):
            raise Refusal(400, "timeout must be a text")
        async with asyncio.timeout(min(float(params["timeout"]), _POLL_LIMIT)):
            while not self.updates.waiting:
                if self.stopped.is_set():
                    raise TimeoutError
                self.updates.arrived.clear()
                await self.updates.arrived.wait()
        return self.updates.waiting.popleft()

    def _say(self, params: dict[str, Any], text: object, *, photo: str | None = None) -> dict[str, Any]:
        chat = params.get("chat_id")
        if not isinstance(chat, str) or not chat:
            raise Refusal(400, "chat_id is empty")
        if not isinstance(text, str) or not text.strip() or len(text.encode("utf-16-le")) // 2 > TEXT_LIMIT:
            raise Refusal(400, "text must have 1 to 2000 characters")
        if self.quota is not None and self.quota <= 0:
            raise Refusal(429, "Quota exceeded")
        if self.quota is not None:
            self.quota -= 1
        shown = Shown(id=f"82599fa32f56d00e{len(self.shown):x}", chat=chat, text=text, photo=photo)
        self.shown.append(shown)
        return {"message_id": shown.id, "date": 1_749_632_637_199}

    def _set_webhook(self, params: dict[str, Any]) -> dict[str, Any]:
        if not 8 <= len(str(params.get("secret_token", ""))) <= 256:
            raise Refusal(400, "secret_token must have 8 to 256 characters")
        self.webhook = params
        return {"url": params["url"], "updated_at": 1_749_538_250_568}

    def _fault(self, method: str, params: dict[str, Any]) -> Fault | None:
        for wanted, fault, chat, left in self._faults:
            if wanted == method and left[0] > 0 and chat in (None, params.get("chat_id")):
                left[0] -= 1
                return fault
        return None


def _response(answer: Fault) -> web.Response:
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    return web.Response(status=answer.status, text=text, headers=answer.headers, content_type="application/json")
