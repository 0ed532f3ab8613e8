"""Webhooks over a real socket at the program's own web server: answered before ASGI, by the same rules as behind it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.hook import Answer, Hook
from bot.hook_server import HookProtocol, Web
from bot.loops import listen, serve_web
from tests.fakes.handling import stop

SECRET = b"bi-mat"
LIMIT = 1000
KNOWN = b"Secret: bi-mat\r\n"


class Inside:
    """What stands behind the hook: writes down what it was told, and answers when it may."""

    def __init__(self) -> None:
        self.begun: list[bytes] = []
        self.done: list[bytes] = []
        self.refused = 0
        self.gates: dict[bytes, asyncio.Event] = {}
        self.reached = asyncio.Event()

    async def answer(self, body: bytes) -> Answer:
        self.begun.append(body)
        self.reached.set()
        if body in self.gates:
            await self.gates[body].wait()
        if body == b"defect":
            raise ZeroDivisionError("a defect")
        self.done.append(body)
        return (503, b"") if body == b"full" else (200, b'{"heard":%d}' % len(body) if body else b"")

    def refuse(self, _headers: Mapping[bytes, bytes]) -> int:
        self.refused += 1
        return 403

    def route(self, path: str = "/in") -> Route:
        hook = Hook(header=b"secret", secret=SECRET, limit=LIMIT, answer=self.answer, refuse=self.refuse)
        return Route(path, hook, methods=["POST"])


class Caller:
    """A connection to the server, and what is read from it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.head: dict[str, str] = {}

    def sends(self, sent: bytes) -> None:
        self._writer.write(sent)

    async def hears(self) -> tuple[int, bytes]:
        """The next answer; its headers are in `head`."""
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.head = dict(line.split(": ", 1) for line in lines[1:] if line)
        return int(lines[0].split()[1]), await self._reader.readexactly(int(self.head.get("content-length", "0")))

    async def hears_a_status(self) -> int:
        return int((await self._reader.readline()).split()[1])

    async def asks(self, sent: bytes) -> tuple[int, bytes]:
        self.sends(sent)
        return await self.hears()

    async def hears_the_end(self) -> bool:
        return await self._reader.read() == b""

    async def leaves(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


class Place:
    """A server that runs, with its address."""

    def __init__(self, web: Web, port: int, running: asyncio.Task[None]) -> None:
        self.web, self.running = web, running
        self._port = port
        self.callers: list[Caller] = []

    async def caller(self) -> Caller:
        self.callers.append(Caller(*await asyncio.open_connection("127.0.0.1", self._port)))
        return self.callers[-1]


async def _page(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {request.url.path}: {len(await request.body())}")


@pytest.fixture
def inside() -> Inside:
    """The hook's inside."""
    return Inside()


@asynccontextmanager
async def _served(web: Web) -> AsyncIterator[Place]:
    with listen("127.0.0.1", 0) as listening:
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        running = asyncio.create_task(serve_web(web, listening=listening, ready=ready.set_result))
        place = Place(web, int((await ready).rpartition(":")[2]), running)
        try:
            yield place
        finally:
            for caller in place.callers:
                await caller.leaves()
            await stop(running)


@pytest.fixture
async def place(inside: Inside) -> AsyncIterator[Place]:
    """A server with the hook at /in, and a page at all addresses that nobody else knows."""
    web = Web([inside.route()])
    web.default = Starlette(routes=[Route("/{rest:path}", _page, methods=["GET", "POST"])])
    async with _served(web) as place:
        yield place


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The addresses for which uvicorn made a cycle of its own."""
    asked: list[bytes] = []
    before = HookProtocol._start_asgi_task

    def start(self: HookProtocol, cycle: object, app: object) -> None:
        asked.append(self.url)
        before(self, cycle, app)  # type: ignore[arg-type]

    monkeypatch.setattr(HookProtocol, "_start_asgi_task", start)
    return asked


def post(body: bytes, *, head: bytes = KNOWN, path: bytes = b"/in", version: bytes = b"1.1") -> bytes:
    """A call of the hook, as it is written."""
    length = b"Content-Length: %d\r\n" % len(body)
    return b"POST %s HTTP/%s\r\nHost: x\r\n%s%s\r\n%s" % (path, version, head, length, body)


async def test_calls_one_after_the_other_on_one_connection(place: Place, inside: Inside, usual: list[bytes]) -> None:
    """A connection is used again, what is answered comes with its kind, and none of it was ASGI's."""
    caller = await place.caller()
    assert await caller.asks(post(b"{}")) == (200, b'{"heard":2}')
    assert caller.head["content-type"] == "application/json" and "date" in caller.head
    assert await caller.asks(post(b"")) == (200, b"")
    assert "content-type" not in caller.head and "connection" not in caller.head
    assert await caller.asks(post(b"full")) == (503, b"")
    assert inside.done == [b"{}", b"", b"full"] and usual == []


async def test_a_page_and_a_hook_share_a_connection(place: Place, inside: Inside) -> None:
    """What is no hook's is the page's, before and after a call, also by another method or with a question mark."""
    caller = await place.caller()
    assert await caller.asks(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n") == (200, b"GET /x: 0")
    assert await caller.asks(post(b"{}")) == (200, b'{"heard":2}')
    assert await caller.asks(post(b"abc", path=b"/other")) == (200, b"POST /other: 3")
    assert await caller.asks(post(b"{}", path=b"/in?x=1")) == (200, b'{"heard":2}')
    assert inside.begun == [b"{}", b"{}"]


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"PUT"])
async def test_only_post_is_heard(place: Place, inside: Inside, method: bytes) -> None:
    """Another method is answered with 405, whatever it shows."""
    caller = await place.caller()
    caller.sends(method + b" /in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + KNOWN + b"\r\n")
    assert await caller.hears_a_status() == 405
    assert inside.begun == []


@pytest.mark.parametrize("head", [b"", b"Secret: \r\n", b"Secret: bi-ma\r\n", "Secret: bí-mật\r\n".encode()])
async def test_a_stranger_is_refused_before_the_body(place: Place, inside: Inside, head: bytes) -> None:
    """Without the secret the answer is 403 before the body came, once, and the connection can be used again."""
    caller = await place.caller()
    call = post(b"x" * 100, head=head)
    assert await caller.asks(call[:-100]) == (403, b"")
    assert inside.refused == 1
    assert await caller.asks(call[-100:] + post(b"{}")) == (200, b'{"heard":2}')
    assert inside.begun == [b"{}"]


async def test_of_two_secrets_the_first_counts(place: Place, inside: Inside) -> None:
    """A header that stands there twice is no way around the question."""
    caller = await place.caller()
    assert (await caller.asks(post(b"{}", head=b"Secret: wrong\r\n" + KNOWN)))[0] == 403
    assert (await caller.asks(post(b"{}", head=KNOWN + b"Secret: wrong\r\n")))[0] == 200


async def test_what_is_too_long_is_nothing(place: Place, inside: Inside) -> None:
    """A body of exactly the limit is heard; of one that is longer, told ahead or not, nothing is."""
    caller = await place.caller()
    assert await caller.asks(post(b"x" * LIMIT)) == (200, b'{"heard":%d}' % LIMIT)
    assert await caller.asks(post(b"x" * (LIMIT + 1))) == (200, b"")
    chunked = KNOWN + b"Transfer-Encoding: chunked\r\n"
    caller.sends(b"POST /in HTTP/1.1\r\nHost: x\r\n" + chunked + b"\r\n")
    assert await caller.asks(b"7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n") == (200, b"")
    assert inside.begun == [b"x" * LIMIT, b"", b""]


async def test_unusual_ways_of_sending(place: Place, inside: Inside, usual: list[bytes]) -> None:
    """Chunks, a question whether to go on, and a body that trickles in are all heard."""
    caller = await place.caller()
    head = b"POST /in HTTP/1.1\r\nHost: x\r\n" + KNOWN
    assert await caller.asks(head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n") == (200, b'{"heard":2}')
    assert await caller.asks(head + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n") == (100, b"")
    assert await caller.asks(b"abc") == (200, b'{"heard":3}')
    assert usual == [b"/in"] * 2
    for letter in post(b"slow"):
        caller.sends(bytes([letter]))
        await asyncio.sleep(0)
    assert await caller.hears() == (200, b'{"heard":4}')
    assert inside.done == [b"{}", b"abc", b"slow"] and usual == [b"/in"] * 2


@pytest.mark.parametrize(
    "lengths",
    [b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: -2\r\n", b"Content-Length: 9\r\n"],
)
async def test_lengths_that_contradict_each_other(place: Place, inside: Inside, lengths: bytes) -> None:
    """Two accounts of where a call ends are refused: what follows could be taken for another one."""
    caller = await place.caller()
    assert (await caller.asks(post(b"{}", head=KNOWN + lengths)))[0] == 400
    assert await caller.hears_the_end() and inside.begun == []


@pytest.mark.parametrize(("head", "version"), [(b"Connection: close\r\n", b"1.1"), (b"", b"1.0")])
async def test_a_caller_who_wants_the_end_gets_it(
    place: Place, inside: Inside, usual: list[bytes], head: bytes, version: bytes
) -> None:
    """After `Connection: close`, and for HTTP/1.0, which proxies speak, the connection ends with the answer."""
    caller = await place.caller()
    assert await caller.asks(post(b"{}", head=KNOWN + head, version=version)) == (200, b'{"heard":2}')
    assert caller.head["connection"] == "close" and await caller.hears_the_end() and usual == []


async def test_calls_sent_ahead_are_answered_in_their_order(place: Place, inside: Inside) -> None:
    """Who does not wait for answers gets them in the order of asking, a page's among them."""
    caller = await place.caller()
    gate = inside.gates[b"1"] = asyncio.Event()
    caller.sends(post(b"1") + post(b"22") + b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n" + post(b"333"))
    await inside.reached.wait()
    assert inside.begun == [b"1"]
    gate.set()
    answers = [await caller.hears() for _ in range(4)]
    assert [said for _, said in answers] == [b'{"heard":1}', b'{"heard":2}', b"GET /x: 0", b'{"heard":3}']
    assert await caller.asks(post(b"4444")) == (200, b'{"heard":4}')


async def test_half_a_call_leaves_nothing_behind(
    place: Place, inside: Inside, caplog: pytest.LogCaptureFixture
) -> None:
    """Who goes away in the middle of a body was not heard, and nobody is told of an error."""
    caller = await place.caller()
    caller.sends(post(b"x" * 100)[:-50])
    await asyncio.sleep(0.05)
    await caller.leaves()
    other = await place.caller()
    assert await other.asks(post(b"{}")) == (200, b'{"heard":2}')
    assert inside.begun == [b"{}"] and _errors(caplog) == []


async def test_work_goes_on_when_its_caller_goes(
    place: Place, inside: Inside, caplog: pytest.LogCaptureFixture
) -> None:
    """What was begun is done, although nobody hears the answer any more."""
    caller = await place.caller()
    gate = inside.gates[b"1"] = asyncio.Event()
    caller.sends(post(b"1"))
    await inside.reached.wait()
    await caller.leaves()
    await asyncio.sleep(0.05)
    gate.set()
    await asyncio.sleep(0.05)
    assert inside.done == [b"1"] and _errors(caplog) == []


async def test_a_defect_is_logged_and_answered(place: Place, inside: Inside, caplog: pytest.LogCaptureFixture) -> None:
    """What the hook raises is written down whole, and answered with 500; the next call is heard."""
    caller = await place.caller()
    assert await caller.asks(post(b"defect")) == (500, b"Internal Server Error")
    assert caller.head["connection"] == "close" and await caller.hears_the_end()
    (record,) = _errors(caplog)
    assert record.exc_info is not None and record.exc_info[0] is ZeroDivisionError
    assert await (await place.caller()).asks(post(b"{}")) == (200, b'{"heard":2}')


async def test_routes_come_and_go(place: Place, inside: Inside) -> None:
    """A hook that is opened is heard at once, on connections that were there before; one that is closed is the
    page's address, while its call under way ends as it would have."""
    caller, other = await place.caller(), await place.caller()
    assert await caller.asks(post(b"{}", path=b"/new")) == (200, b"POST /new: 2")
    route = inside.route("/new")
    place.web.open([route])
    assert await caller.asks(post(b"{}", path=b"/new")) == (200, b'{"heard":2}')
    inside.reached.clear()
    gate = inside.gates[b"1"] = asyncio.Event()
    caller.sends(post(b"1", path=b"/new"))
    await inside.reached.wait()
    place.web.close([route])
    assert await other.asks(post(b"{}", path=b"/new")) == (200, b"POST /new: 2")
    gate.set()
    assert await caller.hears() == (200, b'{"heard":1}')


async def test_an_idle_connection_is_closed(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is closed so long after the last answer, not after the first, and never while a call is under way."""
    monkeypatch.setattr("bot.loops.uvicorn.Config", partial(uvicorn.Config, timeout_keep_alive=1))
    async with _served(Web([inside.route()])) as place:
        caller, busy = await place.caller(), await place.caller()
        gate = inside.gates[b"1"] = asyncio.Event()
        loop = asyncio.get_running_loop()
        for _ in range(2):
            await busy.asks(post(b"{}"))
            await caller.asks(post(b"{}"))
            await asyncio.sleep(0.6)
        busy.sends(post(b"1"))
        await caller.asks(post(b"{}"))
        last = loop.time()
        assert await caller.hears_the_end()
        assert 0.9 < loop.time() - last < 2
        gate.set()
        assert await busy.hears() == (200, b'{"heard":1}')


async def test_a_stop_waits_for_what_is_under_way(inside: Inside) -> None:
    """Told to stop, the server ends what rests at once, and what is busy after its answer."""
    async with _served(Web([inside.route()])) as place:
        busy, idle = await place.caller(), await place.caller()
        await idle.asks(post(b"{}"))
        inside.reached.clear()
        gate = inside.gates[b"1"] = asyncio.Event()
        busy.sends(post(b"1"))
        await inside.reached.wait()
        place.running.cancel()
        assert await idle.hears_the_end()
        assert not place.running.done()
        gate.set()
        assert await busy.hears() == (200, b'{"heard":1}')
        assert busy.head["connection"] == "close" and await busy.hears_the_end()
        await asyncio.wait([place.running], timeout=5)
        assert place.running.cancelled()


async def test_a_stop_does_not_wait_for_ever(
    inside: Inside, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What takes longer than the grace is cancelled, and its caller told that it failed: it comes again."""
    monkeypatch.setattr("bot.loops.GRACE_SECONDS", 0.2)
    async with _served(Web([inside.route()])) as place:
        caller = await place.caller()
        inside.gates[b"1"] = asyncio.Event()
        caller.sends(post(b"1"))
        await inside.reached.wait()
        place.running.cancel()
        assert await caller.hears() == (500, b"Internal Server Error")
        assert await caller.hears_the_end() and inside.done == []


def _errors(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno >= logging.ERROR]
