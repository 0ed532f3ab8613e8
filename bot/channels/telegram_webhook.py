"""Receiving by webhook: a route that answers 2xx only when the update's transaction has committed.

A wrong secret is refused before anything is read. What can never be understood is confirmed, and logged, so that it
does not come again for ever; what could not be stored is answered with 503 and comes again.
"""

import msgspec
import structlog
from starlette.routing import Route

from bot.channels.hook import Answer, Headers, Hook
from bot.channels.raw import loads
from bot.channels.telegram_decode import decode
from bot.channels.telegram_intake import Intake

HEADER = b"x-telegram-bot-api-secret-token"
BODY_LIMIT = 4 * 1024 * 1024
"""Bytes that an update may have, far above anything that Telegram sends."""

log = structlog.get_logger()


def webhook_route(*, account: str, path: str, secret: str, intake: Intake) -> Route:
    """The route of one account. Raises `ValueError` without a secret."""

    def refuse(_headers: Headers) -> int:
        log.warning("telegram_webhook_refused", account=account)
        return 403

    async def answer(body: bytes) -> Answer:
        received = decode(account, loads(body))
        if received is None:
            log.info("telegram_update_dropped", account=account, size=len(body))
            return 200, b""
        if await intake.attempt(received) is not None:
            return 503, b""
        if received.callback_id is None:
            return 200, b""
        # Telegram carries out a call that stands in the answer: the button's waiting ends without a request of ours.
        call = {"method": "answerCallbackQuery", "callback_query_id": received.callback_id}
        return 200, msgspec.json.encode(call)

    hook = Hook(header=HEADER, secret=secret.encode(), limit=BODY_LIMIT, answer=answer, refuse=refuse)
    return Route(path, hook, methods=["POST"])
