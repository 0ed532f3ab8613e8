"""What a browser keeps for us: one cookie. Before a sign-in it is a word that means nobody; after it, the session.

Forms carry a word made of the cookie (`form_word`), which no other page can read or make: that is what protects them
from being sent in somebody's name. Our script shows the same word in a header.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.guard import OWN_HEADER
from bot.domain.page import form_word

_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How the cookie is called and kept. `secure`: the page is reached by https only; `key`: the installation's."""

    secure: bool
    longest: timedelta
    key: bytes

    @property
    def name(self) -> str:
        """With the prefix, browsers take it from nobody but us."""
        return "__Host-bon-tot" if self.secure else "bon-tot"

    def cookie(self, request: Request) -> str | None:
        """What this browser keeps, if anything."""
        cookie = request.cookies.get(self.name, "")
        return cookie if 0 < len(cookie) <= _LONGEST else None

    def keep(self, response: Response, cookie: str, *, signed_in: bool) -> None:
        """Let the browser keep it: until it is closed, or as long as a session may last."""
        response.set_cookie(
            self.name,
            cookie,
            max_age=int(self.longest.total_seconds()) if signed_in else None,
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def forget(self, response: Response) -> None:
        """Signed out: nothing of the person stays in the browser."""
        response.delete_cookie(self.name, secure=self.secure, httponly=True, samesite="lax")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'

    def word(self, cookie: str) -> str:
        """What forms carry for the browser with this cookie."""
        return form_word(cookie, pepper=self.key)

    def check_form(self, request: Request, shown: object) -> str:
        """The cookie of a browser that sends a form of ours. Raises `HTTPException` (403) for any other form."""
        cookie = self.cookie(request)
        if cookie is None or not isinstance(shown, str) or not _same(shown, self.word(cookie)):
            raise HTTPException(403)
        return cookie

    def check_script(self, request: Request) -> None:
        """The same for what our script sends."""
        self.check_form(request, request.headers.get(OWN_HEADER))


def _same(shown: str, right: str) -> bool:
    return hmac.compare_digest(shown.encode("utf-8", "replace"), right.encode())
