"""Who of a roster is who of those known: by code, else by name with birth or cell, the surest likeness first.

Nobody is taken for another by a likeness alone: two codes or two birthdays that differ are two people; where a line
could mean several, or several lines one, it is a fault that asks for a code and a birthday. A line of somebody who
is temporarily in a cell beside the own one is matched by itself: it is the same person a second time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.ids import PersonId
from bot.domain.member import Status
from bot.domain.roster import Column, Fault, RosterRow, RowFault
from bot.domain.roster_known import Known, KnownPerson, UnitRef
from bot.domain.roster_values import word_key

_Fits = Callable[[RosterRow, KnownPerson, UnitRef], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """By line: who it is; or, for a guest, the line on which somebody new stands with the home cell. A line that is in
    neither is somebody new."""

    people: Mapping[int, KnownPerson]
    same_as: Mapping[int, int]
    faults: tuple[RowFault, ...]


def match_people(rows: Sequence[RosterRow], known: Known, cells: Mapping[int, UnitRef]) -> Matched:
    """Match the rows; `cells` says, by line, where each belongs. Rows without a cell are left out."""
    placed = [row for row in rows if row.line in cells]
    matcher = _Matcher(placed, known, cells)
    homes = [row for row in placed if row.status is not Status.TEMPORARY_IN]
    guests = [row for row in placed if row.status is Status.TEMPORARY_IN]
    matcher.in_two_cells(homes)
    matcher.match(homes)
    matcher.match(guests)
    return Matched(people=matcher.found, same_as=matcher.same_as(homes, guests), faults=tuple(matcher.faults))


def same_name(row: RosterRow, person: KnownPerson) -> bool:
    """The same name, in capitals or not."""
    return row.full_name.casefold() == person.full_name.casefold()


class _Matcher:
    """The works."""

    def __init__(self, rows: Iterable[RosterRow], known: Known, cells: Mapping[int, UnitRef]) -> None:
        self.found: dict[int, KnownPerson] = {}
        self.faults: list[RowFault] = []
        self._faulty: set[int] = set()
        self._cells = cells
        self._names = {row.line: word_key(row.full_name) for row in rows}
        self._by_code = {person.member_code: person for person in known.people if person.member_code}
        self._here: set[PersonId] = set()
        self._by_name: dict[str, list[KnownPerson]] = {}
        inside = known.unit_ids
        for person in known.people:
            units = [place.cell for place in person.places] or [held.unit for held in person.roles]
            if inside.intersection(units):
                self._here.add(person.id)
                self._by_name.setdefault(word_key(person.full_name), []).append(person)

    def in_two_cells(self, homes: Iterable[RosterRow]) -> None:
        """One name and one day of birth in two cells are one person listed twice, unless both have codes."""
        first: dict[tuple[object, ...], RosterRow] = {}
        for row in homes:
            if row.birth_date is None:
                continue
            earlier = first.setdefault((row.full_name.casefold(), row.birth_date), row)
            if self._cells[earlier.line] != self._cells[row.line] and not (earlier.member_code and row.member_code):
                self._refuse(row, Column.FULL_NAME, Fault.IN_TWO_CELLS, str(earlier.line))

    def match(self, rows: Sequence[RosterRow]) -> None:
        """Match these rows, the surest likeness first; each person at most once."""
        taken: set[PersonId] = set()
        for row in rows:
            self._match_code(row, taken)
        for fits in _SURE:
            self._pass(rows, fits, taken, refuse=True)
        self._pass(rows, _holds_only_a_role, taken, refuse=False)
        for fits in _ELSEWHERE:
            self._pass(rows, fits, taken, refuse=True)
        for row in self._open(rows):
            if row.member_code is None and row.birth_date is None and self._candidates(row, _could_be, taken):
                self._refuse(row, Column.FULL_NAME, Fault.SEVERAL_PEOPLE, row.full_name)

    def same_as(self, homes: Sequence[RosterRow], guests: Sequence[RosterRow]) -> dict[int, int]:
        """Guests who stand with their home cell in the same roster, and are new with it."""
        found: dict[int, int] = {}
        new = self._open(homes)
        for guest in self._open(guests):
            likely = [row for row in new if _same_newcomer(guest, row)]
            if len(likely) == 1:
                found[guest.line] = likely[0].line
        return found

    def _match_code(self, row: RosterRow, taken: set[PersonId]) -> None:
        person = self._by_code.get(row.member_code) if row.member_code else None
        if person is None or row.line in self._faulty:
            return
        alike = self._names[row.line] == word_key(person.full_name)
        # A name may change; then the birthday must say that it is the same person.
        if alike or (_same_day(row, person) and person.id in self._here):
            self.found[row.line] = person
            taken.add(person.id)
        else:
            self._refuse(row, Column.MEMBER_CODE, Fault.OTHER_NAME, row.member_code or "")

    def _pass(self, rows: Sequence[RosterRow], fits: _Fits, taken: set[PersonId], *, refuse: bool) -> None:
        likely = [(row, self._candidates(row, fits, taken)) for row in self._open(rows)]
        wanted = Counter(person.id for _, candidates in likely for person in candidates)
        for row, candidates in likely:
            if len(candidates) == 1 and wanted[candidates[0].id] == 1:
                self.found[row.line] = candidates[0]
                taken.add(candidates[0].id)
            elif candidates and refuse:
                self._refuse(row, Column.FULL_NAME, Fault.SEVERAL_PEOPLE, row.full_name)

    def _open(self, rows: Iterable[RosterRow]) -> list[RosterRow]:
        return [row for row in rows if row.line not in self.found and row.line not in self._faulty]

    def _candidates(self, row: RosterRow, fits: _Fits, taken: set[PersonId]) -> list[KnownPerson]:
        named = self._by_name.get(self._names[row.line], ())
        return [person for person in named if person.id not in taken and fits(row, person, self._cells[row.line])]

    def _refuse(self, row: RosterRow, column: Column, fault: Fault, value: str) -> None:
        self._faulty.add(row.line)
        self.faults.append(RowFault(row.line, column, fault, value))


# ---------------------------------------------------------------------------------- the likenesses


def _same_day(row: RosterRow, person: KnownPerson) -> bool:
    return row.birth_date is not None and row.birth_date == person.birth_date


def _contradict(row: RosterRow, person: KnownPerson) -> bool:
    """Codes or births are known of both, and differ."""
    pairs = (
        (row.member_code, person.member_code),
        (row.birth_date, person.birth_date),
        (row.birth_year, person.birth_year),
    )
    return any(said and held and said != held for said, held in pairs)


def _same_birth(row: RosterRow, person: KnownPerson) -> bool:
    return row.birth_year is not None and row.birth_year == person.birth_year and not _contradict(row, person)


def _no_births(row: RosterRow, person: KnownPerson) -> bool:
    return row.birth_year is None and person.birth_year is None and not _contradict(row, person)


def _may_be(row: RosterRow, person: KnownPerson) -> bool:
    return person.is_present() and not _contradict(row, person)


def _is_in(person: KnownPerson, cell: UnitRef) -> bool:
    return person.place_in(cell) is not None


# Every candidate has the row's name, with or without the same diacritics.
_SURE: tuple[_Fits, ...] = (
    # A code that differs here was mistyped once: two of one name and one birthday are not in one cell.
    lambda row, person, cell: _is_in(person, cell) and same_name(row, person) and _same_day(row, person),
    lambda row, person, cell: _is_in(person, cell) and same_name(row, person) and _same_birth(row, person),
    lambda row, person, cell: _is_in(person, cell) and _same_birth(row, person),
    lambda row, person, cell: (
        _is_in(person, cell) and same_name(row, person) and _no_births(row, person) and person.is_present()
    ),
    lambda row, person, cell: _is_in(person, cell) and same_name(row, person) and _may_be(row, person),
    lambda row, person, cell: _is_in(person, cell) and _may_be(row, person),
)
_ELSEWHERE: tuple[_Fits, ...] = (
    lambda row, person, _cell: bool(person.places) and same_name(row, person) and _same_birth(row, person),
    lambda row, person, _cell: bool(person.places) and _same_day(row, person) and _same_birth(row, person),
)


def _holds_only_a_role(row: RosterRow, person: KnownPerson, _cell: UnitRef) -> bool:
    """Somebody invited by name alone, as the first administrator is, before there was a roster."""
    return not person.places and same_name(row, person) and _may_be(row, person)


def _could_be(row: RosterRow, person: KnownPerson, cell: UnitRef) -> bool:
    """Somebody of that name in another cell, of whom too little is known to tell whether they moved."""
    return bool(person.places) and not _is_in(person, cell) and same_name(row, person) and _may_be(row, person)


def _same_newcomer(guest: RosterRow, home: RosterRow) -> bool:
    if guest.member_code and home.member_code:
        return guest.member_code == home.member_code
    births = guest.birth_year is not None and guest.birth_year == home.birth_year
    days = not (guest.birth_date and home.birth_date) or guest.birth_date == home.birth_date
    alike = guest.full_name.casefold() == home.full_name.casefold()
    return alike and births and days and home.status is Status.TEMPORARY_OUT
