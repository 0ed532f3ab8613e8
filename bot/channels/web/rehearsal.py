"""The rehearsal page: two phones side by side, a clock that can be moved, and five things to try.

It is the real bot behind a page without sign-in, for sample people only, and answers on loopback only.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.web.bell import Bell
from bot.channels.web.conversation import Conversation
from bot.channels.web.guard import LOOPBACK, guards
from bot.channels.web.ports import Advance, Mailbox, Menus, Rehearsal
from bot.channels.web.rendering import STATIC, html
from bot.channels.web.wire import JsonResponse, clock_json, players_json, steps_json
from bot.chat import Handle, WantsFile
from bot.texts import page


def rehearsal_app(
    *,
    rehearsal: Rehearsal,
    mailbox: Mailbox,
    handle: Handle,
    wants_file: WantsFile,
    menus: Menus,
    bell: Bell,
    hosts: tuple[str, ...] = LOOPBACK,
) -> Starlette:
    """The page and its addresses. Whoever runs it closes the bell when the program stops, so that streams end."""
    stage = Stage(rehearsal=rehearsal, mailbox=mailbox, bell=bell)
    conversation = Conversation(
        mailbox=mailbox,
        handle=handle,
        wants_file=wants_file,
        menus=menus,
        bell=bell,
        access=everybody,
        extras=stage.state,
    )
    return Starlette(
        routes=[
            Route("/", stage.page),
            Route("/api/people", stage.people),
            Route("/api/clock", stage.advance, methods=["POST"], max_body_size=1000),
            Mount("/api", routes=conversation.routes()),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=guards(hosts),
        # Not confirmed: the page tries again. Starlette passes the error on to the server's log.
        exception_handlers={Exception: later},
    )


async def everybody(_request: Request) -> None:
    """In the rehearsal every chat is open to whoever sits before it."""


async def later(_request: Request, _error: Exception) -> Response:
    """Nothing was stored: come again."""
    return Response(status_code=503, headers={"Retry-After": "1", "Cache-Control": "no-store"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the rehearsal adds to the conversation."""

    rehearsal: Rehearsal
    mailbox: Mailbox
    bell: Bell
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def page(self, _request: Request) -> Response:
        """The page itself, with what its script needs to begin."""
        players = await self.rehearsal.players()
        begin = {
            "run": await self.rehearsal.run_id(),
            "after": await self.mailbox.last_change(),
            "people": players_json(players),
            "steps": steps_json(await self.rehearsal.first_steps(), players),
            "clock": clock_json(await self.rehearsal.clock()),
            "words": page.script_words(),
        }
        return html("rehearsal.html", begin=begin, steps=begin["steps"])

    async def people(self, _request: Request) -> Response:
        """The people, with who has joined by now."""
        return JsonResponse(players_json(await self.rehearsal.players()))

    async def advance(self, request: Request) -> Response:
        """Move the clock; one move at a time. Answers when all that fired on the way has been said."""
        try:
            step = msgspec.json.decode(await request.body(), type=Advance)
        except msgspec.MsgspecError as error:
            raise HTTPException(400) from error
        async with self._moving:
            await self.rehearsal.advance(step)
        self.bell.ring()
        return JsonResponse(clock_json(await self.rehearsal.clock()))

    async def state(self) -> Mapping[str, Any]:
        """What the stream says besides bubbles: the clock, and which rehearsal this is."""
        return {"run": await self.rehearsal.run_id(), "clock": clock_json(await self.rehearsal.clock())}
