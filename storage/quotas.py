"""How many messages an account has said in a month, where its messenger counts them.

A message counts from the moment it is claimed, so that a crash counts it rather than not; what surely did not go out is
taken off again. The rules are in bot/domain/quota.py.
"""

from datetime import datetime

from sqlalchemy import bindparam, case, update

from bot.domain import quota
from bot.outgoing import QuotaReached
from storage.database import Row, Tx
from storage.inserting import insert
from storage.schema import quotas

_new = insert(quotas)
_count = _new.on_conflict_do_update(
    index_elements=["account", "month"], set_={"used": quotas.c.used + _new.excluded.used}
).returning(quotas.c.used, quotas.c.told, quotas.c.told_of)
_of_month = (quotas.c.account == bindparam("of_account")) & (quotas.c.month == bindparam("of_month"))
_take_off = (
    update(quotas)
    .where(_of_month)
    .values(used=case((quotas.c.used > bindparam("unsaid"), quotas.c.used - bindparam("unsaid")), else_=0))
)
_told = update(quotas).where(_of_month).values(told=bindparam("level"), told_of=bindparam("of"))
_gone = update(quotas).where(_of_month).values(gone_at=bindparam("since"), probe_at=bindparam("again"))


async def count(tx: Tx, account: str, messages: int, *, limit: int | None) -> QuotaReached | None:
    """So many messages are on their way. What administrators are to be told of: once a month for each level and
    limit."""
    month = quota.month_of(tx.now)
    values = {"account": account, "month": month, "used": messages, "told": 0}
    row = await tx.first(_count, values)
    assert row is not None
    level = quota.level(row.used, limit)
    return await _tell_once(tx, account, month=month, level=level, limit=limit, row=row)


async def take_off(tx: Tx, account: str, messages: int) -> None:
    """So many of those that were counted were surely not said."""
    if messages:
        await tx.run(_take_off, {"of_account": account, "of_month": quota.month_of(tx.now), "unsaid": messages})


async def gone(tx: Tx, account: str, *, limit: int | None) -> QuotaReached | None:
    """The messenger says that the month's messages are gone."""
    month = quota.month_of(tx.now)
    row = await tx.first(_count, {"account": account, "month": month, "used": 0, "told": 0})
    assert row is not None
    await _set_gone(tx, account, since=tx.now, again=tx.now + quota.PROBE)
    return await _tell_once(tx, account, month=month, level=quota.GONE, limit=limit, row=row)


async def probe(tx: Tx, account: str, *, since: datetime) -> None:
    """One message is tried although the month's are gone since then."""
    await _set_gone(tx, account, since=since, again=tx.now + quota.PROBE)


async def back(tx: Tx, account: str) -> None:
    """The messenger takes messages again."""
    await _set_gone(tx, account, since=None, again=None)


async def _set_gone(tx: Tx, account: str, *, since: datetime | None, again: datetime | None) -> None:
    values = {"of_account": account, "of_month": quota.month_of(tx.now), "since": since, "again": again}
    await tx.run(_gone, values)


async def _tell_once(
    tx: Tx, account: str, *, month: str, level: int, limit: int | None, row: Row
) -> QuotaReached | None:
    known = row.told if row.told_of == limit else 0
    if level > known or row.told_of != limit:
        await tx.run(_told, {"of_account": account, "of_month": month, "level": level, "of": limit})
    if level <= known:
        return None
    return QuotaReached(account=account, level=level, used=row.used, limit=limit, month=month)
