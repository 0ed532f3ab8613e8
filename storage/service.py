"""Which of our accounts are out of service: no longer named by the settings, failing for a while, or their month's
messages gone. At their addresses nobody is spoken to while there is another.

The tables have a row an account (and month), so these questions cost next to nothing.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select, update

from bot.domain.quota import RESERVED_FROM, month_of
from storage.database import Tx
from storage.inserting import insert
from storage.schema import lanes, quotas

PATIENCE = timedelta(minutes=5)
"""An account that fails for longer is out of service: a short outage sends nobody's notice elsewhere."""

_is_out = or_(
    lanes.c.closed_at.is_not(None), and_(lanes.c.pauses > 0, lanes.c.failing_since <= bindparam("failing_before"))
)
_out = select(lanes.c.account).where(_is_out)
_this_month = quotas.c.month == bindparam("month")
_gone = select(quotas.c.account).where(_this_month, quotas.c.gone_at.is_not(None))
_is_scarce = and_(_this_month, or_(quotas.c.told >= RESERVED_FROM, quotas.c.gone_at.is_not(None)))
_scarce = select(quotas.c.account).where(_is_scarce)
_closed = select(lanes.c.account).where(lanes.c.closed_at.is_not(None)).order_by(lanes.c.account)
_insert = insert(lanes)
_open = _insert.on_conflict_do_update(index_elements=["account"], set_={"closed_at": None})
_close = (
    update(lanes)
    .where(lanes.c.account.not_in(bindparam("accounts", expanding=True)), lanes.c.closed_at.is_(None))
    .values(closed_at=bindparam("at"))
)

any_trouble: ColumnElement[bool] = or_(exists().where(_is_out), exists().where(_is_scarce))
"""Whether any account is out of service or scarce; bind parameters as `trouble_values` gives them."""


def trouble_values(tx: Tx) -> dict[str, Any]:
    """What `any_trouble` wants to know."""
    return {"failing_before": tx.now - PATIENCE, "month": month_of(tx.now)}


async def out(tx: Tx) -> frozenset[str]:
    """The accounts through which nothing is said now."""
    rows = await tx.all(_out, {"failing_before": tx.now - PATIENCE})
    gone = await tx.all(_gone, {"month": month_of(tx.now)})
    return frozenset(row.account for row in [*rows, *gone])


async def scarce(tx: Tx) -> frozenset[str]:
    """The accounts whose last messages of the month are kept for answers and notices."""
    return frozenset(row.account for row in await tx.all(_scarce, {"month": month_of(tx.now)}))


async def closed(tx: Tx) -> Collection[str]:
    """The accounts that the settings once named and name no longer."""
    return [row.account for row in await tx.all(_closed)]


async def only(tx: Tx, accounts: Collection[str]) -> None:
    """From now on the settings name these accounts and no others."""
    await tx.run(_close, {"accounts": list(accounts), "at": tx.now})
    for account in accounts:
        await tx.run(_open, {"account": account, "failures": 0, "pauses": 0, "closed_at": None})
