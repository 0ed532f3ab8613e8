"""What protects every address of the page: known hosts, requests of our own page only, and strict headers.

A page elsewhere cannot make the browser act here. It cannot send our own header without asking first, which is never
granted; a browser that says where a request comes from is believed; and a foreign name that is made to point at this
machine (DNS rebinding) is no known host. Nothing is loaded from elsewhere and nothing written into the page runs.
"""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_HEADER = "x-bon-tot"
"""The page's script puts it on every request that changes something."""

LOOPBACK = ("127.0.0.1", "localhost")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

SERVICE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""In service there are forms, and the page can be put on a telephone's screen."""

HSTS = "max-age=31536000"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_SAFE = frozenset({"GET", "HEAD"})


def guards(hosts: Sequence[str]) -> list[Middleware]:
    """The middleware for a page that is known under these names."""
    return [
        Middleware(StrictHeaders, headers={"Content-Security-Policy": POLICY}),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        Middleware(OwnPageOnly, is_ours=_from_our_script),
    ]


def service_guards(hosts: Sequence[str], *, secure: bool) -> list[Middleware]:
    """The same for the page in service, where forms are sent too: each shows a word of its own (`keeping.py`)."""
    headers = {"Content-Security-Policy": SERVICE_POLICY, "X-Frame-Options": "DENY"}
    if secure:
        headers["Strict-Transport-Security"] = HSTS
    return [
        Middleware(StrictHeaders, headers=headers),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        Middleware(OwnPageOnly, is_ours=_from_our_page),
    ]


class StrictHeaders:
    """Puts the headers on every answer. Files are asked for anew each time unless they say otherwise."""

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = {**_HEADERS, **headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-cache")
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class OwnPageOnly:
    """Refuses (403) whatever would change something and does not come from our own page."""

    def __init__(self, app: ASGIApp, *, is_ours: Callable[[Headers], bool]) -> None:
        self._app = app
        self._is_ours = is_ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE or self._is_ours(Headers(scope=scope)):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("Forbidden", 403)(scope, receive, send)


def _from_our_script(headers: Headers) -> bool:
    return OWN_HEADER in headers and _from_our_page(headers) and headers.get("origin") != "null"


def _from_our_page(headers: Headers) -> bool:
    """As far as the browser says. A form of a page that sends no referrer names its origin "null"."""
    origin = headers.get("origin")
    return headers.get("sec-fetch-site", "same-origin") == "same-origin" and (
        origin in (None, "null") or urlsplit(origin).netloc == headers.get("host")
    )
