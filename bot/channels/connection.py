"""One kept connection to a messenger: one request at a time goes out in one write, and its answer is read whole.

What comes back is read by httptools, which counts for us: a length, chunks, or everything until the other side closes
(HTTP/1.0). Whatever is odd, an answer that is no HTTP, one that was not asked for, more than one, costs the connection.
One alarm watches over it: it is moved when it rings, not with every request.
"""

import asyncio
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

IDLE_SECONDS = 12.0
"""How long a connection is kept that nobody uses: shorter than messengers keep it, so that they seldom close it just
while something is written."""

HEAD_LIMIT = 64 * 1024
"""Bytes that may come before an answer's body begins."""

_NEVER = float("inf")
_SOONEST = 0.001
"""Timers count in milliseconds: an alarm that rings a little too early is set again, and not for at once."""

Answer = tuple[int, bytes]
"""Status and body."""


class Broken(ConnectionError):
    """The request was written, and no answer that can be understood came back: it may have been seen."""


class Connection(asyncio.Protocol):
    """Made by `bot.channels.origin.Origin`, which shares its two collections: `idle`, those that wait for a request,
    the last used at the end, and `every` one that is open. A connection goes in and out of both by itself, but for
    `ask`: whoever asks has taken it out of `idle`."""

    __slots__ = (
        "_alarm",
        "_every",
        "_head",
        "_headed",
        "_idle",
        "_kept",
        "_last",
        "_loop",
        "_parser",
        "_parts",
        "_rings_at",
        "_room",
        "_seconds",
        "_status",
        "_stays",
        "_transport",
        "_until",
        "_waiter",
    )

    def __init__(self, *, idle: list["Connection"], every: set["Connection"]) -> None:
        self._idle = idle
        self._every = every
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Answer | OSError] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._rings_at = _NEVER
        self._until = self._last = _NEVER
        self._seconds = 0.0
        self._room = self._status = 0
        self._parts: list[bytes] = []
        self._head = b""
        self._headed = self._kept = False
        self._stays = True

    @property
    def usable(self) -> bool:
        """Whether a request may still be written: nobody has closed it, and it has not waited too long."""
        transport = self._transport
        return transport is not None and not transport.is_closing() and self._loop.time() < self._until

    def ask(self, request: bytes, *, seconds: float, limit: int) -> asyncio.Future[Answer | OSError]:
        """Write it. What comes of it: the answer, or `TimeoutError` or `Broken` as a value. An answer may take
        `seconds`, one that comes in pieces as long for each, but no more than twice in all; its body may have `limit`
        bytes."""
        assert self._transport is not None and self._waiter is None
        self._seconds = seconds
        self._until = until = self._loop.time() + seconds
        self._last = until + seconds
        self._room = limit
        self._status = 0
        self._parts = []
        self._head = b""
        self._headed = self._kept = False
        if until < self._rings_at:
            self._set_alarm(seconds)
        self._waiter = waiter = self._loop.create_future()
        self._transport.write(request)
        return waiter

    def let_go(self, waiter: asyncio.Future[Answer | OSError]) -> None:
        """Nobody waits for this answer any more. If it is still to come, the connection is of no more use."""
        if self._waiter is waiter:
            self._waiter = None
            self.drop()

    def close(self) -> None:
        """Close at once; whoever waits for an answer is told that it is `Broken`."""
        self._stays = False
        if self._waiter is not None:
            self._end(Broken("closed by ourselves"))
        else:
            self.drop()

    def drop(self) -> None:
        """Close at once. Nobody waits for an answer."""
        if self._transport is not None:
            self._transport.abort()
        self._forget()

    # ----------------------------------------------------------------------------- the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._every.add(self)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:
            self.drop()
            return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._stays = False
            if not self._status:
                self._end(Broken("the answer is no HTTP"))
                return
        if self._status:
            self._end((self._status, self._body()))
        else:
            self._goes_on(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._forget()
        self._stays = False
        if self._waiter is not None:
            self._end(self._until_the_end() if error is None else Broken(type(error).__name__))

    # -------------------------------------------------------------------------------- the parser

    def on_message_begin(self) -> None:
        if self._status:
            self._stays = False  # a second answer

    def on_headers_complete(self) -> None:
        self._headed = True

    def on_body(self, body: bytes) -> None:
        if self._status:
            return
        self._room -= len(body)
        if self._room < 0:
            raise HttpParserError
        self._parts.append(body)

    def on_message_complete(self) -> None:
        if self._status:
            return
        status = self._parser.get_status_code()
        if 100 <= status < 200 and status != 101:
            self._headed = False  # the answer itself is still to come
            return
        self._stays = self._stays and self._parser.should_keep_alive()
        self._status = status

    # ------------------------------------------------------------------------------------- ours

    def _body(self) -> bytes:
        parts = self._parts
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _goes_on(self, data: bytes) -> None:
        """Not all of the answer is there. Its head is kept for the case that the end of the connection is its end."""
        if not self._kept:
            self._head += data
            self._kept = self._headed
            if not self._headed and len(self._head) > HEAD_LIMIT:
                self._stays = False
                self._end(Broken("the answer's head is too large"))
                return
        self._until = min(self._loop.time() + self._seconds, self._last)

    def _until_the_end(self) -> Answer | Broken:
        """The other side has closed: the whole answer, if that was to be its end, or what is missing."""
        if self._headed and not _Sized(self._head).sized:
            return self._parser.get_status_code(), self._body()
        return Broken("the connection was closed before the answer's end")

    def _end(self, result: Answer | OSError) -> None:
        waiter, self._waiter = self._waiter, None
        assert waiter is not None and self._transport is not None
        self._parts = []
        if self._stays and not self._transport.is_closing():
            self._until = self._loop.time() + IDLE_SECONDS
            self._idle.append(self)
        else:
            self.drop()
        if not waiter.done():
            waiter.set_result(result)

    def _set_alarm(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._rings_at = self._until
        self._alarm = self._loop.call_later(max(seconds, _SOONEST), self._ring)

    def _ring(self) -> None:
        self._rings_at = _NEVER
        left = self._until - self._loop.time()
        if left > 0:
            self._set_alarm(left)
        elif self._waiter is None:
            self.drop()
        else:
            self._stays = False
            self._end(TimeoutError())

    def _forget(self) -> None:
        self._every.discard(self)
        if self in self._idle:
            self._idle.remove(self)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None


class _Sized:
    """Whether an answer's head says where its body ends. Heads of interim answers before it do not count."""

    def __init__(self, head: bytes) -> None:
        self.sized = False
        HttpResponseParser(self).feed_data(head)

    def on_message_begin(self) -> None:
        self.sized = False

    def on_header(self, name: bytes, _value: bytes) -> None:
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self.sized = True
