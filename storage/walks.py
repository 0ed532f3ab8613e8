"""Walks over many: the people of an audience, or the cells of a part of the tree, some at a time and in order.

Below a small unit its cells are named and their people looked up. Below a large one everybody stored is passed in the
order of their ids, and whether their cell belongs to it is asked for those on the way alone: so one step costs the same
however large the tree is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, Select, and_, bindparam, func, or_, select

from bot.domain.broadcast import Audience, AudienceKind, Count
from bot.domain.ids import PersonId, UnitId
from bot.domain.member import ASKED
from bot.domain.organisation import UnitKind
from bot.domain.rights import Role
from storage import pledges, self_reports
from storage.database import Tx
from storage.lists import padded
from storage.organisation import subtree, today, valid_on
from storage.rounds import round_by_id
from storage.schema import memberships, roles, unit_versions

NEAR = 100
"""A part of the tree with no more units than this is named."""
STEP = 500
"""Rows that one step looks at."""
COUNTED = 4
"""Steps that a count takes at most, below a large unit."""
COUNTED_NEAR = 20_000
"""People that are counted at most, below a small one."""
EVERYBODY = 2**62
"""Beyond every id: nobody came later."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next people, the last id that was looked at, and whether that was the end."""

    people: Sequence[PersonId]
    last: int
    ended: bool


def _table(kind: AudienceKind) -> Any:
    return roles if kind is AudienceKind.SECRETARIES else memberships


def _meant(kind: AudienceKind) -> ColumnElement[bool]:
    if kind is AudienceKind.SECRETARIES:
        return roles.c.role == Role.SECRETARY.value
    return memberships.c.status.in_(sorted(status.value for status in ASKED))


def _missing(kind: AudienceKind, person: Any) -> list[Any]:
    match kind:
        case AudienceKind.MISSING_PLEDGE:
            return [~pledges.signed(person)]
        case AudienceKind.MISSING_REPORT:
            return [~self_reports.sent(person)]
        case _:
            return []


def _rows(kind: AudienceKind, *, near: bool) -> Select[Any]:
    """A step over memberships (or roles): who, where, whether today, and whether when it was confirmed."""
    table = _table(kind)
    then = and_(
        table.c.id <= bindparam("known_to"),
        table.c.valid_from <= bindparam("then"),
        or_(table.c.valid_to.is_(None), table.c.valid_to >= bindparam("then")),
    )
    now = valid_on(table, bindparam("day"))
    # An expression and not the column: else the order, and not the cells, would choose the index.
    person: ColumnElement[int] = table.c.person_id + 0 if near else table.c.person_id
    found = (
        select(table.c.person_id, table.c.unit_id, now.label("is_now"), then.label("was_then"))
        .where(person > bindparam("after"), _meant(kind), or_(now, then), *_missing(kind, table.c.person_id))
        .order_by(person)
        .limit(bindparam("size", type_=Integer))
    )
    return found.where(table.c.unit_id.in_(bindparam("cells", expanding=True))) if near else found


def _paths() -> CTE:
    v = unit_versions
    start = (
        select(v.c.unit_id.label("start"), v.c.unit_id, v.c.parent_id)
        .where(v.c.unit_id.in_(bindparam("cells", expanding=True)), valid_on(v, bindparam("day")))
        .cte("paths", recursive=True)
    )
    above = (
        select(start.c.start, v.c.unit_id, v.c.parent_id)
        .join(start, v.c.unit_id == start.c.parent_id)
        .where(valid_on(v, bindparam("day")))
    )
    return start.union(above)


def _in_cells(kind: AudienceKind) -> tuple[Any, list[Any]]:
    """The table of a kind, and what makes its rows count today in the named cells."""
    table = _table(kind)
    here = [table.c.unit_id.in_(bindparam("cells", expanding=True)), _meant(kind), valid_on(table, bindparam("day"))]
    return table, here + _missing(kind, table.c.person_id)


def _by_cell(kind: AudienceKind) -> Select[Any]:
    table, here = _in_cells(kind)
    people = func.count(table.c.person_id.distinct()).label("people")
    return select(table.c.unit_id, people).where(*here).group_by(table.c.unit_id)


def _total(kind: AudienceKind) -> Select[Any]:
    table, here = _in_cells(kind)
    some = select(table.c.person_id).where(*here).distinct().limit(COUNTED_NEAR + 1).subquery()
    return select(func.count()).select_from(some)


_steps = {(kind, near): _rows(kind, near=near) for kind in AudienceKind for near in (False, True)}
_counts = {kind: _by_cell(kind) for kind in AudienceKind}
_totals = {kind: _total(kind) for kind in AudienceKind}
_below = select(subtree().c.id).limit(bindparam("size", type_=Integer))
_right_below = (
    select(unit_versions.c.unit_id)
    .where(unit_versions.c.parent_id == bindparam("unit"), valid_on(unit_versions, bindparam("day")))
    .limit(bindparam("size", type_=Integer))
)
_path = _paths()
_ways = select(_path.c.start, _path.c.unit_id)
_within = select(_path.c.start).where(_path.c.unit_id == bindparam("unit"))
_is_cell = and_(unit_versions.c.kind == UnitKind.CELL.value, valid_on(unit_versions, bindparam("day")))
_cells = (
    select(unit_versions.c.unit_id)
    .where(unit_versions.c.unit_id > bindparam("after"), _is_cell)
    .order_by(unit_versions.c.unit_id)
    .limit(bindparam("size", type_=Integer))
)
_cells_of = select(unit_versions.c.unit_id).where(
    unit_versions.c.unit_id.in_(bindparam("cells", expanding=True)), _is_cell
)
_units = select(unit_versions.c.unit_id, unit_versions.c.name).where(
    unit_versions.c.unit_id.in_(bindparam("cells", expanding=True)), valid_on(unit_versions, bindparam("day"))
)
_newest = {
    AudienceKind.SECRETARIES: select(func.max(roles.c.id)),
    AudienceKind.ALL: select(func.max(memberships.c.id)),
}


async def newest_id(tx: Tx, kind: AudienceKind) -> int:
    """The id that tells who is known now from who will come later."""
    statement = _newest.get(kind, _newest[AudienceKind.ALL])
    return int(await tx.scalar(statement) or 0)


async def next_people(
    tx: Tx,
    audience: Audience,
    *,
    text_hash: str,
    after: int = 0,
    known_to: int = EVERYBODY,
    then: date | None = None,
    size: int = STEP,
) -> Step:
    """The next people whom the rule means now and meant on the day `then`, when `known_to` was the newest.

    A step may find nobody and not be the end. `text_hash`: of the pledge text in force."""
    part = await _part(tx, audience)
    values = await _values(tx, audience, text_hash=text_hash)
    if values is None or part == frozenset():
        return Step((), after, ended=True)
    values |= {"after": after, "known_to": known_to, "then": then or today(tx), "day": today(tx), "size": size}
    return await _step(tx, audience, part, values)


async def _step(tx: Tx, audience: Audience, part: frozenset[UnitId] | None, values: dict[str, Any]) -> Step:
    """One step, in the named units or (None) everywhere."""
    if part is None:
        rows = await tx.all(_steps[audience.kind, False], values)
        part = await _within_of(tx, audience.unit, {row.unit_id for row in rows})
    else:
        rows = await tx.all(_steps[audience.kind, True], {**values, "cells": padded(sorted(part))})
    ended = len(rows) < values["size"]
    last = rows[-1].person_id if rows else values["after"]
    if not ended and rows[0].person_id != last:
        # Other rows of the last one may follow: they come with the next step.
        rows = [row for row in rows if row.person_id != last]
        last = rows[-1].person_id
    here = [row for row in rows if row.unit_id in part]
    now = {row.person_id for row in here if row.is_now}
    return Step(sorted(now & {row.person_id for row in here if row.was_then}), last, ended)


async def count_people(tx: Tx, audience: Audience, *, text_hash: str) -> Count:
    """How many people the rule means now, reachable or not: all of them, or as far as a few steps reach."""
    part = await _part(tx, audience)
    values = await _values(tx, audience, text_hash=text_hash)
    if values is None or part == frozenset():
        return Count(0, exact=True)
    values |= {"known_to": EVERYBODY, "then": today(tx), "day": today(tx), "size": STEP}
    if part is not None:
        people = int(await tx.scalar(_totals[audience.kind], {**values, "cells": padded(sorted(part))}))
        return Count(min(people, COUNTED_NEAR), exact=people <= COUNTED_NEAR)
    people, after = 0, 0
    for _ in range(COUNTED):
        step = await _step(tx, audience, None, {**values, "after": after})
        people, after = people + len(step.people), step.last
        if step.ended:
            return Count(people, exact=True)
    return Count(people, exact=False)


async def next_cells(tx: Tx, unit: UnitId, *, after: int, size: int = STEP) -> tuple[Sequence[UnitId], int, bool]:
    """The next cells at or below the unit, the last id that was looked at, and whether that was the end."""
    near = await _near(tx, unit)
    if near is not None:
        rows = await tx.all(_cells_of, {"cells": padded(sorted(near)), "day": today(tx)}) if near else []
        left = sorted(UnitId(row.unit_id) for row in rows if row.unit_id > after)
        return left[:size], left[:size][-1] if left else after, len(left) <= size
    rows = await tx.all(_cells, {"after": after, "size": size, "day": today(tx)})
    if not rows:
        return (), after, True
    found = await _within_of(tx, unit, {row.unit_id for row in rows})
    return sorted(found), rows[-1].unit_id, len(rows) < size


async def counts_by_cell(tx: Tx, audience: Audience, cells: Sequence[UnitId], *, text_hash: str) -> dict[UnitId, int]:
    """How many of each of these cells the rule means now; cells with nobody are left out."""
    values = await _values(tx, audience, text_hash=text_hash)
    if values is None or not cells:
        return {}
    rows = await tx.all(_counts[audience.kind], {**values, "cells": padded(cells), "day": today(tx)})
    return {UnitId(row.unit_id): row.people for row in rows}


async def names_of(tx: Tx, cells: Collection[UnitId]) -> dict[UnitId, str]:
    """The names of these units today; those that are no more are left out."""
    if not cells:
        return {}
    rows = await tx.all(_units, {"cells": padded(cells), "day": today(tx)})
    return {UnitId(row.unit_id): row.name for row in rows}


async def ways_up(tx: Tx, cells: Collection[UnitId]) -> dict[UnitId, frozenset[UnitId]]:
    """Each of these units and everything above it today; those that are no more are left out."""
    found: dict[UnitId, set[UnitId]] = {}
    if cells:
        for row in await tx.all(_ways, {"cells": padded(cells), "day": today(tx)}):
            found.setdefault(UnitId(row.start), set()).add(UnitId(row.unit_id))
    return {unit: frozenset(way) for unit, way in found.items()}


async def is_small(tx: Tx, unit: UnitId) -> bool:
    """Whether the units at or below this one are few enough to be named."""
    return await _near(tx, unit) is not None


async def _near(tx: Tx, unit: UnitId) -> frozenset[UnitId] | None:
    """The units at or below this one; None when they are too many to be named."""
    values = {"unit": unit, "day": today(tx), "size": NEAR + 1}
    # A database that goes down the tree takes in all that is right below a unit before it looks at how many it has.
    if len(await tx.all(_right_below, values)) > NEAR:
        return None
    rows = await tx.all(_below, values)
    return frozenset(UnitId(row.id) for row in rows) if len(rows) <= NEAR else None


async def _part(tx: Tx, audience: Audience) -> frozenset[UnitId] | None:
    if audience.kind is AudienceKind.CELLS:
        return await _within_of(tx, audience.unit, audience.cells)
    return await _near(tx, audience.unit)


async def _within_of(tx: Tx, unit: UnitId, cells: Collection[UnitId]) -> frozenset[UnitId]:
    """Those of these cells that are at or below the unit today."""
    if not cells:
        return frozenset()
    rows = await tx.all(_within, {"unit": unit, "cells": padded(cells), "day": today(tx)})
    return frozenset(UnitId(row.start) for row in rows)


async def _values(tx: Tx, audience: Audience, *, text_hash: str) -> dict[str, Any] | None:
    """The bind values of those who are missing in a round; None when the round is gone."""
    if audience.round_id is None:
        return {}
    found = await round_by_id(tx, audience.round_id)
    if found is None:
        return None
    if audience.kind is AudienceKind.MISSING_PLEDGE:
        return pledges.missing_values(tx, found, text_hash=text_hash, unit=audience.unit)
    return self_reports.missing_values(tx, found, unit=audience.unit)
