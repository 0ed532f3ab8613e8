"""The methods of the fake Bot API: what each does to the bot's updates, chats and settings."""

import asyncio
from contextlib import suppress
from typing import Any

from tests.fakes.telegram_chats import Chats, Upload
from tests.fakes.telegram_faults import OTHER_POLL, QUERY_TOO_OLD, WEBHOOK_IS_SET, Refusal
from tests.fakes.telegram_updates import Updates

_METHODS = (
    "getMe getUpdates setWebhook deleteWebhook getWebhookInfo setMyCommands deleteMyCommands sendMessage"
    " editMessageText sendDocument sendChatAction answerCallbackQuery getFile"
)
CANONICAL = {method.lower(): method for method in _METHODS.split()}
"""The methods by their names in lower case: the API does not tell the cases apart."""


class FakeBot:
    """What Telegram knows of one bot."""

    def __init__(self, *, username: str) -> None:
        self.username = username
        self.updates = Updates()
        self.chats = Chats()
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] = {}
        self.changed = asyncio.Condition()
        self.stopped = asyncio.Event()
        self._poll = 0

    async def do(self, method: str, params: dict[str, Any], upload: Upload | None) -> object:
        match method:
            case "getUpdates":
                return await self._get_updates(params)
            case "sendMessage" | "sendDocument":
                return self.chats.send(params, upload)
            case "editMessageText":
                return self.chats.edit(params)
            case "sendChatAction":
                return self.chats.act(params)
            case "getFile":
                return self._get_file(params)
            case "getMe":
                return {"id": 1, "is_bot": True, "first_name": "Bốn Tốt", "username": self.username}
            case _:
                return self._settle(method, params)

    def _settle(self, method: str, params: dict[str, Any]) -> object:
        """What is told once, and answered with true."""
        match method:
            case "answerCallbackQuery":
                if params["callback_query_id"] not in self.updates.queries:
                    raise QUERY_TOO_OLD
                self.updates.queries.discard(params["callback_query_id"])
            case "setWebhook":
                self.webhook = params
            case "deleteWebhook":
                self.webhook = {}
            case "getWebhookInfo":
                return self.webhook
            case "setMyCommands" | "deleteMyCommands":
                scope = params.get("scope", {"type": "default"})
                key = (str(scope.get("chat_id", scope["type"])), params.get("language_code", ""))
                self.commands[key] = params.get("commands", [])
            case _:
                raise AssertionError(method)
        return True

    async def _get_updates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook:
            raise WEBHOOK_IS_SET
        self._poll += 1
        mine = self._poll
        self.updates.arrived.set()  # whoever polled before is sent away
        self.updates.confirm_below(int(params.get("offset", 0)))
        async with self.changed:
            self.changed.notify_all()
        with suppress(TimeoutError):
            async with asyncio.timeout(float(params.get("timeout", 0))):
                while not self.updates.waiting and not self.stopped.is_set() and mine == self._poll:
                    self.updates.arrived.clear()
                    await self.updates.arrived.wait()
        if mine != self._poll:
            raise OTHER_POLL
        return self.updates.first(int(params.get("limit", 100)))

    def _get_file(self, params: dict[str, Any]) -> dict[str, Any]:
        path, content = self.updates.files.get(params["file_id"], ("", b""))
        if not path:
            raise Refusal(400, "Bad Request: invalid file_id")
        if len(content) > 20_000_000:
            raise Refusal(400, "Bad Request: file is too big")
        return {"file_id": params["file_id"], "file_size": len(content), "file_path": path}
