"""The conversation as a page of plain forms: for browsers that cannot run its script, and until it runs.

A press or a text is a form of its own that names its event, so that sending it twice does nothing twice. The page waits
a moment for the answer before it shows itself again.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web.bell import Bell
from bot.channels.web.intake import BadEvent, Event, PressedOn, Said, address_of, event_id_of, incoming, number, shown
from bot.channels.web.ports import Mailbox
from bot.channels.web.rendering import html
from bot.channels.web.upload import clean_name
from bot.channels.web.visitor import Visitors
from bot.channels.web.wire import JsonResponse, mail_json
from bot.chat import FileSent, Handle, Incoming, Pressed, Started, WantsFile
from bot.domain.page import Entered, SignedIn
from bot.texts import page

HISTORY = 30
ANSWER_SECONDS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """The page, and what its forms send."""

    visitors: Visitors
    mailbox: Mailbox
    handle: Handle
    wants_file: WantsFile
    bell: Bell

    async def page(self, request: Request) -> Response:
        """The page, with what its script needs to take over."""
        signed_in = await self.visitors.signed_in(request)
        after = await self.mailbox.last_change()
        before = number(request.query_params.get("truoc", ""))
        mails = await self.mailbox.history(signed_in.chat, before=before, limit=HISTORY)
        if mails and before is None:
            await self.mailbox.mark_read(signed_in.chat, up_to=mails[-1].id)
        return html(
            "service.html",
            signed_in=signed_in,
            mails=[mail_json(mail) for mail in mails],
            more=len(mails) == HISTORY,
            word=self._word(request),
            event=secrets.token_hex(8),
            wants_file=bool(await self.wants_file(address_of(signed_in.chat))),
            begin=self._begin(signed_in, after),
        )

    async def say(self, request: Request) -> Response:
        """Something typed, pressed or attached in a form."""
        signed_in = await self.visitors.signed_in(request)
        form = await request.form(max_files=1, max_fields=10)
        self.visitors.keeping.check_form(request, form.get("word"))
        self.visitors.posting.take(signed_in.chat)
        after = await self.mailbox.last_change()
        try:
            said, bubble = await self._said(signed_in.chat, form)
        except BadEvent as error:
            raise HTTPException(400) from error
        if said is not None:
            if bubble is not None:
                await self.mailbox.add_in(chat=signed_in.chat, event_id=said.event_id, shown=bubble)
            await self.handle(said)
            await self._answered(signed_in.chat, after)
        return RedirectResponse("/#cuoi", 303)

    async def news(self, request: Request) -> Response:
        """Whether there is something new, for old browsers that ask now and then."""
        signed_in = await self.visitors.signed_in(request)
        after = number(request.query_params.get("after", "")) or 0
        return JsonResponse(bool(await self.mailbox.changes(after=after, chats=[signed_in.chat], limit=1)))

    async def begin(self, entered: Entered) -> None:
        """What is said and pressed for somebody who has just come in. The second time nothing happens."""
        after = await self.mailbox.last_change()
        payload = Pressed(entered.press) if entered.press else Started(entered.start or "")
        await self.handle(Incoming(address=address_of(entered.chat), event_id=entered.event_id, payload=payload))
        await self._answered(entered.chat, after)

    async def _said(self, chat: str, form: FormData) -> tuple[Incoming | None, str | None]:
        made = text_of(form, "event")
        upload = form.get("file")
        if isinstance(upload, UploadFile):
            return await self._file(chat, made, upload)
        data, text = text_of(form, "data"), text_of(form, "text").strip()
        event: Event
        if data:
            # One page has many buttons under one name for its event: each is an event of its own.
            which = hashlib.sha256(f"{data}\0{text_of(form, 'mail')}".encode()).hexdigest()[:16]
            event = PressedOn(id=f"{made}-{which}", data=data, mail=number(text_of(form, "mail")))
        elif text:
            event = Said(id=made, text=text)
        else:
            return None, None
        return incoming(chat, event), shown(event)

    async def _file(self, chat: str, made: str, upload: UploadFile) -> tuple[Incoming | None, str | None]:
        if not upload.filename:
            return None, None
        address = address_of(chat)
        size = upload.size or 0
        content = await upload.read() if size <= await self.wants_file(address) else None
        file = FileSent(name=clean_name(upload.filename), size=size, content=content)
        said = Incoming(address=address, event_id=event_id_of(chat, f"{made}-file"), payload=file)
        return said, page.file_sent(file.name)

    async def _answered(self, chat: str, after: int) -> None:
        """Wait until the bot has said something, but not for long: the page asks again by itself."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                with self.bell.listening() as listener:
                    while not any(
                        not mail.incoming for mail in await self.mailbox.changes(after=after, chats=[chat], limit=20)
                    ):
                        await listener.wait(ANSWER_SECONDS)
        except TimeoutError:
            return

    def _word(self, request: Request) -> str:
        cookie = self.visitors.keeping.cookie(request)
        assert cookie is not None, "who is signed in has a cookie"
        return self.visitors.keeping.word(cookie)

    def _begin(self, signed_in: SignedIn, after: int) -> dict[str, Any]:
        return {
            "chat": signed_in.chat,
            "name": signed_in.name,
            "after": after,
            "words": page.service_words(signed_in.name),
        }


def text_of(form: FormData, name: str) -> str:
    """A field of a form as text; "" when it is not there."""
    value = form.get(name)
    return value if isinstance(value, str) else ""
