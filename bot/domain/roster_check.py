"""The rules of a roster: raw rows in, members and faults out. Pure; a row with a fault gives no member.

First every cell by itself, then every row by itself (the order of its dates), then the rows against each
other: one person stands on one line, a cell has one secretary, one kind and one parent. Of two lines that
contradict each other the later one has the fault and names the earlier.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from bot.domain.member import Status
from bot.domain.rights import Role
from bot.domain.roster import (
    REQUIRED,
    Column,
    Fault,
    Formula,
    RawCell,
    RawRow,
    Roster,
    RosterCell,
    RosterRow,
    RowFault,
    Vocabulary,
)
from bot.domain.roster_values import (
    Birth,
    Unreadable,
    cell_key,
    is_blank,
    read_birth,
    read_member_code,
    read_name,
    read_party_day,
    read_unit_name,
    read_unit_names,
    read_word,
    read_words,
    says,
    starts_like_formula,
    word_key,
)
from bot.domain.words import clean_name

CELL_LIMIT = 1000
"""Letters of one cell that are looked at; no column of a roster needs as many."""
SHOWN = 60
"""Letters of a faulty value that are shown."""

YOUNGEST_JOINED = 15
"""Some joined young in the war; a smaller difference between birth and joining is a slip of the pen."""

T = TypeVar("T")


def check_rows(raws: Iterable[RawRow], *, vocabulary: Vocabulary, today: date, ignored: tuple[str, ...] = ()) -> Roster:
    """The roster that these lines make. Lines without anything in a known column must not be among them."""
    raws = list(raws)
    checked = [_Row(raw, vocabulary).read(today) for raw in raws]
    alone = [row for row, faults in checked if row is not None]
    between = _between(alone)
    faulty = {fault.line for fault in between}
    faults = [fault for _, faults in checked for fault in faults] + between
    return Roster(
        rows=tuple(row for row in alone if row.line not in faulty),
        faults=tuple(sorted(faults, key=lambda fault: (fault.line, list(Column).index(fault.column)))),
        lines=len(checked),
        columns=tuple(column for column in Column if any(says(raw.cells.get(column, "")) for raw in raws)),
        ignored=ignored,
    )


def cells_of(rows: Sequence[RosterRow]) -> tuple[RosterCell, ...]:
    """The cells that these rows name, in the order in which they first stand there."""
    keys = {name: cell_key(name) for name in {row.cell_name for row in rows}}
    found: dict[str, RosterCell] = {}
    for row in rows:
        key = keys[row.cell_name]
        cell = found.get(key, RosterCell(row.cell_name, None, None, 0))
        found[key] = RosterCell(
            cell.name, cell.kind or row.cell_kind, cell.parent_name or row.parent_name, cell.members + 1
        )
    return tuple(found.values())


class _Row:
    """One line while it is read: takes a column, collects the faults."""

    def __init__(self, raw: RawRow, vocabulary: Vocabulary) -> None:
        self._raw = raw
        self._vocabulary = vocabulary
        self._faults: list[RowFault] = []

    def read(self, today: date) -> tuple[RosterRow | None, list[RowFault]]:
        """The member of this line, or None when there is a fault."""
        words = self._vocabulary
        birth = self._take(Column.BIRTH, read_birth(today), None)
        row = RosterRow(
            line=self._raw.line,
            full_name=self._take(Column.FULL_NAME, read_name, ""),
            birth_year=birth.year if birth else None,
            birth_date=birth.day if birth else None,
            member_code=self._take(Column.MEMBER_CODE, read_member_code, None),
            cell_name=self._take(Column.CELL, read_unit_name, ""),
            cell_kind=self._take(Column.CELL_KIND, read_word(words.cell_kinds), None),
            status=self._take(Column.STATUS, read_word(words.statuses), Status.OFFICIAL),
            roles=self._take(Column.ROLES, read_words(words.roles), ()),
            in_charge_of=self._take(Column.IN_CHARGE_OF, read_unit_names, ()),
            joined_on=self._take(Column.JOINED_ON, read_party_day(today), None),
            official_on=self._take(Column.OFFICIAL_ON, read_party_day(today), None),
            parent_name=self._take(Column.PARENT, read_unit_name, None),
        )
        self._check_order(row, birth)
        return (None if self._faults else row), self._faults

    def _take(self, column: Column, read: Callable[[str | date], T], empty: T) -> T:
        cell = self._raw.cells.get(column, "")
        if isinstance(cell, Formula):
            return self._refuse(column, Fault.FORMULA, cell, empty)
        if isinstance(cell, str):
            if len(cell) > CELL_LIMIT:
                return self._refuse(column, Fault.TOO_LONG, cell, empty)
            if is_blank(cell) or word_key(cell) in self._vocabulary.nothing:
                return self._refuse(column, Fault.MISSING, "", empty) if column in REQUIRED else empty
            if starts_like_formula(cell):
                return self._refuse(column, Fault.FORMULA, cell, empty)
        try:
            return read(cell)
        except Unreadable as unreadable:
            return self._refuse(column, unreadable.fault, cell, empty)

    def _refuse(self, column: Column, fault: Fault, cell: RawCell, empty: T) -> T:
        self._faults.append(RowFault(self._raw.line, column, fault, _shown(cell)))
        return empty

    def _check_order(self, row: RosterRow, birth: Birth | None) -> None:
        if row.joined_on and row.official_on and row.official_on < row.joined_on:
            self._refuse(Column.OFFICIAL_ON, Fault.OUT_OF_ORDER, row.official_on, None)
        if birth and row.joined_on and row.joined_on.year - birth.year < YOUNGEST_JOINED:
            self._refuse(Column.JOINED_ON, Fault.OUT_OF_ORDER, row.joined_on, None)


def _shown(cell: RawCell) -> str:
    if isinstance(cell, Formula):
        cell = cell.text
    text = clean_name(cell[: SHOWN * 4]) if isinstance(cell, str) else cell.strftime("%d/%m/%Y")
    return text if len(text) <= SHOWN else text[:SHOWN].rstrip() + "…"


def _between(rows: Sequence[RosterRow]) -> list[RowFault]:
    """What is wrong between lines. Each check knows the lines before."""
    return [
        *_same_codes(rows),
        *_same_people(rows),
        *_second_secretaries(rows),
        *_contradictions(rows, Column.CELL_KIND, Fault.OTHER_KIND, lambda row: row.cell_kind),
        *_contradictions(
            rows,
            Column.PARENT,
            Fault.OTHER_PARENT,
            lambda row: word_key(row.parent_name) if row.parent_name else None,
        ),
    ]


def _same_codes(rows: Sequence[RosterRow]) -> Iterable[RowFault]:
    """A code stands once; twice only for somebody who is temporarily in another cell than the own."""
    seen: dict[str, list[RosterRow]] = {}
    for row in rows:
        if row.member_code is None:
            continue
        earlier = seen.setdefault(row.member_code, [])
        clash = next((other for other in earlier if not _home_and_guest(row, other)), None)
        if clash:
            yield RowFault(row.line, Column.MEMBER_CODE, Fault.SAME_CODE, str(clash.line))
        else:
            earlier.append(row)


def _home_and_guest(row: RosterRow, other: RosterRow) -> bool:
    guests = (row.status is Status.TEMPORARY_IN) + (other.status is Status.TEMPORARY_IN)
    return guests == 1 and cell_key(row.cell_name) != cell_key(other.cell_name)


def _same_people(rows: Sequence[RosterRow]) -> Iterable[RowFault]:
    """Name, cell and birth make one person, unless both have codes; an unknown birth could be any."""
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        who = (word_key(row.full_name), cell_key(row.cell_name))
        others = [False] if row.member_code else [False, True]
        keys = [(*who, coded, birth) for coded in others for birth in _births_like(row)]
        clashes = [first[key] for key in keys if key in first]
        if clashes:
            yield RowFault(row.line, Column.FULL_NAME, Fault.SAME_PERSON, str(min(clashes)))
        for birth in _births_of(row):
            first.setdefault((*who, bool(row.member_code), birth), row.line)


def _births_of(row: RosterRow) -> tuple[object, ...]:
    """The keys under which a line's birth is found again."""
    if row.birth_date:
        return ("any", ("year", row.birth_year), row.birth_date)
    if row.birth_year:
        return ("any", ("year", row.birth_year), ("year alone", row.birth_year))
    return ("any", "unknown")


def _births_like(row: RosterRow) -> tuple[object, ...]:
    """The keys of births that could be this line's."""
    if row.birth_date:
        return (row.birth_date, ("year alone", row.birth_year), "unknown")
    if row.birth_year:
        return (("year", row.birth_year), "unknown")
    return ("any",)


def _second_secretaries(rows: Sequence[RosterRow]) -> Iterable[RowFault]:
    first: dict[str, int] = {}
    for row in rows:
        if Role.SECRETARY in row.roles:
            line = first.setdefault(cell_key(row.cell_name), row.line)
            if line != row.line:
                yield RowFault(row.line, Column.ROLES, Fault.SECOND_SECRETARY, str(line))


def _contradictions(
    rows: Sequence[RosterRow], column: Column, fault: Fault, said: Callable[[RosterRow], str | None]
) -> Iterable[RowFault]:
    """Lines that say something else of their cell than an earlier line did."""
    first: dict[str, tuple[str, int]] = {}
    for row in rows:
        saying = said(row)
        if saying is None:
            continue
        before, line = first.setdefault(cell_key(row.cell_name), (saying, row.line))
        if saying != before:
            yield RowFault(row.line, column, fault, str(line))
