"""HTTP/1.1 on bare sockets, as little of it as the programs under test speak: the load must not be the bottleneck."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

TRIES = 3
PATIENCE = 20.0
END = b"\r\n\r\n"

Answer = Callable[[str, bytes, bytes], tuple[int, bytes]]
"""From the address, the head and the body of a request to the status and the JSON of its answer."""


class Parts(asyncio.Protocol):
    """Cuts what comes in into heads and bodies."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (at := self._buffer.find(END)) >= 0:
            head = bytes(self._buffer[:at])
            end = at + len(END) + _length(head)
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[at + len(END) : end])
            del self._buffer[:end]
            self.came(head, body)

    def came(self, head: bytes, body: bytes) -> None:
        """One request, or one answer, is complete."""
        raise NotImplementedError


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"\r\ncontent-length:")
    if at < 0:
        assert b"\r\ntransfer-encoding:" not in lower, "the load speaks no chunks"
        return 0
    return int(lower[at + 17 :].split(b"\r\n", 1)[0])


class Serving(Parts):
    """One connection of a server."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def came(self, head: bytes, body: bytes) -> None:
        status, said = self._answer(head.split(b" ", 2)[1].decode(), head, body)
        assert self.transport is not None
        self.transport.write(
            b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(said))
            + said
        )


class Asking(Parts):
    """One connection of a client: one request at a time."""

    def __init__(self, free: asyncio.Queue["Asking"]) -> None:
        super().__init__()
        self._free = free
        self._waits: asyncio.Future[tuple[int, bytes]] | None = None

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Send it; the status and body that come back."""
        assert self.transport is not None
        self._waits = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._waits

    def came(self, head: bytes, body: bytes) -> None:
        if self._waits is not None and not self._waits.done():
            self._waits.set_result((int(head.split(b" ", 2)[1]), body))
        self._free.put_nowait(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self._waits is not None and not self._waits.done():
            self._waits.set_exception(ConnectionError("the program closed the connection"))


@dataclass(slots=True)
class Client:
    """So many connections to one address; who finds none free waits."""

    host: str
    port: int
    width: int
    _free: "asyncio.Queue[Asking] | None" = None

    async def open(self) -> None:
        """Make the connections."""
        self._free = asyncio.Queue()
        for _ in range(self.width):
            self._free.put_nowait(await self._connected(self._free))

    async def _connected(self, free: "asyncio.Queue[Asking]") -> Asking:
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(ConnectionRefusedError):
                    return await self._connection(free)
                await asyncio.sleep(0.05)  # it has told its address, and does not listen yet

    async def _connection(self, free: "asyncio.Queue[Asking]") -> Asking:
        _, asking = await asyncio.get_running_loop().create_connection(lambda: Asking(free), self.host, self.port)
        return asking

    async def post(self, path: str, body: bytes, *, headers: bytes = b"") -> tuple[int, bytes]:
        """The status and body of the answer. When the connection is closed meanwhile, it is sent again, as Telegram
        does."""
        assert self._free is not None
        head = b"POST %b HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%b\r\n"
        request = head % (path.encode(), len(body), headers) + body
        asking = await self._free.get()
        for _ in range(TRIES):
            if asking.transport is None:
                asking = await self._connected(self._free)
            with suppress(ConnectionError):
                return await asking.ask(request)
        raise ConnectionError("the program closes every connection")

    def close(self) -> None:
        """Close what is free."""
        while self._free is not None and not self._free.empty():
            transport = self._free.get_nowait().transport
            if transport is not None:
                transport.close()


async def serve(answer: Answer) -> asyncio.Server:
    """A server on a free port of this machine."""
    return await asyncio.get_running_loop().create_server(lambda: Serving(answer), "127.0.0.1", 0, backlog=1024)


def port_of(server: asyncio.Server) -> int:
    """The port that it listens on."""
    return int(server.sockets[0].getsockname()[1])
