"""Receiving by webhook: a route that answers 2xx only when the update's transaction has committed.

A wrong secret is refused before anything is read. What can never be understood is confirmed, and logged, so that it
does not come again for ever; what could not be stored is answered with 503 and comes again.
"""

from hmac import compare_digest

import msgspec
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.hook import Hook
from bot.channels.raw import body_within, loads
from bot.channels.telegram_decode import decode
from bot.channels.telegram_intake import Intake

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_LIMIT = 4 * 1024 * 1024
"""Bytes that an update may have, far above anything that Telegram sends."""

log = structlog.get_logger()


def webhook_route(*, account: str, path: str, secret: str, intake: Intake) -> Route:
    """The route of one account. The secret may not be empty: anybody could speak for anybody."""
    if not secret:
        raise ValueError("a webhook needs a secret")

    async def receive(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not compare_digest(given.encode(), secret.encode()):
            log.warning("telegram_webhook_refused", account=account)
            return Response(status_code=403)
        try:
            body = await body_within(request, BODY_LIMIT)
        except ClientDisconnect:
            return Response(status_code=400)
        received = decode(account, loads(body))
        if received is None:
            log.info("telegram_update_dropped", account=account, size=len(body))
            return Response()
        if await intake.attempt(received) is not None:
            return Response(status_code=503)
        if received.callback_id is None:
            return Response()
        # Telegram carries out a call that stands in the answer: the button's waiting ends without a request of ours.
        call = {"method": "answerCallbackQuery", "callback_query_id": received.callback_id}
        return Response(msgspec.json.encode(call), media_type="application/json")

    return Route(path, Hook(receive), methods=["POST"])
