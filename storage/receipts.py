"""Receipts: that something was recorded, and when; nothing of whose or what it says."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from storage.database import Tx
from storage.schema import receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """All that anybody may learn from a code."""

    kind: str
    recorded_at: datetime


_add = insert(receipts)
_remove = delete(receipts).where(receipts.c.code == bindparam("of_code"))
_find = select(receipts.c.kind, receipts.c.recorded_at).where(receipts.c.code == bindparam("code"))


async def add_receipt(tx: Tx, *, code: str, kind: str) -> None:
    """Remember a code in its compact form (`BN7K9QBT3XMF4H`); the primary key refuses one that is in use."""
    await tx.run(_add, {"code": code, "kind": kind, "recorded_at": tx.now})


async def find_receipt(tx: Tx, code: str) -> Receipt | None:
    """The receipt with this code, in its compact form (bot.domain.codes reads what people type)."""
    row = await tx.first(_find, {"code": code})
    return Receipt(kind=row.kind, recorded_at=row.recorded_at) if row else None


async def remove_receipt(tx: Tx, code: str) -> None:
    """Forget a code: what it stood for does not count (any more)."""
    await tx.run(_remove, {"of_code": code})
