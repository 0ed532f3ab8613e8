"""What a watcher asks the running program: does it live, can it work, what are its figures.

    /health/live    the process answers
    /health/ready   200 when the database can be read and written, the clock ticks and the disk has room; else 503, and
                    why
    /metrics        for Prometheus

None says anything of a person, and none a secret. While the program listens on this machine only, whoever asks from
elsewhere through a reverse proxy finds nothing here.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.metrics import FORM, Metrics
from storage import vitals
from storage.database import Database

TICK_AGE = timedelta(minutes=2)
"""A clock that has not ticked for so long stands still."""
OVERDUE = timedelta(minutes=2)
"""A dated fact is overdue when so many ticks have passed it by."""
LEAST_FREE = 50_000_000
"""Bytes on the disk below which nothing should be promised any more."""

Ask = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The accounts that run, and why newer settings than theirs were not taken (empty: there are none)."""

    accounts: Sequence[str] = ()
    faults: Sequence[str] = ()


class Health:
    """The answers of one process."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        metrics: Metrics,
        host: str,
        settings: Callable[[], Settled] = Settled,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._for_all = not is_loopback(host)

    def routes(self) -> Sequence[Route]:
        """The three addresses."""
        return (
            Route("/health/live", self._guarded(self._live)),
            Route("/health/ready", self._guarded(self._ready)),
            Route("/metrics", self._guarded(self._figures)),
        )

    async def faults(self) -> list[str]:
        """Why the program cannot work at this moment; empty: it can."""
        faults = []
        if await self._look() is None:
            faults.append("the database does not answer")
        elif why := await vitals.cannot_write(self._database):
            faults.append(f"the database cannot be written: {why}")
        free = await vitals.free_bytes(self._database)
        if free is not None and free < LEAST_FREE:
            faults.append(f"the disk is full: {free // 1_000_000} MB are free")
        last = self._metrics.last_tick
        if last is None:
            faults.append("the clock has not ticked yet")
        elif (age := self._clock.now() - last) > TICK_AGE:
            faults.append(f"the clock has not ticked for {age.total_seconds():.0f} seconds")
        return faults

    async def _live(self, _request: Request) -> Response:
        return JSONResponse({"live": True})

    async def _ready(self, _request: Request) -> Response:
        faults = await self.faults()
        settled = self._settings()
        told = {
            "ready": not faults,
            "faults": faults,
            "accounts": list(settled.accounts),
            "settings_refused": list(settled.faults),
        }
        return JSONResponse(told, status_code=503 if faults else 200)

    async def _figures(self, _request: Request) -> Response:
        figures = self._metrics.exposed(await self._look(), settings_refused=bool(self._settings().faults))
        return Response(figures, media_type=FORM)

    async def _look(self) -> vitals.Vitals | None:
        return await vitals.look(self._database, overdue_before=self._clock.now() - OVERDUE)

    def _guarded(self, ask: Ask) -> Ask:
        async def answer(request: Request) -> Response:
            if self._for_all or (request.client and is_loopback(request.client.host)):
                return await ask(request)
            return Response(status_code=404)

        return answer


def is_loopback(host: str) -> bool:
    """Whether the address, or the name, is this machine's own and cannot be reached from elsewhere."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
