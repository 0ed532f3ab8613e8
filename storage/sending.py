"""The outbox as the sender needs it: every call a transaction of its own."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.chat import Claimed, Outcome
from storage import outbox
from storage.database import Database


class StoredOutbox:
    """Implements `bot.delivery.Outbox`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, *, accounts: Iterable[str], size: int, lease: timedelta) -> Sequence[Claimed]:
        async with self._database.write() as tx:
            return await outbox.claim(tx, accounts=accounts, size=size, lease=lease)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        async with self._database.write() as tx:
            await outbox.settle(tx, outcomes)


async def release_leases(database: Database) -> None:
    """On SQLite, where this process is the only one: what an earlier run had in flight goes out again at once.
    On PostgreSQL others may be sending; there the leases run out by themselves."""
    if database.is_sqlite:
        async with database.write() as tx:
            await outbox.release_all(tx)
