"""A row for every act: who did what to what, when. Details hold values and ids, never free text."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert

from bot.domain.ids import PersonId
from storage.database import Tx
from storage.schema import audit

_add = insert(audit)


async def record(tx: Tx, *, actor: PersonId | None, action: str, subject: str, **details: Any) -> None:
    """Add a row. `actor` None means the clock or the command line; `subject` is like "person:12"."""
    await tx.run(_add, {"at": tx.now, "actor_id": actor, "action": action, "subject": subject, "details": details})


async def record_many(
    tx: Tx, *, actor: PersonId | None, action: str, entries: Iterable[tuple[str, Mapping[str, Any]]]
) -> None:
    """Add a row for each subject, with its details."""
    rows = [
        {"at": tx.now, "actor_id": actor, "action": action, "subject": subject, "details": dict(details)}
        for subject, details in entries
    ]
    if rows:
        await tx.run(_add, rows)
