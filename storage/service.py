"""Which of our accounts are out of service: no longer named by the settings, paused after failures, or their month's
messages gone. At their addresses nobody is spoken to while there is another."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql

from bot.clock import local
from storage.database import Tx
from storage.schema import lanes, quotas

_out = select(lanes.c.account).where(or_(lanes.c.closed_at.is_not(None), lanes.c.paused_until > bindparam("now")))
_gone = select(quotas.c.account).where(quotas.c.month == bindparam("month"), quotas.c.gone_at.is_not(None))
_closed = select(lanes.c.account).where(lanes.c.closed_at.is_not(None)).order_by(lanes.c.account)
_insert = postgresql.insert(lanes).values(account=bindparam("account"), failures=0, pauses=0, closed_at=None)
_open = _insert.on_conflict_do_update(index_elements=["account"], set_={"closed_at": None})
_close = (
    update(lanes)
    .where(lanes.c.account.not_in(bindparam("accounts", expanding=True)), lanes.c.closed_at.is_(None))
    .values(closed_at=func.coalesce(lanes.c.closed_at, bindparam("at", type_=lanes.c.closed_at.type)))
)


async def out(tx: Tx) -> frozenset[str]:
    """The accounts that are out of service now."""
    rows = await tx.all(_out, {"now": tx.now})
    gone = await tx.all(_gone, {"month": f"{local(tx.now):%Y-%m}"})
    return frozenset(row.account for row in [*rows, *gone])


async def closed(tx: Tx) -> Collection[str]:
    """The accounts that the settings once named and name no longer."""
    return [row.account for row in await tx.all(_closed)]


async def only(tx: Tx, accounts: Collection[str]) -> None:
    """From now on the settings name these accounts and no others."""
    await tx.run(_close, {"accounts": list(accounts), "at": tx.now})
    for account in accounts:
        await tx.run(_open, {"account": account})
