"""The page in service: for everybody who signs in, on any browser.

    /             the conversation; without its script (old telephones) a page of plain forms that does the same
    /vao, /l/…    the ways in (`entry.py`)
    /may          where I am signed in, signing out, being told of what is new (`machines.py`)
    /api/…        what the script of the conversation asks (`conversation.py`)

Whatever changes something is a form or a call that shows the browser's own word (`keeping.py`), from our own page
(`guard.py`), and not too often (`limits.py`). Nothing is loaded from elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.web.bell import Bell
from bot.channels.web.conversation import Conversation
from bot.channels.web.entry import Entry
from bot.channels.web.guard import LOOPBACK, service_guards
from bot.channels.web.installing import Installing
from bot.channels.web.keeping import Keeping
from bot.channels.web.limits import Limit
from bot.channels.web.machines import Machines
from bot.channels.web.plain import Plain
from bot.channels.web.ports import Gate, Mailbox, Menus, Subscriptions
from bot.channels.web.rehearsal import later
from bot.channels.web.rendering import STATIC, html
from bot.channels.web.visitor import Visitors
from bot.chat import Handle, WantsFile
from bot.texts import page

_SAFE = frozenset({"GET", "HEAD"})
FORM_LIMIT = 100_000
FILE_FORM_LIMIT = 25_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the page in service stands on. `hosts`: the names it is known under; `push_key`: how it names itself to push
    services, None when nobody is nudged."""

    gate: Gate
    mailbox: Mailbox
    handle: Handle
    wants_file: WantsFile
    menus: Menus
    bell: Bell
    subscriptions: Subscriptions
    now: Callable[[], datetime]
    key: bytes
    longest: timedelta
    hosts: Sequence[str]
    secure: bool
    push_key: str | None = None
    push_hosts: Sequence[str] = ()


def service_app(service: Service) -> Starlette:
    """The page and its addresses. Whoever runs it closes the bell when the program stops, so that streams end."""
    keeping = Keeping(secure=service.secure, longest=service.longest, key=service.key)
    visitors = Visitors(
        gate=service.gate,
        keeping=keeping,
        posting=Limit(seconds=1.0, burst=30, now=service.now),
        arriving=Limit(seconds=3.0, burst=30, now=service.now),
    )

    async def access(request: Request) -> Sequence[str]:
        signed_in = await visitors.signed_in(request)
        if request.method not in _SAFE:
            keeping.check_script(request)
            visitors.posting.take(signed_in.chat)
        return [signed_in.chat]

    conversation = Conversation(
        mailbox=service.mailbox,
        handle=service.handle,
        wants_file=service.wants_file,
        menus=service.menus,
        bell=service.bell,
        access=access,
        extras=_nothing_more,
    )
    plain = Plain(
        visitors=visitors,
        mailbox=service.mailbox,
        handle=service.handle,
        wants_file=service.wants_file,
        bell=service.bell,
    )
    entry = Entry(visitors=visitors, plain=plain)
    machines = Machines(
        visitors=visitors,
        subscriptions=service.subscriptions,
        push_key=service.push_key,
        push_hosts=service.push_hosts,
    )
    installing = Installing()
    return Starlette(
        routes=[
            Route("/", plain.page),
            Route("/noi", plain.say, methods=["POST"], max_body_size=FILE_FORM_LIMIT),
            Route("/moi", plain.news),
            Route("/vao", entry.form),
            Route("/vao", entry.enter, methods=["POST"], max_body_size=FORM_LIMIT),
            Route("/l/{token}", entry.link),
            Route("/l/{token}", entry.use_link, methods=["POST"], max_body_size=FORM_LIMIT),
            Route("/may", machines.page),
            Route("/may", machines.end, methods=["POST"], max_body_size=FORM_LIMIT),
            Route("/api/push", machines.push, methods=["POST"], max_body_size=FORM_LIMIT),
            Mount("/api", routes=conversation.routes()),
            Route("/trang.webmanifest", installing.manifest),
            Route("/sw.js", installing.worker),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=service_guards([*service.hosts, *LOOPBACK], secure=service.secure),
        exception_handlers={HTTPException: _fault, Exception: _later},
    )


async def _nothing_more() -> Mapping[str, Any]:
    return {}


async def _fault(request: Request, error: Exception) -> Response:
    """Said in words to people, in numbers to our script."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/api/"):
        return Response(status_code=error.status_code, headers={"Cache-Control": "no-store", **(error.headers or {})})
    if error.status_code == 401:
        return RedirectResponse("/vao", 303)
    words = {403: page.form_too_old, 429: page.too_fast}.get(error.status_code, page.no_such_page)()
    answer = html("word.html", status=error.status_code, words=words)
    answer.headers.update(error.headers or {})
    return answer


async def _later(request: Request, error: Exception) -> Response:
    """Nothing was stored: come again."""
    if request.url.path.startswith("/api/"):
        return await later(request, error)
    answer = html("word.html", status=503, words=page.come_again())
    answer.headers["Retry-After"] = "5"
    return answer
