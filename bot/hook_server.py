"""The program's web server: uvicorn's, but that a call of a webhook is answered before there is any ASGI.

Only the plain case is: POST to exactly a hook's path, with the secret, a body of a known length within the limit, and
nothing else under way on the connection. Whatever is different in anything goes uvicorn's usual way, where the same
hook stands as an ASGI app; so does everything that is no hook's.

What is promised is the same both ways. A call that has begun is not cancelled when its caller goes away. One that is
under way when the program stops is waited for as long as uvicorn waits for anything. What a hook raises is logged, and
answered with 500.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.routing import BaseRoute, Route, Router
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from bot.channels.hook import Hook

JSON = b"content-type: application/json\r\n"
PLAIN = b"content-type: text/plain; charset=utf-8\r\n"


class Web(Router):
    """The addresses of the program. Routes come and go with `open` and `close` while it is served."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        super().__init__(routes=routes)
        self.hooks: Mapping[bytes, Hook] = {}
        """The hooks among the routes, by their paths as they stand in a request."""
        self._look()

    def open(self, routes: Sequence[BaseRoute]) -> None:
        """Serve these too, before whatever answers for all addresses that nobody else knows."""
        self.routes[:0] = routes
        self._look()

    def close(self, routes: Sequence[BaseRoute]) -> None:
        """Serve these no more. Calls that are under way end as they would have."""
        for route in routes:
            self.routes.remove(route)
        self._look()

    def _look(self) -> None:
        first_last = [route for route in reversed(self.routes) if isinstance(route, Route)]
        self.hooks = {route.path.encode(): route.app for route in first_last if isinstance(route.app, Hook)}


class HookProtocol(HttpToolsProtocol):
    """One connection. Where the app is a `Web`, its hooks are called directly.

    There is one alarm for many requests: when it rings, it looks how long the connection has had nothing to do.
    """

    cycle: Any  # the newest request of the connection: uvicorn's own, or a `_Call`

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._web = config.app if isinstance(config.app, Web) else None
        self._idle_since: float | None = None
        self._unheard = asyncio.Event()
        self._usual: list[tuple[bytes, bytes]] = []
        self._head = b""

    # ------------------------------------------------------------------------------ called by the parser

    def on_message_begin(self) -> None:
        # uvicorn makes the scope here; a hook needs none.
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        hook = self._web.hooks.get(self.url) if self._web is not None else None
        if hook is not None and self._is_plain(hook):
            self.cycle = _Call(hook, keep_alive=self._keeps_alive(), message_event=self._unheard)
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url = url
        self.headers += headers
        self.expect_100_continue = expects
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if type(self.cycle) is _Call:
            self.cycle.body.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        call = self.cycle
        if type(call) is _Call:
            call.task = self.loop.create_task(self._answer(call))
            self.tasks.add(call.task)
        else:
            super().on_message_complete()

    # ------------------------------------------------------------------------------------------ the call

    def _is_plain(self, hook: Hook) -> bool:
        headers = dict(self.headers)
        length = headers.get(b"content-length")
        return (
            length is not None
            and int(length) <= hook.limit
            and len(headers) == len(self.headers)
            and self.parser.get_method() == b"POST"
            and (self.cycle is None or self.cycle.response_complete)
            and not self.expect_100_continue
            and not self.parser.should_upgrade()
            and not self.flow.write_paused
            and hook.trusts(headers)
        )

    def _keeps_alive(self) -> bool:
        return self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"

    async def _answer(self, call: "_Call") -> None:
        try:
            status, said = await call.hook.answer(b"".join(call.body))
            kind = JSON if said else b""
        except BaseException as error:  # being cancelled too: as uvicorn does, when it waits no longer
            self.logger.error("Exception in a webhook\n", exc_info=error)
            status, said, kind = 500, b"Internal Server Error", PLAIN
            call.keep_alive = False
        self.tasks.discard(call.task)
        call.response_complete = True
        if self.transport.is_closing():
            return
        size = b"content-length: %d\r\n" % len(said)
        end = b"\r\n" if call.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((STATUS_LINE[status], self._usual_head(), kind, size, end, said)))
        if not call.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _usual_head(self) -> bytes:
        """What stands in every answer. uvicorn makes the list anew once a second, for the time in it."""
        usual = self.server_state.default_headers
        if usual is not self._usual:
            self._usual = usual
            self._head = b"".join([b"%s: %s\r\n" % field for field in usual])
        return self._head

    # ---------------------------------------------------------------------------- while there is nothing

    def on_response_complete(self) -> None:
        if self.pipeline:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._set_alarm(self.timeout_keep_alive)

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def _set_alarm(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return  # set again by the answer to what is under way
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._set_alarm(left)
        else:
            super().timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None


class _Call:
    """A call of a hook. Towards uvicorn, which looks whether something is under way, it is one of its own cycles."""

    __slots__ = ("body", "disconnected", "hook", "keep_alive", "message_event", "response_complete", "task")

    def __init__(self, hook: Hook, *, keep_alive: bool, message_event: asyncio.Event) -> None:
        self.hook = hook
        self.body: list[bytes] = []
        self.keep_alive = keep_alive
        self.message_event = message_event
        self.response_complete = self.disconnected = False
        self.task: asyncio.Task[None] | None = None
