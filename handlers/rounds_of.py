"""Which round of a kind is spoken of: the open one over a cell, or the newest until the next one opens.

What comes after the deadline is still taken while no later round has opened, and is late by its time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import RoundId, UnitId
from bot.domain.organisation import UnitKind
from bot.domain.rounds import RoundKind
from handlers.declare import Args, number
from handlers.turn import Turn
from storage import organisation, rounds, snoozes
from storage.database import Tx
from storage.rounds import Round


@dataclass(frozen=True, slots=True)
class RoundsOf:
    """The rounds of one kind; `over_round` and `over_cell` are for declarations."""

    kind: RoundKind

    async def over(self, tx: Tx, unit: UnitId) -> Sequence[Round]:
        """The rounds in which the members of a cell (or of all below a unit) are asked now: the open ones, soonest
        deadline first; when none is open, the newest; none before the first has opened."""
        path = await organisation.path_up(tx, unit)
        opened = await rounds.open_rounds(tx, self.kind, path)
        return opened or (await rounds.newest_rounds(tx, self.kind, path))[:1]

    async def is_current(self, tx: Tx, found: Round, cell: UnitId) -> bool:
        """Whether something is still taken in this round from the cell's members: no later one has opened."""
        return found.id in {one.id for one in await self.over(tx, cell)}

    async def by_args(self, tx: Tx, args: Args) -> Round | None:
        """The round of this kind that the first argument names."""
        name = number(args)
        found = await rounds.round_by_id(tx, RoundId(name)) if name is not None else None
        return found if found is not None and found.kind is self.kind else None

    async def and_unit(self, tx: Tx, args: Args) -> tuple[Round, organisation.Unit] | None:
        """The round and the unit of `round:unit`; None unless the round is over that unit."""
        found, name = await self.by_args(tx, args), number(args, 1)
        if found is None or name is None:
            return None
        unit = await organisation.unit_of(tx, UnitId(name))
        if unit is None or found.unit_id not in await organisation.path_up(tx, unit.id):
            return None
        return found, unit

    async def place(self, tx: Tx, args: Args) -> tuple[Round, organisation.Unit]:
        """The round and the unit of `round:unit`, over which the right was checked."""
        found = await self.and_unit(tx, args)
        assert found is not None, "the right was checked over this unit"
        return found

    async def over_round(self, tx: Tx, args: Args) -> UnitId | None:
        """`over` for what a member does in a round (`round`)."""
        found = await self.by_args(tx, args)
        return found.unit_id if found else None

    async def over_unit(self, tx: Tx, args: Args) -> UnitId | None:
        """`over` for what is done with what a unit has collected (`round:unit`)."""
        found = await self.and_unit(tx, args)
        return found[1].id if found else None

    async def over_cell(self, tx: Tx, args: Args) -> UnitId | None:
        """`over` for what is done with what a cell has collected (`round:cell`)."""
        found = await self.and_unit(tx, args)
        return found[1].id if found and found[1].kind is UnitKind.CELL else None


async def remind_at(turn: Turn, found: Round) -> datetime | None:
    """When the bot reminds who spoke of this round, as long as they are missing; None: not any more."""
    for one in await snoozes.snoozes_of(turn.tx, turn.person.person_id):
        if (one.kind, one.subject_id) == (found.kind.value, found.id):
            return one.next_due_at
    return found.next_due_at
