"""A roster: the list of a committee's members as an officer sends it, checked row by row.

A table is read elsewhere (bot.documents); here its cells become values or faults. A row with a fault is left
out of the rows; every fault says line, column and what stood there. Words for closed columns come from a
`Vocabulary`, because the words are Vietnamese. Nothing is stored and nothing is compared with what is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.member import Status
from bot.domain.organisation import CellKind
from bot.domain.rights import Role

NEW_CELL_KIND = CellKind.VILLAGE
"""The kind of a new cell when no row says it: most cells of a commune are villages, and an officer can change it."""


ROW_LIMIT = 20_000
"""Lines of one file; a commune has 2,500 members."""
BYTES_LIMIT = 10 * 1024 * 1024
"""Size of one file."""


class Column(StrEnum):
    """What a roster can tell of a person. Everything else in the file is left alone."""

    FULL_NAME = "full_name"
    BIRTH = "birth"
    MEMBER_CODE = "member_code"
    CELL = "cell"
    CELL_KIND = "cell_kind"
    STATUS = "status"
    ROLES = "roles"
    IN_CHARGE_OF = "in_charge_of"
    JOINED_ON = "joined_on"
    OFFICIAL_ON = "official_on"
    PARENT = "parent"


REQUIRED = (Column.FULL_NAME, Column.CELL)
"""Columns that a roster must have, filled in every row."""


class Fault(StrEnum):
    """What is wrong with one cell. For those marked *, the value is the number of the earlier line."""

    MISSING = "missing"
    FORMULA = "formula"
    TOO_LONG = "too_long"
    NOT_A_NAME = "not_a_name"
    NOT_A_CODE = "not_a_code"
    NOT_A_DATE = "not_a_date"
    IMPLAUSIBLE_DATE = "implausible_date"
    OUT_OF_ORDER = "out_of_order"
    UNKNOWN_WORD = "unknown_word"
    SAME_CODE = "same_code"  # *
    SAME_PERSON = "same_person"  # *
    SECOND_SECRETARY = "second_secretary"  # *
    OTHER_KIND = "other_kind"  # * the same cell was given another kind
    OTHER_PARENT = "other_parent"  # * the same cell was given another parent
    # Found only when the rows are held against what is known:
    IN_TWO_CELLS = "in_two_cells"  # * the same name and day of birth in another cell
    OTHER_NAME = "other_name"  # the code is known, of somebody with another name
    SEVERAL_PEOPLE = "several_people"  # more than one who is known could be meant, or one by two rows
    OUTSIDE = "outside"  # a person, cell or committee beyond the part of the tree that the sender looks after
    NOT_A_CELL = "not_a_cell"  # the name of a committee
    SEVERAL_CELLS = "several_cells"
    UNKNOWN_CELL = "unknown_cell"
    CELL_ELSEWHERE = "cell_elsewhere"  # the cell is known below another parent, named in the value
    NOT_TO_GIVE = "not_to_give"  # a role that the sender may not give


class FileFault(StrEnum):
    """Why a whole file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_SHEET = "not_a_sheet"
    OLD_EXCEL = "old_excel"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_MANY_ROWS = "too_many_rows"
    NO_HEADINGS = "no_headings"
    MISSING_COLUMN = "missing_column"
    DOUBLE_COLUMN = "double_column"
    NO_ROWS = "no_rows"


class RosterRefused(Exception):
    """The file cannot be read as a roster; `column` says which, for MISSING_COLUMN and DOUBLE_COLUMN."""

    def __init__(self, fault: FileFault, column: Column | None = None) -> None:
        super().__init__(f"{fault} {column}" if column else fault)
        self.fault = fault
        self.column = column


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that would be computed: its text, never its result."""

    text: str


RawCell = str | date | Formula
"""What stands in a cell; "" for nothing. Numbers come as their digits."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """The known columns of one line, as they stand in the file. Lines are counted as Excel does, from 1."""

    line: int
    cells: Mapping[Column, RawCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One member as the roster has it, clean (NFC). `roles` are held over the row's own cell, except
    COMMITTEE_OFFICER, which is held over the committee; `in_charge_of` names the cells watched from above."""

    line: int
    full_name: str
    birth_year: int | None
    birth_date: date | None
    member_code: str | None
    cell_name: str
    cell_kind: CellKind | None
    status: Status
    roles: tuple[Role, ...]
    in_charge_of: tuple[str, ...]
    joined_on: date | None
    official_on: date | None
    parent_name: str | None


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in one cell, and what stands there (cut short)."""

    line: int
    column: Column
    fault: Fault
    value: str = ""


@dataclass(frozen=True, slots=True)
class RosterCell:
    """A cell (chi bộ) that the roster names, with what its rows say of it."""

    name: str
    kind: CellKind | None
    parent_name: str | None
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A checked file. `lines` counts the people's lines, good and faulty; `columns` are those in which at least one
    line says something (an empty column says nothing of anybody); `ignored` are headings not used."""

    rows: tuple[RosterRow, ...]
    faults: tuple[RowFault, ...]
    lines: int
    columns: tuple[Column, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def faulty_lines(self) -> int:
        """How many lines have at least one fault."""
        return len({fault.line for fault in self.faults})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of closed columns, keyed by `word_key`. `nothing`: words that mean an empty cell."""

    cell_kinds: Mapping[str, CellKind]
    statuses: Mapping[str, Status]
    roles: Mapping[str, Role]
    nothing: frozenset[str]
