"""The tree of units on a day: paths up, everything below, and the events that change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, bindparam, insert, or_, select, update

from bot.clock import local
from bot.domain.ids import UnitId
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.words import fold
from storage import calendars
from storage.database import Row, Tx
from storage.schema import unit_versions, units
from storage.standing import standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A committee or a cell as it is on a day."""

    id: UnitId
    name: str
    kind: UnitKind
    cell_kind: CellKind | None
    parent_id: UnitId | None


def today(tx: Tx) -> date:
    """The day in Viet Nam at this transaction's instant."""
    return local(tx.now).date()


def valid_on(table: Any, day: Any) -> ColumnElement[bool]:
    """The condition that a dated row (`valid_from`, `valid_to`) holds on `day`."""
    return and_(table.c.valid_from <= day, or_(table.c.valid_to.is_(None), table.c.valid_to > day))


def subtree(*, unit: Any = None, day: Any = None) -> CTE:
    """The ids of a unit and of all below it on a day; bind parameters `unit` and `day` unless given."""
    unit = bindparam("unit") if unit is None else unit
    day = bindparam("day") if day is None else day
    top = select(units.c.id.label("id")).where(units.c.id == unit).cte("subtree", recursive=True)
    below = (
        select(unit_versions.c.unit_id)
        .join(top, unit_versions.c.parent_id == top.c.id)
        .where(valid_on(unit_versions, day))
    )
    return top.union(below)


def _path() -> CTE:
    start = (
        select(unit_versions.c.unit_id, unit_versions.c.parent_id)
        .where(unit_versions.c.unit_id == bindparam("unit"), valid_on(unit_versions, bindparam("day")))
        .cte("path", recursive=True)
    )
    above = (
        select(unit_versions.c.unit_id, unit_versions.c.parent_id)
        .join(start, unit_versions.c.unit_id == start.c.parent_id)
        .where(valid_on(unit_versions, bindparam("day")))
    )
    return start.union(above)


def _columns() -> Select[Any]:
    v = unit_versions
    return select(v.c.unit_id, v.c.name, v.c.kind, v.c.cell_kind, v.c.parent_id).where(valid_on(v, bindparam("day")))


_unit = _columns().where(unit_versions.c.unit_id == bindparam("unit"))
_below = _columns().where(unit_versions.c.unit_id.in_(select(subtree().c.id))).order_by(unit_versions.c.unit_id)
_cells_below = _below.where(unit_versions.c.kind == UnitKind.CELL.value)
_named = (
    _columns()
    .where(unit_versions.c.name_key == bindparam("name_key"), unit_versions.c.unit_id.in_(select(subtree().c.id)))
    .order_by(unit_versions.c.unit_id)
)
_roots = _columns().where(unit_versions.c.parent_id.is_(None)).order_by(unit_versions.c.unit_id)
_path_up = standing(select(_path().c.unit_id))
_end_version = (
    update(unit_versions)
    .where(unit_versions.c.unit_id == bindparam("unit"), unit_versions.c.valid_to.is_(None))
    .values(valid_to=bindparam("day"))
)
_in_turn = select(units.c.id).where(units.c.id.in_(bindparam("path", expanding=True))).order_by(units.c.id)
# Rows that point to a unit can be added meanwhile.
_hold = _in_turn.with_for_update(key_share=True)
_add_unit = insert(units).returning(units.c.id)
_add_version = insert(unit_versions)


def _to_unit(row: Row) -> Unit:
    return Unit(
        id=UnitId(row.unit_id),
        name=row.name,
        kind=UnitKind(row.kind),
        cell_kind=CellKind(row.cell_kind) if row.cell_kind else None,
        parent_id=UnitId(row.parent_id) if row.parent_id is not None else None,
    )


async def unit_of(tx: Tx, unit: UnitId) -> Unit | None:
    """The unit as it is today; None when it does not exist (any more)."""
    row = await tx.first(_unit, {"unit": unit, "day": today(tx)})
    return _to_unit(row) if row else None


async def path_up(tx: Tx, unit: UnitId) -> Sequence[UnitId]:
    """The unit and everything above it today, without order; empty when the unit does not exist today."""
    key = (unit, day := today(tx))
    found: Sequence[UnitId] | None = tx.standing.get(key)
    if found is None:
        found = tuple(UnitId(row.unit_id) for row in await tx.all(_path_up, {"unit": unit, "day": day}))
        tx.standing.keep(key, found)
    return found


async def units_below(tx: Tx, unit: UnitId) -> Sequence[Unit]:
    """The unit itself and everything below it today."""
    return [_to_unit(row) for row in await tx.all(_below, {"unit": unit, "day": today(tx)})]


async def cells_below(tx: Tx, unit: UnitId) -> Sequence[Unit]:
    """The cells at or below the unit today, oldest first."""
    return [_to_unit(row) for row in await tx.all(_cells_below, {"unit": unit, "day": today(tx)})]


async def units_named(tx: Tx, name: str, *, below: UnitId) -> Sequence[Unit]:
    """Units at or below `below` whose name is `name`, however it is written (case, diacritics)."""
    return [_to_unit(row) for row in await tx.all(_named, {"name_key": fold(name), "unit": below, "day": today(tx)})]


async def roots(tx: Tx) -> Sequence[Unit]:
    """The units that have no parent today."""
    return [_to_unit(row) for row in await tx.all(_roots, {"day": today(tx)})]


async def add_unit(
    tx: Tx,
    *,
    name: str,
    kind: UnitKind,
    parent: UnitId | None,
    cell_kind: CellKind | None = None,
    valid_from: date | None = None,
) -> UnitId:
    """A new unit, valid from today or from a given day on. A unit at the top starts a calendar of rounds, and
    for a new cell the calendars look again whether it needs one."""
    unit = UnitId(await tx.insert_id(_add_unit, {"created_at": tx.now}))
    await tx.run(
        _add_version,
        {
            "unit_id": unit,
            "name": name,
            "name_key": fold(name),
            "kind": kind.value,
            "cell_kind": cell_kind.value if cell_kind else None,
            "parent_id": parent,
            "valid_from": valid_from or today(tx),
        },
    )
    if parent is None:
        await calendars.start_calendar(tx, unit)
    if kind is UnitKind.CELL:
        await calendars.look_again(tx)
    return unit


async def change_kind(tx: Tx, unit: UnitId, kind: CellKind) -> None:
    """From today on the cell is of another kind; what it was stays as history."""
    found = await unit_of(tx, unit)
    assert found is not None and found.kind is UnitKind.CELL
    await tx.run(_end_version, {"unit": unit, "day": today(tx)})
    await tx.run(
        _add_version,
        {
            "unit_id": unit,
            "name": found.name,
            "name_key": fold(found.name),
            "kind": found.kind.value,
            "cell_kind": kind.value,
            "parent_id": found.parent_id,
            "valid_from": today(tx),
        },
    )


async def hold(tx: Tx, unit: UnitId) -> None:
    """Until this transaction ends, no other that holds this unit, or one above or below it, goes on."""
    await tx.all(_hold, {"path": sorted(await path_up(tx, unit))})
