"""What stands behind the address of a webhook, called as often as everything else together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Hook:
    """Answers requests. Starlette takes a function for this as well, and wraps it in what makes answers of exceptions,
    which costs more than the answer does: here none is raised that is one."""

    answer: Callable[[Request], Awaitable[Response]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)
