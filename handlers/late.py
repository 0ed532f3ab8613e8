"""Messages that could not be said in time, because a messenger was out of reach or the program stood still: they are
missed and never sent, and those who lead the cells of those who should have heard them are told so.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.ids import PersonId, UnitId
from bot.domain.rights import LEADERS
from bot.template import Template
from bot.texts import rounds as texts
from handlers.registry import Offer
from handlers.telling import Word, tell_each
from handlers.tick import Coming, Due
from handlers.turn import Act
from storage import late, walks
from storage.addresses import reach_holders
from storage.database import Tx

TOGETHER = 500


def offer() -> Offer:
    """Only dated facts."""
    due = Due(name="late", find=late.late_messages, act=_alone, act_together=_miss, together=TOGETHER, coming=_nothing)
    return Offer(dues=(due,))


async def _alone(act: Act, row: int) -> None:
    await _miss(act, [row])


async def _miss(act: Act, rows: Sequence[int]) -> None:
    missed = await late.miss(act.tx, rows)
    act.missed["message"] += len(missed)
    cells = await late.cells_of(act.tx, list({one.person_id for one in missed if one.person_id is not None}))
    people: dict[UnitId, set[PersonId]] = {}
    since: dict[UnitId, datetime] = {}
    for one in missed:
        cell = cells.get(one.person_id) if one.person_id is not None else None
        if cell is not None and one.person_id is not None:
            people.setdefault(cell, set()).add(one.person_id)
            since[cell] = min(one.due_at, since.get(cell, one.due_at))
    names = await walks.names_of(act.tx, list(people))
    leaders = await reach_holders(act.tx, list(people), LEADERS)
    first = min(rows)
    words = [
        Word(
            leader,
            address,
            f"late:{first}:{cell}:{leader}",
            Template(texts.late(cell=names.get(cell, ""), people=len(whom), since=since[cell])),
        )
        for cell, whom in people.items()
        for leader, address in leaders.get(cell, {}).items()
    ]
    await tell_each(act, words)


async def _nothing(_tx: Tx) -> Sequence[Coming]:
    return ()
