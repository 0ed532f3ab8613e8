"""Receiving by webhook: a route that answers 200 only when the event's transaction has committed.

A wrong secret is refused before anything is read. Whatever can never be understood, empty probes included, is answered
with 200 so that it does not come again; what could not be stored is answered with 503 and comes again.
"""

import structlog
from starlette.routing import Route

from bot.channels.hook import Answer, Headers, Hook
from bot.channels.raw import loads
from bot.channels.zalo_intake import Intake

HEADER = b"x-bot-api-secret-token"
BODY_LIMIT = 1024 * 1024
"""Bytes that an update may have, far above anything that Zalo sends."""

log = structlog.get_logger()


def webhook_route(*, account: str, path: str, secret: str, intake: Intake) -> Route:
    """The route of one account. Raises `ValueError` without a secret."""

    def refuse(headers: Headers) -> int:
        if HEADER not in headers and headers.get(b"content-length") == b"0":
            # Somebody looks whether anything is here. Nothing is said, so there is nothing to be trusted.
            return 200
        log.warning("zalo_webhook_refused", account=account)
        return 403

    async def answer(body: bytes) -> Answer:
        return (200 if await intake.stored(loads(body)) else 503), b""

    hook = Hook(header=HEADER, secret=secret.encode(), limit=BODY_LIMIT, answer=answer, refuse=refuse)
    return Route(path, hook, methods=["POST"])
