"""Is anything due? One question over all kinds of dated facts at once, for the tick of every few seconds.

Every part of it is one step in an index, so that asking costs the same however much is stored.
"""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    bindparam,
    exists,
    literal_column,
    select,
    union_all,
)

from bot.domain.guessing import WINDOW
from storage import service
from storage.database import Tx
from storage.dead_letters import KEPT
from storage.schema import (
    broadcasts,
    calendars,
    code_attempts,
    dead_letters,
    dialogues,
    imports,
    meetings,
    outbox,
    rounds,
    sayings,
    snoozes,
)

_now: BindParameter[Any] = bindparam("now")
_DUE: dict[str, ColumnElement[bool]] = {
    "calendar": exists().where(calendars.c.next_due_at <= _now),
    "round": exists().where(rounds.c.next_due_at <= _now),
    "saying": exists().where(sayings.c.next_due_at <= _now),
    "meeting": exists().where(meetings.c.next_due_at <= _now),
    "snooze": exists().where(snoozes.c.next_due_at <= _now),
    "broadcast": exists().where(broadcasts.c.next_due_at <= _now),
    "import": exists().where(imports.c.next_due_at <= _now),
    "drafts": exists().where(dialogues.c.expires_at <= _now),
    "guesses": exists().where(code_attempts.c.at <= bindparam("outlived")),
    "letters": exists().where(dead_letters.c.failed_at <= bindparam("kept_since")),
    "late": exists().where(outbox.c.state == literal_column("'queued'"), outbox.c.expires_at < _now),
    "stray": service.any_trouble,
}
KINDS = frozenset(_DUE)
"""The kinds that the question knows, by the names under which they tick."""
_ask: CompoundSelect[Any] = union_all(
    *[select(literal_column(f"'{kind}'").label("kind")).where(due) for kind, due in _DUE.items()]
)


async def due_kinds(tx: Tx) -> frozenset[str]:
    """Those of `KINDS` of which something is due now."""
    values = {"now": tx.now, "outlived": tx.now - WINDOW, "kept_since": tx.now - KEPT}
    return frozenset(row.kind for row in await tx.all(_ask, values | service.trouble_values(tx)))
