"""The one HTTP client that all channels share: aiohttp's, and `bot.channels.origin` for what is short."""

import aiohttp
from yarl import URL

from bot.channels.origin import Broken, Origin, Target, Unreachable

ANSWER_LIMIT = 24 * 1024 * 1024
"""Bytes that an answer may have: the largest file that Telegram lets a bot fetch, and some room."""

SHORT = 64 * 1024
"""An answer that says of itself that it is no longer than this is read in one piece."""

NEVER_SENT = (
    Unreachable,
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.NonHttpUrlClientError,
    ValueError,  # an address or a proxy that cannot be read
)
"""What is raised when no connection was made: the other side surely has not seen the request."""


class Connector(aiohttp.TCPConnector):
    """aiohttp's connections, without a bound, and beside them those of each `Origin`. They are closed together."""

    def __init__(self) -> None:
        super().__init__(limit=0)
        self._beside: dict[tuple[object, ...], Origin] = {}

    def origin(self, url: URL) -> Origin:
        """The one that this address belongs to."""
        where = (url.scheme, url.raw_host, url.port)
        if where not in self._beside:
            self._beside[where] = Origin(url)
        return self._beside[where]

    async def close(self, *, abort_ssl: bool = False) -> None:
        for origin in self._beside.values():
            origin.close()
        await super().close(abort_ssl=abort_ssl)


def new_session() -> aiohttp.ClientSession:
    """A session without cookies and without a bound on connections: each account's long poll holds one, and how much
    is sent at once is the sender's business. Call it inside the event loop; whoever calls it closes it."""
    return aiohttp.ClientSession(
        connector=Connector(),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


def target_of(session: aiohttp.ClientSession, url: str, *, agent: str) -> Target | None:
    """Where to post to this address; None when that is aiohttp's business: a session that is not as `new_session` makes
    it or is closed already, an address with a name and a password in it, or one that is none of HTTP's."""
    connector = session.connector
    try:
        at = URL(url)
    except ValueError:
        return None
    if not isinstance(connector, Connector) or at.scheme not in ("http", "https") or not at.host:
        return None
    if at.user or at.password:
        return None
    return connector.origin(at).target(at, agent=agent)


def why_not(error: Exception) -> str:
    """What went wrong on the way, without the address, which aiohttp's own words would name."""
    return str(error) if isinstance(error, Broken | Unreachable) else type(error).__name__


async def read_within(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The whole body; `aiohttp.ClientPayloadError` when it is longer than `limit` bytes."""
    if response.content_length is not None and response.content_length <= min(limit, SHORT):
        return await response.read()
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise aiohttp.ClientPayloadError("the answer is too large")
    return bytes(body)
