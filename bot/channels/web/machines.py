"""Where a person is signed in, signing out, and being told of what is new (Web Push)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web.intake import number
from bot.channels.web.plain import text_of
from bot.channels.web.ports import Subscriptions
from bot.channels.web.rendering import html
from bot.channels.web.visitor import Visitors
from bot.domain.page import Browser
from bot.texts import page
from bot.texts.when import moment

_ENDPOINT = re.compile(r"https://([a-z0-9.-]{1,253})/[A-Za-z0-9._~:/?=&%+@,;!*()-]{0,2000}")


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where this browser wants to be nudged; "": nowhere."""

    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """The page of a person's machines. `push_hosts`: the push services that may be told; `push_key` None: none is."""

    visitors: Visitors
    subscriptions: Subscriptions
    push_key: str | None
    push_hosts: Sequence[str]

    async def page(self, request: Request) -> Response:
        """Where I am signed in."""
        signed_in = await self.visitors.signed_in(request)
        cookie = self.visitors.keeping.cookie(request)
        assert cookie is not None
        found = await self.visitors.gate.browsers(signed_in)
        begin = {
            "words": page.service_words(signed_in.name),
            "push": self.push_key if not signed_in.is_guest else None,
            "pushed": await self.subscriptions.has(signed_in.session),
        }
        return html(
            "machines.html",
            signed_in=signed_in,
            machines=[_shown(one) for one in found],
            word=self.visitors.keeping.word(cookie),
            begin=begin,
        )

    async def end(self, request: Request) -> Response:
        """Sign out here, on another machine, or everywhere."""
        signed_in = await self.visitors.signed_in(request)
        form = await request.form()
        self.visitors.keeping.check_form(request, form.get("word"))
        which = text_of(form, "session")
        if which == "all":
            await self.visitors.gate.sign_out_everywhere(signed_in)
            return self._out()
        session = signed_in.session if which == "here" else number(which)
        if session is None:
            raise HTTPException(404)
        await self.visitors.gate.sign_out(signed_in, session)
        return self._out() if session == signed_in.session else RedirectResponse("/may", 303)

    async def push(self, request: Request) -> Response:
        """Be nudged here, or no more. An address that is no push service's is refused: it is our machine that would
        call it."""
        signed_in = await self.visitors.signed_in(request)
        self.visitors.keeping.check_script(request)
        self.visitors.posting.take(signed_in.chat)
        try:
            wish = msgspec.json.decode(await request.body(), type=Wish)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise HTTPException(400) from error
        if not wish.endpoint:
            await self.subscriptions.remove(signed_in.session)
        elif self.push_key is None or signed_in.is_guest or not is_push_service(wish.endpoint, self.push_hosts):
            raise HTTPException(422)
        else:
            await self.subscriptions.add(signed_in.session, wish.endpoint)
        return Response(status_code=204)

    def _out(self) -> Response:
        answer = RedirectResponse("/vao", 303)
        self.visitors.keeping.forget(answer)
        return answer


def is_push_service(endpoint: str, hosts: Sequence[str]) -> bool:
    """Whether the address is one of these hosts', or below one of them, by https and at its usual port."""
    found = _ENDPOINT.fullmatch(endpoint)
    return found is not None and any(found[1] == name or found[1].endswith(f".{name}") for name in hosts)


def _shown(one: Browser) -> dict[str, object]:
    return {
        "session": one.session,
        "device": page.device(one.device),
        "here": one.here,
        "since": moment(one.started_at),
        "used": moment(one.seen_at),
    }
