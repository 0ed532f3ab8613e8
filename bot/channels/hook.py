"""What stands behind the address of a webhook, called as often as everything else together.

A stranger is refused before anything of the body is read. Whatever is longer than may be counts as nothing, which is no
JSON either. The same hook is asked by the program's own web server, before there is any ASGI (bot/hook_server.py), and
by any other as an ASGI app.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.channels.raw import body_within

Headers = Mapping[bytes, bytes]
"""What was said before the body, by names in lower case; of what was said twice, the first."""

Answer = tuple[int, bytes]
"""The status, and the JSON that goes with it; b"": none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Answers what those call who know the secret. It may not be empty: anybody could speak for anybody.

    `answer` is given the body. `refuse` says with which status somebody is answered who does not show the secret.
    """

    header: bytes
    """Where the secret is shown, in lower case."""
    secret: bytes
    limit: int
    """Bytes that a body may have."""
    answer: Callable[[bytes], Coroutine[Any, Any, Answer]]
    refuse: Callable[[Headers], int]

    def __post_init__(self) -> None:
        if not self.secret:
            raise ValueError("a webhook needs a secret")

    def trusts(self, headers: Headers) -> bool:
        """Whether the secret is shown. How long it takes says nothing about it."""
        return compare_digest(headers.get(self.header, b""), self.secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._response(Request(scope, receive))
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        headers = dict(reversed(request.scope["headers"]))
        if not self.trusts(headers):
            return Response(status_code=self.refuse(headers))
        try:
            body = await body_within(request, self.limit)
        except ClientDisconnect:
            return Response(status_code=400)
        status, said = await self.answer(body)
        return Response(said, status_code=status, media_type="application/json" if said else None)
