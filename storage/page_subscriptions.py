"""Where browsers want to be nudged: implements `bot.channels.web.ports.Subscriptions` for one account."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, select

from storage.database import Database
from storage.schema import page_sessions, page_subscriptions

_add = insert(page_subscriptions)
_of_session = select(page_subscriptions.c.id).where(page_subscriptions.c.session_id == bindparam("session"))
_remove = delete(page_subscriptions).where(page_subscriptions.c.session_id == bindparam("session"))
_remove_endpoint = delete(page_subscriptions).where(page_subscriptions.c.endpoint == bindparam("where"))
_of_chat = (
    select(page_subscriptions.c.endpoint)
    .join(page_sessions, page_sessions.c.id == page_subscriptions.c.session_id)
    .where(
        page_sessions.c.account == bindparam("account"),
        page_sessions.c.chat == bindparam("chat"),
        page_sessions.c.ended_at.is_(None),
        page_sessions.c.expires_at > bindparam("now"),
        page_sessions.c.seen_at > bindparam("idle_since"),
    )
    .order_by(page_subscriptions.c.id)
)


class StoredSubscriptions:
    """Every call is a transaction of its own. Sessions that have not been used for `idle` are not nudged."""

    def __init__(self, database: Database, *, account: str, idle: timedelta) -> None:
        self._database = database
        self._account = account
        self._idle = idle

    async def add(self, session: int, endpoint: str) -> None:
        async with self._database.write() as tx:
            await tx.run(_remove, {"session": session})
            await tx.run(_remove_endpoint, {"where": endpoint})
            await tx.run(_add, {"session_id": session, "endpoint": endpoint, "created_at": tx.now})

    async def remove(self, session: int) -> None:
        async with self._database.write() as tx:
            await tx.run(_remove, {"session": session})

    async def has(self, session: int) -> bool:
        async with self._database.read() as tx:
            return await tx.first(_of_session, {"session": session}) is not None

    async def of_chat(self, chat: str) -> Sequence[str]:
        async with self._database.read() as tx:
            values = {"account": self._account, "chat": chat, "now": tx.now, "idle_since": tx.now - self._idle}
            return [row.endpoint for row in await tx.all(_of_chat, values)]

    async def gone(self, endpoint: str) -> None:
        async with self._database.write() as tx:
            await tx.run(_remove_endpoint, {"where": endpoint})
