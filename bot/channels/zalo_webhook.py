"""Receiving by webhook: a route that answers 200 only when the event's transaction has committed.

A wrong secret is refused before anything is read. Whatever can never be understood, empty probes included, is answered
with 200 so that it does not come again; what could not be stored is answered with 503 and comes again.
"""

from hmac import compare_digest

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.hook import Hook
from bot.channels.raw import body_within, loads
from bot.channels.zalo_intake import Intake

HEADER = "X-Bot-Api-Secret-Token"
BODY_LIMIT = 1024 * 1024
"""Bytes that an update may have, far above anything that Zalo sends."""

log = structlog.get_logger()


def webhook_route(*, account: str, path: str, secret: str, intake: Intake) -> Route:
    """The route of one account. The secret may not be empty: anybody could speak for anybody."""
    if not secret:
        raise ValueError("a webhook needs a secret")

    async def receive(request: Request) -> Response:
        given = request.headers.get(HEADER)
        if given is None and request.headers.get("Content-Length") == "0":
            # Somebody looks whether anything is here. Nothing is said, so there is nothing to be trusted.
            return Response()
        if not compare_digest((given or "").encode(), secret.encode()):
            log.warning("zalo_webhook_refused", account=account)
            return Response(status_code=403)
        try:
            body = await body_within(request, BODY_LIMIT)
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(status_code=200 if await intake.stored(loads(body)) else 503)

    return Route(path, Hook(receive), methods=["POST"])
