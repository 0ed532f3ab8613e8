"""The tasks that drive the program, under one supervisor: if one of them dies, the program dies; no half-dead bot."""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import nullcontext, suppress
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.faults import OperatorFault
from bot.hook_server import HookProtocol
from storage.database import StorageUnavailable

log = structlog.get_logger()

GRACE_SECONDS = 10
YOUNG_OBJECTS = 10_000
"""So many objects more than went again, before the collector looks at them. Usual are 700, which is one event: it would
look at what is in use just now, and find nothing."""


def rest_the_collector() -> None:
    """What stands by now stands until the end: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


async def run_until_stopped(tasks: Sequence[Coroutine[Any, Any, Any]]) -> None:
    """Run all tasks until SIGINT or SIGTERM, or until one of them fails, which is raised."""
    rest_the_collector()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C raises KeyboardInterrupt as usual.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(task) for task in tasks]
        await stop.wait()
        log.info("stopping")
        for task in running:
            task.cancel()


class CannotListen(OperatorFault):
    """The address of the web server cannot be had."""


def listen(host: str, port: int) -> socket.socket:
    """Take the address before anything else is begun, so that a second program on it changes nothing. Whoever calls
    it closes it. Raises `CannotListen` in words."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = "another program listens there already, perhaps this one, started twice; set another web.port"
        else:
            why = error.strerror or str(error)
        raise CannotListen(f"the web server cannot listen on {host} port {port}: {why}") from None


async def serve_web(
    app: ASGIApp,
    *,
    listening: socket.socket,
    ready: Callable[[str], None],
    before_end: Callable[[], None] | None = None,
) -> None:
    """Serve until cancelled. `ready` is told the address once connections are taken; `before_end` lets open streams
    end by themselves."""
    config = uvicorn.Config(
        app, http=HookProtocol, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_SECONDS
    )
    server = _Server(config, ready)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        if before_end:
            before_end()
        server.should_exit = True
        await serving
        raise


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: the supervisor above is the one who stops things."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    def capture_signals(self) -> Any:
        return nullcontext()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            address = self.servers[0].sockets[0].getsockname()
            self._ready(f"http://{address[0]}:{address[1]}")


async def forever(act: Callable[[], Awaitable[object]], *, seconds: float) -> None:
    """Do something again and again until cancelled. When the database cannot be had, its turn is left out: a full disk
    passes, and the webhooks answer 503 meanwhile."""
    while True:
        try:
            await act()
        except StorageUnavailable as fault:
            log.warning("put_off", why=str(fault))
        await asyncio.sleep(seconds)
