"""How often one browser, or one place on the internet, may come: so many at once, then one every so many seconds.

In memory, per process: it keeps a storm from the database. What must hold across processes and restarts, the guessing
of codes, is counted in the database (`handlers/guessing.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from math import ceil

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.pace import Pace

_KNOWN = 10_000
"""Places remembered at once; idle ones are forgotten."""


@dataclass(slots=True, kw_only=True)
class Limit:
    """A pace for everybody who comes. `take` raises `HTTPException` (429) for who comes too often."""

    seconds: float
    burst: int
    now: Callable[[], datetime]
    _paces: dict[str, Pace] = field(default_factory=dict, init=False)

    def take(self, who: str) -> None:
        """Count one visit."""
        now = self.now().timestamp()
        if len(self._paces) > _KNOWN:
            self._paces = {key: pace for key, pace in self._paces.items() if not pace.is_idle(now)}
        pace = self._paces.setdefault(who, Pace(self.seconds, self.burst))
        wait = pace.wait(now)
        if wait > 0:
            raise HTTPException(429, headers={"Retry-After": str(ceil(wait))})
        pace.reserve(now)


def place_of(request: Request) -> str:
    """Where a request comes from, as far as one caller is told from another: an address, or an IPv6 network."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(IPv6Address(int(address) >> 64 << 64)) if isinstance(address, IPv6Address) else host
