"""The way out for short messages: JSON is posted, a short answer comes back, over connections that are kept.

aiohttp's client, which can do everything, does it for ten times as much
(docs/decisions/0043-a-client-for-short-answers.md). Two promises, as everywhere in the channels. What surely nobody
has seen (`Unreachable`) is told apart from what may have been seen (`TimeoutError`, `Broken`), and nothing is written
twice. And the head of a request, which holds the token, is in a `Target` and on the wire and nowhere else.
"""

import asyncio
import ssl
from functools import cache
from socket import SOCK_STREAM

from aiohappyeyeballs import start_connection
from yarl import URL

from bot.channels.connection import Answer, Broken, Connection

__all__ = ["Answer", "Broken", "Origin", "Target", "Unreachable"]

CONNECT_SECONDS = 10.0

_NEXT_ADDRESS_SECONDS = 0.25
"""How long the first address of a name may take before the next one is tried beside it (RFC 8305)."""


class Unreachable(ConnectionError):
    """No connection was made: nobody has seen the request."""


class Target:
    """One address at an origin, ready to be posted to as often as one likes. It shows nothing of itself."""

    __slots__ = ("head", "origin")

    def __init__(self, origin: "Origin", head: bytes) -> None:
        self.origin = origin
        self.head = head


class Origin:
    """The connections to one scheme, host and port: kept for a while, and the last used is the next used. There is no
    bound on them: how much is sent at once is the sender's business. Call it inside the event loop, and `close` it."""

    def __init__(self, url: URL) -> None:
        assert url.raw_host is not None
        self._host = url.raw_host.rstrip(".")
        self._port = url.port
        self._tls = url.scheme == "https"
        self._idle: list[Connection] = []
        self._every: set[Connection] = set()
        self._closed = False

    def target(self, url: URL, *, agent: str) -> Target:
        """An address here; `agent` is how we call ourselves there."""
        head = (
            f"POST {url.raw_path_qs} HTTP/1.1\r\nHost: {url.host_port_subcomponent}\r\nUser-Agent: {agent}\r\n"
            "Accept: */*\r\nContent-Type: application/json\r\nContent-Length: "
        )
        return Target(self, head.encode())

    async def ask(self, target: Target, body: bytes, *, seconds: float, limit: int) -> Answer:
        """Post it once. Status and body; a redirect is an answer like others. Raises `Unreachable`, `TimeoutError` when
        the answer takes longer than `seconds` (`Connection.ask`), or `Broken`, also for a body of more than `limit`
        bytes."""
        if self._closed:
            raise Unreachable("closed already")
        connection = self._kept() or await self._connected()
        # In no variable, which a crash report would show.
        waiter = connection.ask(b"%b%d\r\n\r\n%b" % (target.head, len(body), body), seconds=seconds, limit=limit)
        try:
            result = await waiter
        except BaseException:
            connection.let_go(waiter)
            raise
        if isinstance(result, OSError):
            raise result
        return result

    def close(self) -> None:
        """Close all connections, also those in use; from now on nothing is reached."""
        self._closed = True
        for connection in list(self._every):
            connection.close()

    def _kept(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.drop()
        return None

    async def _connected(self) -> Connection:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                connection = await self._connect()
        except (OSError, RuntimeError, ValueError) as error:  # of uvloop; a name that is none
            why = type(error).__name__
        else:
            if connection.usable and not self._closed:
                return connection
            connection.drop()
            why = "closed at once"
        # Out here, without what the system says of it.
        raise Unreachable(why)

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        places = await loop.getaddrinfo(self._host, self._port, type=SOCK_STREAM)
        _, connection = await loop.create_connection(
            lambda: Connection(idle=self._idle, every=self._every),
            sock=await start_connection(places, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS),
            ssl=_verified() if self._tls else None,
            server_hostname=self._host if self._tls else None,
        )
        return connection


@cache
def _verified() -> ssl.SSLContext:
    """Only who can show a certificate that this machine trusts is spoken to. Made at the first need: it reads files."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
