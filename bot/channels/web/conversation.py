"""The conversation's own addresses: history, what is said, files, the stream.

The chat on the page talks to these and to nothing else, so that it is the same in the rehearsal and, behind a
sign-in, in service: `access` says which chats a request may see.

What a person says is kept as their bubble, handed to the bot, and confirmed (2xx) only when the bot has committed. If
that fails the answer is 503, the page sends the same event again, and nothing is there twice.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from urllib.parse import quote

from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.web.bell import Bell
from bot.channels.web.intake import BadEvent, address_of, event_id_of, incoming, number, read_event, shown
from bot.channels.web.ports import Mailbox, Menus
from bot.channels.web.stream import Extras, Stream, stream_response
from bot.channels.web.upload import read_file
from bot.channels.web.wire import JsonResponse, mail_json, menu_json
from bot.chat import Handle, Incoming, WantsFile
from bot.texts import page

HISTORY = 40
EVENT_LIMIT = 1_000_000
"""Bytes of one event's body."""

Access = Callable[[Request], Awaitable[Collection[str] | None]]
"""The chats that a request may see and speak in; None: all of them. Raises `HTTPException` (401) for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The addresses, over the ports."""

    mailbox: Mailbox
    handle: Handle
    wants_file: WantsFile
    menus: Menus
    bell: Bell
    access: Access
    extras: Extras

    def routes(self) -> list[Route]:
        """What stands under /api/."""
        return [
            Route("/stream", self.stream),
            Route("/chats/{chat}/mails", self.mails),
            Route("/chats/{chat}/menu", self.menu),
            Route("/chats/{chat}/events", self.event, methods=["POST"], max_body_size=EVENT_LIMIT),
            Route("/chats/{chat}/files", self.upload, methods=["POST"]),
            Route("/chats/{chat}/files/wanted", self.wanted),
            Route("/chats/{chat}/files/{mail:int}", self.download),
            Route("/chats/{chat}/read", self.read, methods=["POST"], max_body_size=EVENT_LIMIT),
        ]

    async def stream(self, request: Request) -> EventSourceResponse:
        """What is new, as it comes."""
        chats = await self.access(request)

        async def may() -> bool:
            try:
                return await self.access(request) == chats
            except HTTPException:
                return False

        stream = Stream(mailbox=self.mailbox, bell=self.bell, chats=chats, may=may, extras=self.extras)
        return stream_response(stream, request)

    async def mails(self, request: Request) -> Response:
        """The newest bubbles, or those before one (`before`)."""
        chat = await self._chat(request)
        before = number(request.query_params.get("before", ""))
        mails = await self.mailbox.history(chat, before=before, limit=HISTORY)
        return JsonResponse({"mails": [mail_json(mail) for mail in mails], "more": len(mails) == HISTORY})

    async def menu(self, request: Request) -> Response:
        """The person's commands."""
        return JsonResponse(menu_json(await self.menus(await self._chat(request))))

    async def event(self, request: Request) -> Response:
        """Something typed, pressed or started."""
        chat = await self._chat(request)
        try:
            event = read_event(await request.body())
            said = incoming(chat, event)
        except BadEvent as error:
            raise HTTPException(400, str(error)) from error
        return await self._take(said, shown(event))

    async def upload(self, request: Request) -> Response:
        """A file, as the request's body."""
        chat = await self._chat(request)
        try:
            event_id = event_id_of(chat, request.query_params.get("id", ""))
        except BadEvent as error:
            raise HTTPException(400, str(error)) from error
        address = address_of(chat)
        name = request.query_params.get("name", "")
        file = await read_file(request, name=name, wanted=await self.wants_file(address))
        said = Incoming(address=address, event_id=event_id, payload=file)
        return await self._take(said, page.file_sent(file.name))

    async def wanted(self, request: Request) -> Response:
        """Up to how many bytes of a file are worth sending now."""
        return JsonResponse(await self.wants_file(address_of(await self._chat(request))))

    async def download(self, request: Request) -> Response:
        """A file that the bot sent."""
        file = await self.mailbox.file(request.path_params["mail"], chat=await self._chat(request))
        if file is None:
            raise HTTPException(404)
        disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return Response(
            file.content,
            media_type=file.mime,
            headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
        )

    async def read(self, request: Request) -> Response:
        """The person has seen everything up to a bubble."""
        chat = await self._chat(request)
        up_to = number((await request.body()).decode("ascii", "replace"))
        if up_to is None:
            raise HTTPException(400)
        await self.mailbox.mark_read(chat, up_to=up_to)
        self.bell.ring()
        return Response(status_code=204)

    async def _take(self, said: Incoming, bubble: str | None) -> Response:
        # The bubble comes first, so that the answer stands below it; the bot itself knows a repeat.
        if bubble is not None:
            await self.mailbox.add_in(chat=said.address.chat, event_id=said.event_id, shown=bubble)
            self.bell.ring()
        await self.handle(said)
        return Response(status_code=204)

    async def _chat(self, request: Request) -> str:
        allowed = await self.access(request)
        try:
            chat = address_of(request.path_params["chat"]).chat
        except BadEvent as error:
            raise HTTPException(404) from error
        if allowed is not None and chat not in allowed:
            raise HTTPException(404)
        return chat
