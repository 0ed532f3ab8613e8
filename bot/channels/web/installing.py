"""What lets people put the page on their telephone's screen: its manifest, and a small worker that shows nudges.

The worker keeps no page and answers no request: what people see always comes from the program itself.
"""

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.wire import encode
from bot.texts import page

_ICONS = (("192", "any"), ("512", "any"), ("512", "maskable"))
_WORKER = """// Shows that there is something new, and opens the page. What is new, only the page says.
const said = %s;
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("push", (event) => {
  const shown = { body: said.body, icon: "/static/icon-192.png", tag: "news", renotify: true };
  event.waitUntil(self.registration.showNotification(said.title, shown));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const open = (pages) => (pages.length ? pages[0].focus() : self.clients.openWindow("/"));
  event.waitUntil(self.clients.matchAll({ type: "window" }).then(open));
});
"""


class Installing:
    """Two small files."""

    async def manifest(self, _request: Request) -> Response:
        """The web manifest."""
        values = {
            "name": page.NAME,
            "short_name": page.NAME,
            "description": page.about(),
            "lang": "vi",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f5f2ed",
            "theme_color": "#8f1d21",
            "icons": [
                {
                    "src": f"/static/icon-{'maskable-' if purpose == 'maskable' else ''}{size}.png",
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for size, purpose in _ICONS
            ],
        }
        return Response(encode(values), media_type="application/manifest+json")

    async def worker(self, _request: Request) -> Response:
        """The service worker."""
        return Response(_WORKER % encode(dict(page.nudge())).decode(), media_type="text/javascript")
