"""Rounds (đợt): opened collections with a deadline, and when each speaks next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from bot.domain.ids import RoundId, UnitId
from bot.domain.reminder import Planned
from bot.domain.rounds import RoundKind
from storage.database import Row, Tx, insert_new
from storage.lists import padded
from storage.schema import rounds
from storage.standing import standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One collection over a unit and all below it. `next_step` is the ladder's step that is due at `next_due_at`."""

    id: RoundId
    kind: RoundKind
    unit_id: UnitId
    period: str
    opened_at: datetime
    due_at: datetime
    next_due_at: datetime | None
    next_step: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRounds:
    """Rounds that were opened together, and whose next step is due now: but for their units they are alike."""

    kind: RoundKind
    period: str
    opened_at: datetime
    due_at: datetime
    next_due_at: datetime
    next_step: str
    units: Mapping[RoundId, UnitId]


_by_id = standing(select(rounds).where(rounds.c.id == bindparam("round")))
_is_open = and_(
    rounds.c.closed_at.is_(None), rounds.c.opened_at <= bindparam("now"), rounds.c.due_at > bindparam("now")
)
_open_over = (
    select(rounds)
    .where(_is_open, rounds.c.kind == bindparam("kind"), rounds.c.unit_id.in_(bindparam("units", expanding=True)))
    .order_by(rounds.c.due_at, rounds.c.id)
)
_newest_over = (
    select(rounds)
    .where(
        rounds.c.kind == bindparam("kind"),
        rounds.c.opened_at <= bindparam("now"),
        rounds.c.unit_id.in_(bindparam("units", expanding=True)),
    )
    .order_by(rounds.c.opened_at.desc(), rounds.c.id.desc())
)
_due = (
    select(rounds.c.id)
    .where(rounds.c.next_due_at <= bindparam("now"))
    .order_by(rounds.c.next_due_at, rounds.c.id)
    .limit(512)
)
_claim = (
    select(
        rounds.c.id,
        rounds.c.unit_id,
        rounds.c.kind,
        rounds.c.period,
        rounds.c.opened_at,
        rounds.c.due_at,
        rounds.c.next_due_at,
        rounds.c.next_step,
    )
    .where(rounds.c.id.in_(bindparam("rounds", expanding=True)), rounds.c.next_due_at <= bindparam("now"))
    .order_by(rounds.c.id)
    .with_for_update(skip_locked=True)
)
_coming = select(rounds).where(rounds.c.next_due_at.is_not(None)).order_by(rounds.c.next_due_at, rounds.c.id).limit(5)
_open = insert_new(rounds, "kind", "unit_id", "period").returning(rounds.c.id)
_move = (
    update(rounds)
    .where(rounds.c.id.in_(bindparam("moved", expanding=True)))
    .values(next_due_at=bindparam("to_due"), next_step=bindparam("to_step"))
)
_set_deadline = (
    update(rounds)
    .where(rounds.c.id == bindparam("round"))
    .values(due_at=bindparam("to_deadline"), next_due_at=bindparam("to_due"), next_step=bindparam("to_step"))
)


def _to_round(row: Row) -> Round:
    return Round(
        id=RoundId(row.id),
        kind=RoundKind(row.kind),
        unit_id=UnitId(row.unit_id),
        period=row.period,
        opened_at=row.opened_at,
        due_at=row.due_at,
        next_due_at=row.next_due_at,
        next_step=row.next_step,
    )


async def round_by_id(tx: Tx, round_id: RoundId) -> Round | None:
    """The round; None when there is none with this id."""
    key = ("round", round_id)
    found: Round | None = tx.standing.get(key)
    if found is None:
        row = await tx.first(_by_id, {"round": round_id})
        if row:
            tx.standing.keep(key, found := _to_round(row))
    return found


async def open_rounds(tx: Tx, kind: RoundKind, units: Sequence[UnitId]) -> Sequence[Round]:
    """The rounds of a kind that are open now over one of the units (a cell's path up), soonest deadline first."""
    return [
        _to_round(row) for row in await tx.all(_open_over, {"kind": kind.value, "units": padded(units), "now": tx.now})
    ]


async def newest_rounds(tx: Tx, kind: RoundKind, units: Sequence[UnitId]) -> Sequence[Round]:
    """The rounds of a kind over one of the units that have opened, newest first, closed ones too."""
    return [
        _to_round(row)
        for row in await tx.all(_newest_over, {"kind": kind.value, "units": padded(units), "now": tx.now})
    ]


async def open_round(
    tx: Tx,
    *,
    kind: RoundKind,
    unit: UnitId,
    period: str,
    opened_at: datetime,
    due_at: datetime,
    next_due_at: datetime | None,
    next_step: str | None,
) -> RoundId | None:
    """Open a round; None when there is one of this kind, unit and period already."""
    first = Planned(next_step, next_due_at) if next_step is not None and next_due_at is not None else None
    opened = await open_rounds_over(
        tx, [unit], kind=kind, period=period, opened_at=opened_at, due_at=due_at, first=first
    )
    return opened[0] if opened else None


async def open_rounds_over(
    tx: Tx,
    units: Sequence[UnitId],
    *,
    kind: RoundKind,
    period: str,
    opened_at: datetime,
    due_at: datetime,
    first: Planned | None,
) -> Sequence[RoundId]:
    """Open one round over each of these units, with its first step; the ids of those that are new."""
    values = [
        {
            "kind": kind.value,
            "unit_id": unit,
            "period": period,
            "opened_at": opened_at,
            "due_at": due_at,
            "next_due_at": first.at if first else None,
            "next_step": first.step if first else None,
        }
        for unit in units
    ]
    return [RoundId(row.id) for row in await tx.insert_many(_open, values)]


async def due_rounds(tx: Tx) -> Sequence[int]:
    """The ids of rounds whose next step is due now."""
    return [row.id for row in await tx.all(_due, {"now": tx.now})]


async def claim_due(tx: Tx, found: Sequence[int]) -> Sequence[DueRounds]:
    """Those of these rounds that are still due now, locked for this transaction, the alike ones together; on the others
    another has acted."""
    alike: dict[tuple[Any, ...], dict[RoundId, UnitId]] = {}
    for what, some in groupby(
        await tx.all(_claim, {"rounds": padded(found), "now": tx.now}), itemgetter(slice(2, None))
    ):
        alike.setdefault(what, {}).update(map(itemgetter(0, 1), some))
    return [
        DueRounds(
            kind=RoundKind(kind),
            period=period,
            opened_at=opened_at,
            due_at=due_at,
            next_due_at=next_due_at,
            next_step=next_step,
            units=units,
        )
        for (kind, period, opened_at, due_at, next_due_at, next_step), units in alike.items()
    ]


async def coming_rounds(tx: Tx) -> Sequence[Round]:
    """The rounds that speak next, soonest first, five at most."""
    return [_to_round(row) for row in await tx.all(_coming)]


async def move_on(tx: Tx, found: Collection[RoundId], to: Planned | None) -> None:
    """When these rounds speak next, and with which step; None: never again."""
    values = {
        "moved": padded(found),
        "to_due": to.at if to else None,
        "to_step": to.step if to else None,
    }
    await tx.run(_move, values)


async def set_deadline(
    tx: Tx, round_id: RoundId, *, due_at: datetime, next_due_at: datetime | None, next_step: str | None
) -> None:
    """Change the round's deadline, and with it when it speaks next."""
    values = {"round": round_id, "to_deadline": due_at, "to_due": next_due_at, "to_step": next_step}
    await tx.run(_set_deadline, values)
