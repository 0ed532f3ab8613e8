"""A push service on a socket of its own: what Google's, Mozilla's and Apple's do, as far as a nudge needs it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class PushService:
    """Keeps what it was told. `answers`: another status than 201 for a device."""

    url: str = ""
    told: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        """A nudge for a device."""
        device = request.match_info["device"]
        self.told.append((device, dict(request.headers), await request.read()))
        status = self.answers.get(device, 201)
        headers = {"Location": f"{self.url}/elsewhere"} if 300 <= status < 400 else {}
        return web.Response(status=status, headers=headers)

    @property
    def devices(self) -> list[str]:
        """Who was nudged, in order."""
        return [device for device, _headers, _body in self.told]


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """One that listens on loopback."""
    service = PushService()
    app = web.Application()
    app.router.add_post("/send/{device}", service.take)
    app.router.add_post("/elsewhere", service.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    service.url = f"http://{host}:{port}"
    yield service
    await runner.cleanup()
