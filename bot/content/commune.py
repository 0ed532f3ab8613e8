"""commune.toml: the invented commune of the rehearsal, as plain values. Nobody in it exists.

Units come parents first; people are named by their member codes. Whoever fills a database with it gives each person the
memberships and roles listed, and an address to those who are LINKED.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct

from bot.content.files import Key, Source, Versioned, Words, read_file
from bot.content.loader import COMMUNE_FILE, sample_source
from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rights import Role


class Reach(StrEnum):
    """How a person of the sample can be reached at first. INVITED: has a phone and has not joined yet."""

    LINKED = "linked"
    INVITED = "invited"
    NO_PHONE = "no_phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleUnit:
    """A committee or a cell; `parent` is the key of the unit above."""

    key: str
    name: str
    kind: UnitKind
    cell_kind: CellKind | None
    parent: str | None
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMembership:
    """A membership in the cell with key `unit`. `valid_to` is the first day on which it no longer holds."""

    unit: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRole:
    """A role over the unit with key `unit`."""

    role: Role
    unit: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePerson:
    """An invented person. Of the oldest only the year of birth is known. `official_on` is None for who is not yet an
    official member."""

    member_code: str
    full_name: str
    birth_date: date | None
    birth_year: int
    joined_on: date
    official_on: date | None
    reach: Reach
    memberships: tuple[SampleMembership, ...]
    roles: tuple[SampleRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCommune:
    """The whole sample. `first_chats` are the codes of the two people whose chats the page opens with: a member and
    the secretary of the same cell."""

    note: str
    units: tuple[SampleUnit, ...]
    people: tuple[SamplePerson, ...]
    first_chats: tuple[str, str]


def load_commune() -> SampleCommune:
    """The sample commune. Raises `ContentFault`."""
    return read_commune(sample_source(COMMUNE_FILE))


def read_commune(source: Source) -> SampleCommune:
    """A sample commune from a file. Raises `ContentFault`."""
    read, _ = read_file(source, CommuneFile)
    return SampleCommune(
        note=read.note,
        units=tuple(unit.to_unit(read.since) for unit in read.units),
        people=tuple(person.to_person(read.since) for person in read.people),
        first_chats=read.first_chats,
    )


class UnitModel(Struct, frozen=True):
    """One unit."""

    key: Key
    name: Words
    kind: UnitKind
    cell_kind: CellKind | None = None
    parent: Key | None = None

    def __post_init__(self) -> None:
        if (self.kind is UnitKind.CELL) != (self.cell_kind is not None):
            raise ValueError("a cell has a cell_kind, and only a cell has one")

    def to_unit(self, since: date) -> SampleUnit:
        """The unit as a plain value."""
        return SampleUnit(
            key=self.key,
            name=self.name,
            kind=self.kind,
            cell_kind=self.cell_kind,
            parent=self.parent,
            valid_from=since,
        )


class MembershipModel(Struct, frozen=True):
    """A membership; several in a row make a history."""

    unit: Key
    status: Status
    since: date | None = None
    until: date | None = None


class RoleModel(Struct, frozen=True):
    """A role over a unit."""

    role: Role
    unit: Key


class PersonModel(Struct, frozen=True, kw_only=True):
    """One person. `born` is a day, or only a year."""

    code: Words
    name: Words
    born: date | int
    joined: date
    official: date | None = None
    reach: Reach = Reach.LINKED
    cells: Annotated[tuple[MembershipModel, ...], Meta(min_length=1)]
    roles: tuple[RoleModel, ...] = ()

    def to_person(self, start: date) -> SamplePerson:
        """The person as a plain value."""
        return SamplePerson(
            member_code=self.code,
            full_name=self.name,
            birth_date=self.born if isinstance(self.born, date) else None,
            birth_year=self.born.year if isinstance(self.born, date) else self.born,
            joined_on=self.joined,
            official_on=self.official,
            reach=self.reach,
            memberships=tuple(
                SampleMembership(unit=one.unit, status=one.status, valid_from=one.since or start, valid_to=one.until)
                for one in self.cells
            ),
            roles=tuple(SampleRole(role=one.role, unit=one.unit, valid_from=start) for one in self.roles),
        )


class CommuneFile(Versioned, frozen=True, kw_only=True):
    """The whole of commune.toml. `since` is the day from which units, memberships and roles hold."""

    note: Words
    since: date
    first_chats: tuple[str, str]
    units: tuple[UnitModel, ...]
    people: tuple[PersonModel, ...]

    def __post_init__(self) -> None:
        known: set[str] = set()
        for unit in self.units:
            if unit.key in known or (unit.parent is not None and unit.parent not in known):
                raise ValueError(f"unit {unit.key!r}: parents come first, and each unit once")
            known.add(unit.key)
        codes = sorted(person.code for person in self.people)
        if any(one == other for one, other in pairwise(codes)):
            raise ValueError("two people have the same code")
        named = {cell.unit for person in self.people for cell in person.cells}
        named |= {role.unit for person in self.people for role in person.roles}
        if strange := sorted(named - known) + sorted(set(self.first_chats) - set(codes)):
            raise ValueError(f"nobody and nothing is called {', '.join(strange)}")
