"""The stream that an open page listens to (Server-Sent Events).

`mail` carries a new or replaced bubble and, as its id, the change: the browser names the last one it saw when it
comes back, and gets what it missed. `unread`, `typing` and what the page adds of its own (`clock`) carry no id: they
are the state of the moment and are sent again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from bot.channels.web.bell import Bell
from bot.channels.web.intake import number
from bot.channels.web.ports import Mailbox
from bot.channels.web.wire import encode, mail_json

BATCH = 100
LISTEN_SECONDS = 4.0
"""How long a page waits for the bell before it asks by itself: other processes ring other bells."""
PING_SECONDS = 20

Extras = Callable[[], Awaitable[Mapping[str, Any]]]
"""More events of the moment, by name; each is sent when it has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What flows to one page: of these chats, or of all (None), as long as `may` says so; then `ended` is said."""

    mailbox: Mailbox
    bell: Bell
    chats: Collection[str] | None
    may: Callable[[], Awaitable[bool]]
    extras: Extras
    _said: dict[str, bytes] = field(default_factory=dict)

    async def events(self, after: int) -> AsyncIterator[ServerSentEvent]:
        """All that changed after this change, and then whatever comes, until the page leaves or the bell is closed."""
        with self.bell.listening(self.chats) as listener:
            while not self.bell.closed:
                if not await self.may():
                    yield ServerSentEvent("null", event="ended")
                    return
                mails = await self.mailbox.changes(after=after, chats=self.chats, limit=BATCH)
                for mail in mails:
                    after = mail.change
                    yield ServerSentEvent(encode(mail_json(mail)).decode(), event="mail", id=str(after))
                if len(mails) == BATCH:
                    continue
                async for event in self._state():
                    yield event
                for chat in await listener.wait(LISTEN_SECONDS):
                    yield ServerSentEvent(encode(chat).decode(), event="typing")

    async def _state(self) -> AsyncIterator[ServerSentEvent]:
        state = {"unread": await self.mailbox.unread(self.chats), **await self.extras()}
        for name, value in state.items():
            data = encode(value)
            if self._said.get(name) != data:
                self._said[name] = data
                yield ServerSentEvent(data.decode(), event=name)


def stream_response(stream: Stream, request: Request) -> EventSourceResponse:
    """The stream from where this page left off: what its browser remembers goes before what its address says."""
    after = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return EventSourceResponse(stream.events(number(after) or 0), ping=PING_SECONDS)
