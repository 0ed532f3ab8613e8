"""Who is asking: a browser that is signed in, or one at the gate."""

import secrets
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.channels.web.keeping import Keeping
from bot.channels.web.limits import Limit, place_of
from bot.channels.web.ports import Gate
from bot.domain.page import SignedIn, Visit, device_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """Tells visitors apart. `posting` and `arriving`: how often one person may say something, one place knock."""

    gate: Gate
    keeping: Keeping
    posting: Limit
    arriving: Limit

    async def known(self, request: Request) -> SignedIn | None:
        """Whom the browser is signed in as, if anybody."""
        cookie = self.keeping.cookie(request)
        return await self.gate.signed_in(cookie) if cookie else None

    async def signed_in(self, request: Request) -> SignedIn:
        """Whom the browser is signed in as. Raises `HTTPException` (401) for nobody."""
        found = await self.known(request)
        if found is None:
            raise HTTPException(401)
        return found

    def knocks(self, request: Request) -> str:
        """A browser at the gate: the cookie that it has, or is to be given. Raises `HTTPException` (429)."""
        self.arriving.take(place_of(request))
        return self.keeping.cookie(request) or secrets.token_urlsafe(24)

    def visit(self, request: Request, cookie: str) -> Visit:
        """The browser, as the gate looks at it."""
        agent = request.headers.get("user-agent", "")
        return Visit(cookie=cookie, place=place_of(request), device=device_of(agent))
