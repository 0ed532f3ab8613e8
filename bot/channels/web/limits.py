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

_KNOWN = 10_000
"""Places remembered at once; idle ones are forgotten."""


@dataclass(slots=True, kw_only=True)
class Limit:
    """A pace for everybody who comes. `take` raises `HTTPException` (429) for who comes too often; that visit does not
    count, so that waiting helps."""

    seconds: float
    burst: int
    now: Callable[[], datetime]
    _free: dict[str, float] = field(default_factory=dict, init=False)

    def take(self, who: str) -> None:
        """Count one visit."""
        now = self.now().timestamp()
        if len(self._free) > _KNOWN:
            self._free = {key: free for key, free in self._free.items() if free > now}
        free = max(self._free.get(who, now), now)
        wait = free - now - (self.burst - 1) * self.seconds
        if wait > 0:
            raise HTTPException(429, headers={"Retry-After": str(ceil(wait))})
        self._free[who] = free + self.seconds


def place_of(request: Request) -> str:
    """Where a request comes from, as far as one caller is told from another: an address, or an IPv6 network."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(IPv6Address(int(address) >> 64 << 64)) if isinstance(address, IPv6Address) else host
