"""The outbox as the sender needs it: who has something to say, and one transaction for the end of a batch and the next.

What became of a batch is written down (storage/settling.py) and the next batch is claimed (storage/claiming.py) in one
transaction, with the places of the account's pace, its month's count and its pauses (storage/lanes.py,
storage/quotas.py): a commit a batch.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ScalarSelect, bindparam, literal_column, or_, select

from bot.chat import Outcome, Priority
from bot.outgoing import Batch, News, OutboxUnavailable, Terms, Wish
from storage import lanes, rerouting
from storage.claiming import IN_FLIGHT, QUEUED, claim, release_all
from storage.database import Database, StorageUnavailable, Tx
from storage.schema import outbox
from storage.settling import settle

# Accounts of which something is queued, one step in the index for each; then whether anything of them is due.
_queued_in = select(outbox.c.account).where(outbox.c.state == QUEUED).order_by(outbox.c.account).limit(1)
_accounts = select(_queued_in.scalar_subquery().label("account")).cte("accounts", recursive=True)
_accounts = _accounts.union_all(
    select(_queued_in.where(outbox.c.account > _accounts.c.account).scalar_subquery()).where(
        _accounts.c.account.is_not(None)
    )
)


def _first_due(priority: Priority) -> ScalarSelect[datetime]:
    return (
        select(outbox.c.due_at)
        .where(
            outbox.c.state == QUEUED,
            outbox.c.account == _accounts.c.account,
            outbox.c.priority == literal_column(str(int(priority))),
        )
        .order_by(outbox.c.due_at)
        .limit(1)
        .scalar_subquery()
    )


_ready = select(_accounts.c.account).where(
    _accounts.c.account.is_not(None), or_(*(_first_due(priority) <= bindparam("now") for priority in Priority))
)
_left = select(outbox.c.account).where(outbox.c.state == IN_FLIGHT, outbox.c.lease_until < bindparam("now"))


async def ready(tx: Tx) -> frozenset[str]:
    """The accounts that have something to do now: rows that are due, or that a sender has left behind."""
    found = [*await tx.all(_ready, {"now": tx.now}), *await tx.all(_left, {"now": tx.now})]
    return frozenset(row.account for row in found)


Tell = Callable[[Tx, Sequence[News]], Awaitable[None]]
"""Says what became known to whom it concerns, in the transaction in which it did."""


async def nobody_is_told(_tx: Tx, _news: Sequence[News]) -> None:
    """For where nobody listens."""


class StoredOutbox:
    """Implements `bot.delivery.Outbox`: every call a transaction of its own."""

    def __init__(self, database: Database, *, tell: Tell = nobody_is_told, can: rerouting.Can | None = None) -> None:
        """`can` says what the channel of an account can do: with it, what could not be said at one address of a person
        is said at another."""
        self._database = database
        self._tell = tell
        self._can = can

    async def exchange(self, terms: Terms, outcomes: Callable[[], Sequence[Outcome]], wish: Wish | None) -> Batch:
        try:
            async with self._database.write() as tx:
                ended = outcomes()
                news = await settle(tx, terms, ended)
                if self._can is not None and ended:
                    await rerouting.settled(tx, ended, can=self._can)
                batch = await claim(tx, terms, wish) if wish is not None else Batch()
                batch = replace(batch, news=(*news, *batch.news))
                if batch.news:
                    await self._tell(tx, batch.news)
        except StorageUnavailable as fault:
            raise OutboxUnavailable(str(fault)) from fault
        return batch

    async def ready(self) -> frozenset[str]:
        try:
            async with self._database.glance() as tx:
                return await ready(tx)
        except StorageUnavailable as fault:
            raise OutboxUnavailable(str(fault)) from fault

    async def tidy(self) -> None:
        try:
            async with self._database.write() as tx:
                await lanes.forget_chats(tx)
        except StorageUnavailable as fault:
            raise OutboxUnavailable(str(fault)) from fault


async def release_leases(database: Database) -> None:
    """On SQLite, where this process is the only one: what an earlier run had in flight goes out again at once.
    On PostgreSQL others may be sending; there the leases run out by themselves."""
    if database.is_sqlite:
        async with database.write() as tx:
            await release_all(tx)
