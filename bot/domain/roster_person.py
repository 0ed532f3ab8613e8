"""What a roster would change of one person: the details, where they belong, what they hold."""

from dataclasses import dataclass
from datetime import date

from bot.domain.ids import PersonId, UnitId
from bot.domain.member import PRESENT, Status
from bot.domain.rights import Role
from bot.domain.roster import Column, RosterRow
from bot.domain.roster_known import KnownPerson, KnownPlace, KnownRole, UnitRef
from bot.domain.roster_match import same_name


@dataclass(frozen=True, slots=True)
class Begin:
    """A membership to begin."""

    cell: UnitRef
    status: Status


@dataclass(frozen=True, slots=True)
class Grant:
    """A role to give."""

    role: Role
    unit: UnitRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of a person alone."""

    full_name: str
    birth_year: int | None
    birth_date: date | None
    member_code: str | None
    joined_on: date | None
    official_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlan:
    """What would be written of one person. `person` None: somebody new; `lines` none: not in the roster, and only a
    role ends; `details` as they would be, None where they are not the sender's affair; `changes` names those that
    differ; `moved_from`: the home cell that would be left."""

    lines: tuple[int, ...]
    person: PersonId | None
    name: str
    details: Details | None = None
    changes: tuple[Column, ...] = ()
    ends: tuple[KnownPlace, ...] = ()
    begins: tuple[Begin, ...] = ()
    gives: tuple[Grant, ...] = ()
    takes: tuple[KnownRole, ...] = ()
    moved_from: UnitId | None = None

    def writes(self) -> bool:
        """Whether there is anything to write."""
        return self.person is None or bool(self.changes or self.ends or self.begins or self.gives or self.takes)


@dataclass(frozen=True, slots=True)
class Membership:
    """What becomes of the memberships; `moved_from` is the home cell that would be left for another."""

    ends: tuple[KnownPlace, ...] = ()
    begins: tuple[Begin, ...] = ()
    moved_from: UnitId | None = None


def plan_membership(row: RosterRow, person: KnownPerson | None, cell: UnitRef, *, status_is_said: bool) -> Membership:
    """What a row makes of a person's memberships. A change ends the old one and begins another on the same day."""
    if person is None:
        return Membership(begins=(Begin(cell, row.status),))
    here = person.place_in(cell)
    if not status_is_said and here is not None and here.status in PRESENT:
        return Membership()
    if row.status is Status.TEMPORARY_IN:
        return _in_place_of(here, Begin(cell, row.status))
    home = person.home
    if home is None or home.cell == cell:
        return _in_place_of(home or here, Begin(cell, row.status))
    status = row.status if status_is_said or home.status not in PRESENT else home.status
    return Membership(ends=(home, here) if here else (home,), begins=(Begin(cell, status),), moved_from=home.cell)


def _in_place_of(place: KnownPlace | None, begin: Begin) -> Membership:
    if place is None:
        return Membership(begins=(begin,))
    return Membership() if place.status is begin.status else Membership(ends=(place,), begins=(begin,))


def read_details(row: RosterRow, person: KnownPerson | None) -> tuple[Details, tuple[Column, ...]]:
    """The details as the row has them, what it does not say as it was; and which of a known person's differ."""
    said = Details(
        # Whole rosters are typed in capitals; nobody is written to like that.
        full_name=row.full_name.title() if row.full_name.isupper() else row.full_name,
        birth_year=row.birth_year,
        birth_date=row.birth_date,
        member_code=row.member_code,
        joined_on=row.joined_on,
        official_on=row.official_on,
    )
    if person is None:
        return said, ()
    same_year = row.birth_year is None or row.birth_year == person.birth_year
    details = Details(
        full_name=person.full_name if same_name(row, person) else said.full_name,
        birth_year=said.birth_year or person.birth_year,
        birth_date=said.birth_date or (person.birth_date if same_year else None),
        member_code=said.member_code or person.member_code,
        joined_on=said.joined_on or person.joined_on,
        official_on=said.official_on or person.official_on,
    )
    return details, _differences(details, person)


def _differences(details: Details, person: KnownPerson) -> tuple[Column, ...]:
    differs = {
        Column.FULL_NAME: details.full_name != person.full_name,
        Column.BIRTH: (details.birth_year, details.birth_date) != (person.birth_year, person.birth_date),
        Column.MEMBER_CODE: details.member_code != person.member_code,
        Column.JOINED_ON: details.joined_on != person.joined_on,
        Column.OFFICIAL_ON: details.official_on != person.official_on,
    }
    return tuple(column for column, changed in differs.items() if changed)
