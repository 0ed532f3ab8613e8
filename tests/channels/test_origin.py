"""Short messages over connections of our own: a server that plays every trick, and what becomes of what was asked."""

import asyncio
import gc
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohappyeyeballs import AddrInfoType, start_connection
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from yarl import URL

from bot.channels import connection as connections
from bot.channels import origin as origins
from bot.channels.http import Connector, new_session, target_of
from bot.channels.origin import Broken, Origin, Target, Unreachable
from bot.clock import SystemClock
from tests.channels.hiding import check, frames_of

TOKEN = "123456789:AAFakeTokenOfTheTestsThatNobodyMaySee"
SECONDS = 0.3
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Plays = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Whoever is at the other end. `plays` is what it does after each request; `EOFError`: it closes."""

    def __init__(self, plays: Plays) -> None:
        self.plays = plays
        self.requests: list[bytes] = []
        self.connections = 0
        self.open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def hears(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until it ends."""
        self.connections += 1
        self.open.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                await self.plays(reader, writer)
        except (EOFError, OSError, asyncio.CancelledError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()

    async def closed(self, *, left: int = 0) -> None:
        """Wait until the other side has closed all connections but so many."""
        async with asyncio.timeout(10):
            while len(self.open) > left:
                await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(plays: Plays, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """The server, listening on loopback."""
    server = Server(plays)
    listening = await asyncio.start_server(server.hears, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for writer in list(server.open):
            writer.close()
        await server.closed()


@asynccontextmanager
async def asking(server: Server) -> AsyncIterator[tuple[Origin, Target]]:
    """Our side; nothing of it is left open."""
    origin, target = made(server.port)
    try:
        yield origin, target
    finally:
        origin.close()
        await server.closed()


def made(port: int, *, scheme: str = "http") -> tuple[Origin, Target]:
    """An origin on loopback, and where to post."""
    url = URL(f"{scheme}://127.0.0.1:{port}/bot{TOKEN}/sendMessage")
    origin = Origin(url.origin())
    return origin, origin.target(url, agent="tests")


async def ask(target: Target, body: bytes = b"{}", *, seconds: float = SECONDS, limit: int = 1000) -> tuple[int, bytes]:
    """What the other side says."""
    return await target.origin.ask(target, body, seconds=seconds, limit=limit)


def says(*pieces: bytes, every: float = 0.0, then: type[Exception] | None = None) -> Plays:
    """Answers with these bytes, one piece after another, and closes if asked to."""

    async def plays(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for place, piece in enumerate(pieces):
            await asyncio.sleep(every if place else 0)
            writer.write(piece)
            await writer.drain()
        if then is not None:
            raise then

    return plays


async def noticed(origin: Origin) -> None:
    """Wait until it knows that all its connections are closed."""
    async with asyncio.timeout(10):
        while origin._every:
            await asyncio.sleep(0.005)


async def hangs(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Says nothing until the other side has gone."""
    if not await reader.read(1):
        raise EOFError


# ------------------------------------------------------------------------------------ a good day


async def test_a_message_is_one_request() -> None:
    """What goes over the wire is the method, who is asked, what is asked, and nothing else."""
    async with serving(says(OK)) as server, asking(server) as (_, target):
        assert await ask(target, '{"text": "Kính gửi"}'.encode()) == (200, b"ok")
        assert server.requests[0].decode() == (
            f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUser-Agent: tests\r\n"
            'Accept: */*\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{"text": "Kính gửi"}'
        )


async def test_one_after_the_other_use_one_connection() -> None:
    """A connection is kept, and used again."""
    async with serving(says(OK)) as server, asking(server) as (_, target):
        for _ in range(5):
            await ask(target)
        assert (server.connections, len(server.requests)) == (1, 5)


async def test_at_once_use_a_connection_each() -> None:
    """However many are on their way, none waits for another; afterwards the last used is the next used."""
    async with serving(says(b"", OK, every=0.02)) as server, asking(server) as (_, target):
        assert await asyncio.gather(*[ask(target) for _ in range(10)]) == [(200, b"ok")] * 10
        assert server.connections == 10
        await asyncio.gather(ask(target), ask(target))
        assert server.connections == 10


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ([bytes([byte]) for byte in OK], (200, b"ok")),
        ([b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 4\r\n\r", b"\nab", b"cd"], (200, b"abcd")),
        (
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2\r\na", b"b\r\n2\r\ncd\r\n", b"0\r\n\r\n"],
            (200, b"abcd"),
        ),
        ([b"HTTP/1.1 204 No Content\r\n\r\n"], (204, b"")),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], (200, b"")),
        ([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"], (304, b"")),
        ([b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 1\r\n\r\nx"], (302, b"x")),
        ([b"HTTP/1.1 100 Continue\r\n\r\n" + OK], (200, b"ok")),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", OK], (200, b"ok")),
        ([b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"], (200, b"ok")),
        ([OK + b"\r\n"], (200, b"ok")),
    ],
)
async def test_an_answer_is_read_to_its_end(pieces: list[bytes], answer: tuple[int, bytes]) -> None:
    """However it arrives, and whatever says where it ends; then the connection is as good as before."""
    async with serving(says(*pieces, every=0.001)) as server, asking(server) as (_, target):
        assert [await ask(target) for _ in range(3)] == [answer] * 3
        assert server.connections == 1


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ([b"HTTP/1.0 200 OK\r\n\r\nok"], (200, b"ok")),
        ([b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"o", b"k"], (200, b"ok")),
        ([b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nok"], (200, b"ok")),
        ([b"HTTP/1.1 502 Bad Gateway\r\n\r\n"], (502, b"")),
    ],
)
async def test_an_answer_that_ends_with_its_connection(pieces: list[bytes], answer: tuple[int, bytes]) -> None:
    """Without a length, the end of the connection is the end of the answer."""
    async with serving(says(*pieces, every=0.005, then=EOFError)) as server, asking(server) as (_, target):
        assert [await ask(target), await ask(target)] == [answer] * 2
        assert server.connections == 2


# --------------------------------------------------------------- connections that are not used again


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        OK + OK,
        OK + b"HTTP/1.1 2",
        OK + b"rubbish",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
)
async def test_a_connection_that_is_at_its_end(answer: bytes) -> None:
    """The other side says that it closes, or says more than it was asked: its answer counts, its connection is over."""
    async with serving(says(answer)) as server, asking(server) as (_, target):
        for asked in range(1, 4):
            status, _body = await ask(target)
            assert status == int(answer[9:12])
            await server.closed()
            assert server.connections == asked


async def test_what_nobody_asked_for() -> None:
    """Bytes on a connection that waits are no answer to the next request: it is dropped."""
    async with serving(says(OK, b"", OK, every=0.02)) as server, asking(server) as (_, target):
        await ask(target)
        await server.closed()
        await ask(target)
        assert server.connections == 2


async def test_a_dead_connection_is_not_used() -> None:
    """What the other side has closed meanwhile is not written to."""
    async with serving(says(OK, then=EOFError)) as server, asking(server) as (origin, target):
        for _ in range(3):
            assert await ask(target) == (200, b"ok")
            await noticed(origin)
        assert server.connections == 3


async def test_a_connection_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that nobody uses is closed after a while, and not used after that even if its alarm is still to ring."""
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.05)
    async with serving(says(OK)) as server, asking(server) as (_, target):
        await ask(target, seconds=0.2)
        await asyncio.sleep(0.08)
        assert len(server.open) == 1
        await ask(target, seconds=0.2)
        assert server.connections == 2
        await server.closed()


async def test_a_cancelled_request_takes_its_connection_along() -> None:
    """Its answer may still come, and is nobody's."""
    async with serving(hangs) as server, asking(server) as (_, target):
        task = asyncio.create_task(ask(target, seconds=10))
        while not server.requests:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.closed()
        server.plays = says(OK)
        assert await ask(target) == (200, b"ok")
        assert server.connections == 2


async def test_cancelled_when_the_answer_is_there() -> None:
    """The connection is somebody else's by then, and stays theirs."""
    async with serving(says(OK)) as server, asking(server) as (origin, target):
        await ask(target)
        kept = origin._idle[0]
        task = asyncio.create_task(ask(target))
        while kept not in origin._idle or len(server.requests) < 2:
            await asyncio.sleep(0)
        server.plays = says(b"", OK, every=0.02)
        other = asyncio.create_task(ask(target))
        task.cancel()
        assert await other == (200, b"ok")
        assert server.connections == 1
        await asyncio.gather(task, return_exceptions=True)


# --------------------------------------------------------------------------------------- a bad day


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b"HTTP/1.1 200 OK\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"],
        [b"HTTP/1.1 100 Continue\r\n\r\n"],
    ],
)
async def test_cut_off(pieces: list[bytes]) -> None:
    """The connection ends before the answer does: it may have been seen, and is not asked again."""
    async with serving(says(*pieces, every=0.005, then=EOFError)) as server, asking(server) as (_, target):
        with pytest.raises(Broken):
            await ask(target)
        assert len(server.requests) == 1


async def test_a_kept_connection_dies_under_a_request() -> None:
    """Written, and then cut without a byte of an answer: nobody knows, so it is not written again."""
    async with serving(says(OK)) as server, asking(server) as (_, target):
        await ask(target)
        server.plays = says(then=EOFError)
        with pytest.raises(Broken):
            await ask(target)
        assert (server.connections, len(server.requests)) == (1, 2)


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>welcome</html>",
        b"ICY 200 OK\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"300\r\n" + b"x" * 768 + b"\r\n") * 2,
        b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 1001,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
    ],
)
async def test_no_answer_that_can_be_understood(answer: bytes) -> None:
    """Rubbish, a head without end, a body that is too large: it may have been seen, and the connection is dropped."""
    async with serving(says(answer, b"", every=0.01)) as server, asking(server) as (_, target):
        with pytest.raises(Broken):
            await ask(target, seconds=5)
        await server.closed()


async def test_slow_beyond_patience() -> None:
    """Never before its time, and not much later; also on a connection whose alarm was set for a longer one."""
    loop = asyncio.get_running_loop()
    async with serving(hangs) as server, asking(server) as (_, target):
        for _ in range(2):
            before = loop.time()
            with pytest.raises(TimeoutError):
                await ask(target, seconds=0.1)
            assert 0.099 < loop.time() - before < 1.0
            await server.closed()
            server.plays = says(OK)
            await ask(target, seconds=30)
            server.plays = hangs


async def test_a_slow_one_does_not_ring_for_the_next() -> None:
    """An alarm that was set for an earlier request is moved, not believed."""
    async with serving(says(b"", OK, every=0.07)) as server, asking(server) as (_, target):
        for _ in range(4):
            assert await ask(target, seconds=0.12) == (200, b"ok")
        assert server.connections == 1


async def test_an_answer_in_slow_pieces() -> None:
    """Each piece may take its time, but not all of them for ever."""
    pieces = [OK[:10], OK[10:20], OK[20:]]
    async with serving(says(b"", *pieces, every=0.12)) as server, asking(server) as (_, target):
        assert await ask(target, seconds=0.25) == (200, b"ok")
        server.plays = says(*(bytes([byte]) for byte in OK), every=0.02)
        with pytest.raises(TimeoutError):
            await ask(target, seconds=0.1)


async def test_nobody_listens() -> None:
    """A refused connection surely delivered nothing."""
    async with serving(hangs) as server:
        port = server.port
    _, target = made(port)
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        await ask(target)


async def test_a_connection_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """While there is no connection, nothing can have been seen."""
    monkeypatch.setattr(origins, "CONNECT_SECONDS", 0.1)

    over = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()
        over.set()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    _, target = made(listening.sockets[0].getsockname()[1], scheme="https")
    with pytest.raises(Unreachable, match="TimeoutError"):
        await ask(target)
    await over.wait()
    listening.close()


# -------------------------------------------------------------------------------------------- TLS


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server that has signed its certificate itself, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bon-tot.example")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(pem))
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(file)
    return theirs, ssl.create_default_context(cafile=str(file))


async def test_a_certificate_that_nobody_trusts(certified: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """Whoever it is, they are told nothing."""
    async with serving(says(OK), tls=certified[0]) as server:
        _, target = made(server.port, scheme="https")
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            await ask(target, seconds=5)
        assert server.requests == []


async def test_a_certificate_that_is_trusted(
    certified: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over TLS all is as without: kept, used again, cut off."""
    monkeypatch.setattr(origins, "_verified", lambda: certified[1])
    async with serving(says(OK), tls=certified[0]) as server:
        origin, target = made(server.port, scheme="https")
        assert [await ask(target, seconds=5) for _ in range(3)] == [(200, b"ok")] * 3
        assert server.connections == 1
        server.plays = says(then=EOFError)
        with pytest.raises(Broken):
            await ask(target, seconds=5)
        server.plays = says(OK)
        await ask(target, seconds=5)
        origin.close()
        await server.closed()


async def test_a_certificate_for_another_name(
    certified: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trusted one counts only for the name that was asked for."""
    monkeypatch.setattr(origins, "_verified", lambda: certified[1])
    async with serving(says(OK), tls=certified[0]) as server:
        url = URL(f"https://localhost:{server.port}/")
        target = Origin(url).target(url, agent="tests")
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            await ask(target, seconds=5)
        assert server.requests == []


# ------------------------------------------------------------------------------- its life, and words


async def test_closing_closes_all() -> None:
    """Those that wait, those in use, and those on their way; afterwards nothing is reached."""
    async with serving(says(OK)) as server:
        origin, target = made(server.port)
        await ask(target)
        server.plays = hangs
        busy = [asyncio.create_task(ask(target, seconds=10)) for _ in range(2)]
        while len(server.requests) < 3:
            await asyncio.sleep(0.005)
        late = asyncio.create_task(ask(target, seconds=10))
        await asyncio.sleep(0)
        origin.close()
        results = await asyncio.gather(*busy, late, return_exceptions=True)
        assert [type(result) for result in results] == [Broken, Broken, Unreachable]
        with pytest.raises(Unreachable):
            await ask(target)
        await server.closed()


async def test_it_is_closed_with_its_session() -> None:
    """Two addresses at one server share its connections, which end with the session that they belong to."""
    async with serving(says(OK)) as server:
        async with new_session() as session:
            urls = [f"http://127.0.0.1:{server.port}/bot{TOKEN}/{method}" for method in ("sendMessage", "getMe")]
            targets = [target for url in urls if (target := target_of(session, url, agent="tests"))]
            for target in targets:
                await ask(target)
            assert (server.connections, len(server.requests)) == (1, 2)
        await server.closed()
        with pytest.raises(Unreachable):
            await ask(targets[0])


@pytest.mark.parametrize(
    ("url", "line", "host"),
    [
        ("https://api.example", "/", "api.example"),
        ("https://api.example:443/bot1:a/x", "/bot1:a/x", "api.example"),
        ("http://api.example:8081/local/bot1:a/x", "/local/bot1:a/x", "api.example:8081"),
        ("https://bücher.example/bot1:a/x", "/bot1:a/x", "xn--bcher-kva.example"),
        ("http://[::1]:8081/bot1:a/x", "/bot1:a/x", "[::1]:8081"),
        ("http://api.example./bot1:a/một hai?x=1#y", "/bot1:a/m%E1%BB%99t%20hai?x=1", "api.example"),
    ],
)
async def test_addresses(url: str, line: str, host: str) -> None:
    """An address is written down as aiohttp would write it."""
    async with new_session() as session:
        target = target_of(session, url, agent="tests")
        assert target is not None
        assert target.head.startswith(f"POST {line} HTTP/1.1\r\nHost: {host}\r\n".encode())


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "http://", "no address", "http://[", "http://an:secret@127.0.0.1/"]
)
async def test_what_is_left_to_aiohttp(url: str) -> None:
    """What is no address of HTTP's, or has a password in it, and every session that is not ours."""
    async with new_session() as session, aiohttp.ClientSession() as other:
        assert target_of(session, url, agent="tests") is None
        assert target_of(other, "http://127.0.0.1/", agent="tests") is None


@pytest.mark.parametrize("plays", [says(b"rubbish"), says(then=EOFError), hangs], ids=["rubbish", "cut", "hang"])
async def test_nothing_tells_the_token(plays: Plays, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a failure, its frames, the log, nor what our things look like."""
    asyncio.get_running_loop().set_debug(True)
    caplog.set_level("DEBUG")
    async with serving(plays) as server, asking(server) as (origin, target):
        with pytest.raises(OSError) as caught:
            await ask(target, seconds=0.05)
        shown = [repr(origin), repr(target), repr(caught.value), frames_of(caught.value), caplog.text]
        check("\n".join(shown), [TOKEN, TOKEN.partition(":")[2]])


async def test_nothing_is_left_over() -> None:
    """Connections that have ended are not held by anything."""
    async with serving(says(OK, then=EOFError)) as server, asking(server) as (origin, target):
        for _ in range(5):
            await ask(target)
            await noticed(origin)
        assert (origin._idle, origin._every) == ([], set())
        gc.collect()
        held = [thing for thing in gc.get_objects() if type(thing) is connections.Connection]
        assert held == []


async def test_a_name_has_two_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is tried when the first does not answer."""

    async def after_a_dead_one(places: list[AddrInfoType], *, happy_eyeballs_delay: float) -> socket.socket:
        dead = (*places[0][:4], ("127.0.0.1", 1))
        return await start_connection([dead, *places], happy_eyeballs_delay=happy_eyeballs_delay)

    monkeypatch.setattr(origins, "start_connection", after_a_dead_one)
    async with serving(says(OK)) as server, asking(server) as (_, target):
        assert await ask(target) == (200, b"ok")


async def test_a_connector_knows_its_origins() -> None:
    """One for each scheme, host and port."""
    async with new_session() as session:
        connector = session.connector
        assert isinstance(connector, Connector)
        one = connector.origin(URL("https://api.example/bot1:a/sendMessage"))
        assert connector.origin(URL("https://api.example:443/bot2:b/x")) is one
        assert connector.origin(URL("http://api.example/bot1:a/x")) is not one


@pytest.mark.parametrize(
    "scene",
    [
        test_one_after_the_other_use_one_connection,
        test_at_once_use_a_connection_each,
        test_what_nobody_asked_for,
        test_a_dead_connection_is_not_used,
        test_a_cancelled_request_takes_its_connection_along,
        test_a_kept_connection_dies_under_a_request,
        test_slow_beyond_patience,
        test_nobody_listens,
        test_closing_closes_all,
        test_nothing_is_left_over,
    ],
)
def test_as_in_service(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """All of it holds on the event loop that the service has where it can."""
    uvloop = pytest.importorskip("uvloop")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scene())
