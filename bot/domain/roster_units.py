"""The cells of a roster, held against the tree: those that are there, those that would be made, and what is wrong.

A cell that is not known is made below the committee that its rows name, or below the one that the roster is for.
Cells are neither renamed nor put below another committee by a roster; only their kind can change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.ids import UnitId
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.roster import NEW_CELL_KIND, Column, Fault, RosterCell, RosterRow, RowFault
from bot.domain.roster_check import cells_of
from bot.domain.roster_known import Known, KnownUnit, UnitKey, UnitRef
from bot.domain.roster_values import cell_key, word_key


@dataclass(frozen=True, slots=True)
class NewCommittee:
    """A committee to make, directly below the one that the roster is for."""

    key: UnitKey
    name: str


@dataclass(frozen=True, slots=True)
class NewCell:
    """A cell to make."""

    key: UnitKey
    name: str
    kind: CellKind
    parent: UnitRef


@dataclass(frozen=True, slots=True)
class NewKind:
    """A cell that is known as another kind."""

    cell: UnitId
    name: str
    before: CellKind | None
    kind: CellKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedUnits:
    """Where the roster's cells are, by `cell_key` and by line; a cell with a fault has no place."""

    places: Mapping[str, UnitRef]
    lines: Mapping[int, UnitRef]
    committees: tuple[NewCommittee, ...]
    cells: tuple[NewCell, ...]
    kinds: tuple[NewKind, ...]
    faults: tuple[RowFault, ...]


def place_units(rows: Sequence[RosterRow], known: Known) -> PlacedUnits:
    """The cells that these rows name."""
    placing = _Placing(rows, known)
    for cell in cells_of(rows):
        placing.add(cell)
    return placing.done()


def watched_cells(row: RosterRow, placed: PlacedUnits, known: Known) -> tuple[list[UnitRef], list[RowFault]]:
    """The cells that the row's person is in charge of from above."""
    found: list[UnitRef] = []
    faults: list[RowFault] = []
    for name in row.in_charge_of:
        key = cell_key(name)
        place = placed.places.get(key)
        there = [cell.id for cell in known.cells() if place is None and cell_key(cell.name) == key]
        if place is not None:
            found.append(place)
        elif len(there) == 1:
            found.append(there[0])
        else:
            fault = Fault.SEVERAL_CELLS if there else Fault.UNKNOWN_CELL
            faults.append(RowFault(row.line, Column.IN_CHARGE_OF, fault, name))
    return found, faults


class _Wrong(Exception):
    """The cell cannot be placed; the lines that fill in the column have the fault."""

    def __init__(self, column: Column, fault: Fault, value: str) -> None:
        super().__init__(fault)
        self.column, self.fault, self.value = column, fault, value


class _Placing:
    """The works: one cell after the other."""

    def __init__(self, rows: Sequence[RosterRow], known: Known) -> None:
        self._known = known
        self._names = known.names()
        keys = {name: cell_key(name) for name in {row.cell_name for row in rows}}
        self._lines: dict[str, list[RosterRow]] = {}
        for row in rows:
            self._lines.setdefault(keys[row.cell_name], []).append(row)
        self._cells: dict[str, list[KnownUnit]] = {}
        for cell in known.cells():
            self._cells.setdefault(cell_key(cell.name), []).append(cell)
        self._committees = {word_key(unit.name): unit.id for unit in known.units if unit.kind is UnitKind.COMMITTEE}
        self._places: dict[str, UnitRef] = {}
        self._new_committees: dict[str, NewCommittee] = {}
        self._new_cells: list[NewCell] = []
        self._kinds: list[NewKind] = []
        self._faults: list[RowFault] = []

    def add(self, cell: RosterCell) -> None:
        """Place one cell."""
        key = cell_key(cell.name)
        try:
            self._places[key] = self._place(key, cell)
        except _Wrong as wrong:
            self._faults += [
                RowFault(row.line, wrong.column, wrong.fault, wrong.value)
                for row in self._lines[key]
                if wrong.column is not Column.PARENT or row.parent_name
            ]

    def done(self) -> PlacedUnits:
        """All of them."""
        return PlacedUnits(
            places=self._places,
            lines={row.line: place for key, place in self._places.items() for row in self._lines[key]},
            committees=tuple(self._new_committees.values()),
            cells=tuple(self._new_cells),
            kinds=tuple(self._kinds),
            faults=tuple(self._faults),
        )

    def _place(self, key: str, cell: RosterCell) -> UnitRef:
        parent = self._parent(cell.parent_name) if cell.parent_name else None
        if key in self._cells:
            return self._there(self._cells[key], cell, parent)
        if word_key(cell.name) in self._committees:
            raise _Wrong(Column.CELL, Fault.NOT_A_CELL, cell.name)
        if parent is None and key in self._known.cells_beside:
            raise _Wrong(Column.CELL, Fault.OUTSIDE, cell.name)
        new = NewCell(UnitKey(key), cell.name, cell.kind or NEW_CELL_KIND, parent or self._known.unit)
        self._new_cells.append(new)
        return new.key

    def _there(self, units: Sequence[KnownUnit], cell: RosterCell, parent: UnitRef | None) -> UnitId:
        fitting = [unit for unit in units if parent is None or unit.parent == parent]
        if not fitting:
            above = units[0].parent
            raise _Wrong(Column.PARENT, Fault.CELL_ELSEWHERE, self._names.get(above, "") if above else "")
        if len(fitting) > 1:
            raise _Wrong(Column.CELL, Fault.SEVERAL_CELLS, cell.name)
        unit = fitting[0]
        if cell.kind is not None and cell.kind is not unit.cell_kind:
            self._kinds.append(NewKind(unit.id, unit.name, unit.cell_kind, cell.kind))
        return unit.id

    def _parent(self, name: str) -> UnitRef:
        key = word_key(name)
        if key in self._committees:
            return self._committees[key]
        if key in self._known.committees_elsewhere:
            raise _Wrong(Column.PARENT, Fault.OUTSIDE, name)
        # A committee and a cell may have the same name: their keys must not.
        new = self._new_committees.setdefault(key, NewCommittee(UnitKey(f"^{key}"), name))
        return new.key
