"""The one HTTP client that all channels share."""

import aiohttp

ANSWER_LIMIT = 24 * 1024 * 1024
"""Bytes that an answer may have: the largest file that Telegram lets a bot fetch, and some room."""

SHORT = 64 * 1024
"""An answer that says of itself that it is no longer than this is read in one piece."""

NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.NonHttpUrlClientError,
    ValueError,  # an address or a proxy that cannot be read
)
"""What aiohttp raises when no connection was made: the other side surely has not seen the request."""


def new_session() -> aiohttp.ClientSession:
    """A session without cookies and without a bound on connections: each account's long poll holds one, and how much
    is sent at once is the sender's business. Call it inside the event loop; whoever calls it closes it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


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
