"""The ways in: a code that is typed, a link that is opened.

Opening a link uses nothing up, because messengers open links by themselves to show a preview: it shows one large
button, and pressing that lets the person in.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web.plain import Plain, text_of
from bot.channels.web.rendering import html
from bot.channels.web.visitor import Visitors
from bot.domain.page import Closed, Entered, NoEntry, PassState
from bot.texts import page

_CLOSED = {
    None: Closed.UNKNOWN,
    PassState.USED: Closed.USED,
    PassState.REVOKED: Closed.REVOKED,
    PassState.EXPIRED: Closed.EXPIRED,
}
_STATUS = {Closed.TOO_OFTEN: 429, Closed.SOMEONE_ELSE: 409}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The pages before the conversation."""

    visitors: Visitors
    plain: Plain

    async def form(self, request: Request) -> Response:
        """Where a code is typed; whoever is signed in has no need of it."""
        if await self.visitors.known(request):
            return RedirectResponse("/", 303)
        return self._ask(request, fault="", typed="")

    async def enter(self, request: Request) -> Response:
        """The code that was typed."""
        cookie = self.visitors.knocks(request)
        form = await request.form()
        if self.visitors.keeping.cookie(request) is None:
            return self._ask(request, fault=page.cookies_needed(), typed=text_of(form, "code"), status=400)
        self.visitors.keeping.check_form(request, form.get("word"))
        typed = text_of(form, "code")
        entered = await self.visitors.gate.enter_by_code(typed, self.visitors.visit(request, cookie))
        if isinstance(entered, NoEntry):
            return self._ask(request, fault=page.closed(entered), typed=typed, status=_STATUS.get(entered.why, 422))
        return await self._inside(entered)

    async def link(self, request: Request) -> Response:
        """A link was opened, by its person or by a program that looks at links: nothing is used up."""
        cookie = self.visitors.knocks(request)
        state = await self.visitors.gate.link_state(request.path_params["token"])
        if state is PassState.USED and await self.visitors.known(request):
            return RedirectResponse("/", 303)
        if state is not PassState.LIVE:
            return html("word.html", status=404 if state is None else 410, words=page.closed(NoEntry(_CLOSED[state])))
        answer = html("link.html", word=self.visitors.keeping.word(cookie))
        self._keep(request, answer, cookie)
        return answer

    async def use_link(self, request: Request) -> Response:
        """The large button was pressed."""
        cookie = self.visitors.knocks(request)
        form = await request.form()
        if self.visitors.keeping.cookie(request) is None:
            return html("word.html", status=400, words=page.cookies_needed())
        self.visitors.keeping.check_form(request, form.get("word"))
        token = request.path_params["token"]
        entered = await self.visitors.gate.enter_by_link(token, self.visitors.visit(request, cookie))
        if isinstance(entered, NoEntry):
            return html("word.html", status=_STATUS.get(entered.why, 410), words=page.closed(entered))
        return await self._inside(entered)

    async def _inside(self, entered: Entered) -> Response:
        await self.plain.begin(entered)
        answer = RedirectResponse("/", 303)
        self.visitors.keeping.keep(answer, entered.cookie, signed_in=True)
        return answer

    def _ask(self, request: Request, *, fault: str, typed: str, status: int = 200) -> Response:
        cookie = self.visitors.keeping.cookie(request) or self.visitors.knocks(request)
        answer = html(
            "entry.html", status=status, word=self.visitors.keeping.word(cookie), fault=fault, typed=typed[:40]
        )
        self._keep(request, answer, cookie)
        return answer

    def _keep(self, request: Request, answer: Response, cookie: str) -> None:
        if self.visitors.keeping.cookie(request) is None:
            self.visitors.keeping.keep(answer, cookie, signed_in=False)
