"""What is known, today, of the part of the tree that a roster is for. Plain values, read from storage elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NewType

from bot.domain.ids import PersonId, UnitId
from bot.domain.member import PRESENT, Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rights import Role

UnitKey = NewType("UnitKey", str)
"""The name, made comparable, of a unit that a roster would make."""

UnitRef = UnitId | UnitKey
"""A unit that is there, or one that will be made."""


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A membership that holds today, in this part of the tree or elsewhere."""

    cell: UnitId
    status: Status


@dataclass(frozen=True, slots=True)
class KnownRole:
    """A role that is held today."""

    role: Role
    unit: UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person with everything that they are and hold today, wherever that is."""

    id: PersonId
    full_name: str
    birth_year: int | None = None
    birth_date: date | None = None
    member_code: str | None = None
    joined_on: date | None = None
    official_on: date | None = None
    places: tuple[KnownPlace, ...] = ()
    roles: tuple[KnownRole, ...] = ()

    @property
    def home(self) -> KnownPlace | None:
        """The home cell, or the one that it was for somebody transferred, removed or dead."""
        return next((place for place in self.places if place.status is not Status.TEMPORARY_IN), None)

    def place_in(self, cell: UnitRef) -> KnownPlace | None:
        """The membership in this cell."""
        return next((place for place in self.places if place.cell == cell), None)

    def is_present(self) -> bool:
        """Whether they belong to a cell, or never did."""
        return not self.places or any(place.status in PRESENT for place in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUnit:
    """A committee or a cell."""

    id: UnitId
    name: str
    kind: UnitKind
    cell_kind: CellKind | None
    parent: UnitId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a roster is held against: the committee `unit` and all `units` below it (itself among them), the people of
    that part, and whoever else bears a code of the roster. `cells_beside`: keys of the cells directly below a committee
    above `unit`; `committees_elsewhere`: keys of all committees outside."""

    unit: UnitId
    units: tuple[KnownUnit, ...]
    people: tuple[KnownPerson, ...] = ()
    cells_beside: frozenset[str] = frozenset()
    committees_elsewhere: frozenset[str] = frozenset()

    @property
    def unit_ids(self) -> frozenset[UnitId]:
        """The ids of this part of the tree."""
        return frozenset(unit.id for unit in self.units)

    def names(self) -> dict[UnitId, str]:
        """What the units of this part are called."""
        return {unit.id: unit.name for unit in self.units}

    def cells(self) -> Iterable[KnownUnit]:
        """The cells of this part."""
        return (unit for unit in self.units if unit.kind is UnitKind.CELL)
