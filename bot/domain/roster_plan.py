"""What a roster would change: its rows, held against what is known today. Pure; nothing is written here.

A roster adds people, cells and committees, mends details, changes kinds of membership, gives and ends roles. It
moves people between cells only when that is agreed to, and takes nobody out: who is known and not in it is shown.
What a roster does not say it leaves alone: an empty column, an empty birthday. An empty cell in the column of roles,
where others have one, says that this person has none; in the column of statuses, that they are an official member.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.ids import PersonId, UnitId
from bot.domain.member import PRESENT, Status
from bot.domain.roster import Column, Fault, Roster, RosterRow, RowFault
from bot.domain.roster_known import Known, KnownPerson, KnownPlace, UnitRef
from bot.domain.roster_match import Matched, match_people
from bot.domain.roster_person import Begin, PersonPlan, plan_membership, read_details
from bot.domain.roster_roles import Rules, plan_roles, replaced_secretaries
from bot.domain.roster_units import NewCell, NewCommittee, NewKind, PlacedUnits, place_units

_NEEDS_EVERY_LINE = frozenset({Fault.UNKNOWN_CELL, Fault.SEVERAL_PEOPLE})
"""Faults that may come only from lines that were left out for faults of their own."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who belongs to a cell that the roster names, and is not in it."""

    person: PersonId
    name: str
    cell: UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be written. `people` are those with something to write; `unchanged` counts the others of the roster;
    `silent` are the cells that it does not name, `silent_members` those who belong there. With faults, nothing is."""

    committees: tuple[NewCommittee, ...]
    cells: tuple[NewCell, ...]
    kinds: tuple[NewKind, ...]
    people: tuple[PersonPlan, ...]
    unchanged: int
    missing: tuple[Missing, ...]
    silent: tuple[UnitId, ...]
    silent_members: int
    faults: tuple[RowFault, ...]

    @property
    def moved(self) -> tuple[PersonPlan, ...]:
        """Those who would leave their cell for another."""
        return tuple(person for person in self.people if person.moved_from is not None)

    def changes_nothing(self) -> bool:
        """Whether nothing would be written."""
        return not (self.committees or self.cells or self.kinds or self.people)


def make_plan(roster: Roster, known: Known, *, may_give_officers: bool) -> Plan:
    """What the rows of a checked roster would change; `may_give_officers`: the sender may give (and end) the role that
    reaches over the whole committee."""
    placed = place_units(roster.rows, known)
    cells = placed.lines
    matched = match_people(roster.rows, known, cells)
    works = _Works(roster, known, placed, matched, may_give_officers=may_give_officers)
    people = works.people()
    faults = [*placed.faults, *matched.faults, *works.faults]
    if roster.faults:
        faults = [fault for fault in faults if fault.fault not in _NEEDS_EVERY_LINE]
    named = {cell for cell in cells.values() if isinstance(cell, int)}
    silent = [cell.id for cell in known.cells() if cell.id not in named]
    writes = [person for person in people if person.writes()]
    return Plan(
        committees=placed.committees,
        cells=placed.cells,
        kinds=placed.kinds,
        people=tuple(writes),
        unchanged=sum(1 for person in people if not person.writes()),
        missing=tuple(_missing(known, named, people, matched, cells)),
        silent=tuple(silent),
        silent_members=sum(_members_of(known, silent).values()),
        faults=tuple(sorted(faults, key=lambda fault: (fault.line, list(Column).index(fault.column)))),
    )


def without_moves(roster: Roster, plan: Plan) -> Roster:
    """The roster without the people who would move: to plan anew what is imported while they stay where they are."""
    moved = {line for person in plan.moved for line in person.lines}
    return replace(roster, rows=tuple(row for row in roster.rows if row.line not in moved))


def fingerprint(plan: Plan) -> str:
    """The same for plans that would write and show the same."""
    return hashlib.sha256(repr(plan).encode()).hexdigest()


class _Works:
    """The people of the roster, one after the other."""

    def __init__(
        self, roster: Roster, known: Known, placed: PlacedUnits, matched: Matched, *, may_give_officers: bool
    ) -> None:
        self.faults: list[RowFault] = []
        self._roster = roster
        self._known = known
        self._inside = known.unit_ids
        self._placed = placed
        self._matched = matched
        self._rules = Rules(
            known=known,
            inside=self._inside,
            columns=frozenset(roster.columns),
            may_give_officers=may_give_officers,
        )

    def people(self) -> list[PersonPlan]:
        """A plan for everybody in the roster, and for those whose role somebody in it takes over."""
        faulty = {fault.line for fault in (*self._placed.faults, *self._matched.faults)}
        plans = []
        for rows, person in self._by_person():
            if faulty.isdisjoint(row.line for row in rows):
                plans.append(self._plan(rows, person))
        return replaced_secretaries(plans, self._known)

    def _by_person(self) -> Iterable[tuple[list[RosterRow], KnownPerson | None]]:
        """The rows of each person, the one of the home cell first."""
        rows_of: dict[tuple[str, int], list[RosterRow]] = {}
        for row in self._roster.rows:
            person = self._matched.people.get(row.line)
            key = ("known", person.id) if person else ("new", self._matched.same_as.get(row.line, row.line))
            rows_of.setdefault(key, []).append(row)
        for rows in rows_of.values():
            rows.sort(key=lambda row: (row.status is Status.TEMPORARY_IN, row.line))
            yield rows, self._matched.people.get(rows[0].line)

    def _plan(self, rows: Sequence[RosterRow], person: KnownPerson | None) -> PersonPlan:
        ends: list[KnownPlace] = []
        begins: list[Begin] = []
        moved_from: UnitId | None = None
        for row in rows:
            cell = self._placed.lines[row.line]
            if person and self._is_outside(row, person):
                column = Column.MEMBER_CODE if row.member_code else Column.FULL_NAME
                self.faults.append(RowFault(row.line, column, Fault.OUTSIDE, row.member_code or row.full_name))
                continue
            said = Column.STATUS in self._roster.columns
            change = plan_membership(row, person, cell, status_is_said=said)
            ends += [place for place in change.ends if place not in ends]
            begins += change.begins
            moved_from = moved_from or change.moved_from
        roles = plan_roles(rows, person, self._placed, self._rules, moved_from=moved_from)
        self.faults += roles.faults
        details, changes = read_details(rows[0], person)
        ours = person is None or self._belongs_here(person)
        return PersonPlan(
            lines=tuple(row.line for row in rows),
            person=person.id if person else None,
            name=details.full_name,
            details=details if ours else None,
            changes=changes if ours else (),
            ends=tuple(ends),
            begins=tuple(begins),
            gives=roles.gives,
            takes=roles.takes,
            moved_from=moved_from,
        )

    def _is_outside(self, row: RosterRow, person: KnownPerson) -> bool:
        """Whether the row would take somebody away from a place that the sender does not look after."""
        if not person.places:
            return not any(held.unit in self._inside for held in person.roles) and bool(person.roles)
        if row.status is Status.TEMPORARY_IN or self._belongs_here(person):
            return False
        says_nothing_new = Column.STATUS not in self._roster.columns and self._placed.lines[row.line] in {
            place.cell for place in person.places
        }
        return not says_nothing_new

    def _belongs_here(self, person: KnownPerson) -> bool:
        """Whether the sender looks after the person: a guest's details are their home's affair."""
        home = person.home
        return home is None or home.cell in self._inside or home.status not in PRESENT


def _missing(
    known: Known,
    named: set[UnitId],
    people: Iterable[PersonPlan],
    matched: Matched,
    cells: Mapping[int, UnitRef],
) -> Iterable[Missing]:
    listed = {(person.id, cells[line]) for line, person in matched.people.items()}
    listed |= {(person.person, place.cell) for person in people if person.person for place in person.ends}
    for person in known.people:
        for place in person.places:
            if place.status in PRESENT and place.cell in named and (person.id, place.cell) not in listed:
                yield Missing(person.id, person.full_name, place.cell)


def _members_of(known: Known, cells: Iterable[UnitId]) -> Counter[UnitId]:
    wanted = set(cells)
    return Counter(
        place.cell
        for person in known.people
        for place in person.places
        if place.status in PRESENT and place.cell in wanted
    )
