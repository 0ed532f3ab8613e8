"""Tables from outside, as rows of plain cells: .xlsx and .csv, whatever the file calls itself.

Nothing is computed: a formula comes as its text. Numbers come as their digits, dates as dates. Rows keep the
number that Excel shows; empty ones are left out. Too large, damaged, locked or other files are refused.
"""

import csv
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

from bot.documents.packages import BROKEN_FILE, check_package
from bot.domain.roster import BYTES_LIMIT, ROW_LIMIT, FileFault, Formula, RawCell, RosterRefused

COLUMN_LIMIT = 60
"""Columns that are looked at; those further right are left alone."""
TITLE_ROWS = 30
"""Rows that may stand above the first person."""

_LAST_ROW = 1_048_576
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_DELIMITERS = ";,\t"

Row = tuple[int, tuple[RawCell, ...]]
"""A row's number, and its cells."""


AnyCell = Cell | MergedCell | ReadOnlyCell | EmptyCell


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet, or one reading of a text file. `sheet` is its name, `delimiter` what parts a text's cells."""

    rows: tuple[Row, ...]
    sheet: str | None = None
    delimiter: str | None = None


def read_tables(content: bytes) -> Iterator[Table]:
    """The tables that the file may hold: visible sheets in order, or a text read with each delimiter."""
    if is_package(content):
        check_package(content)
        yield from _sheets(content)
        return
    text = decode(content)
    for delimiter in _DELIMITERS:
        yield Table(tuple(_filled(read_text(text, delimiter))), delimiter=delimiter)


def is_package(content: bytes) -> bool:
    """Whether it is a zip file; raises `RosterRefused` for what is neither that nor text."""
    if not content.strip():
        raise RosterRefused(FileFault.EMPTY)
    if len(content) > BYTES_LIMIT:
        raise RosterRefused(FileFault.TOO_LARGE)
    if content.startswith(_OLD_OFFICE):
        raise RosterRefused(FileFault.ENCRYPTED if _LOCKED in content else FileFault.OLD_EXCEL)
    return content.startswith(b"PK")


def decode(content: bytes) -> str:
    """The text of a .csv: UTF-8, UTF-16, or Windows-1258 as old Vietnamese programs write it."""
    try:
        text = content.decode(_encoding(content))
    except UnicodeDecodeError as error:
        raise RosterRefused(FileFault.NOT_A_SHEET) from error
    controls = sum(1 for char in text if char < " " and char not in "\t\r\n\0")
    if controls * 100 > len(text):
        raise RosterRefused(FileFault.NOT_A_SHEET)
    return text


def read_text(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a .csv, numbered from 1, empty ones included."""
    try:
        yield from enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter), start=1)
    except csv.Error as error:
        raise RosterRefused(FileFault.BROKEN) from error


def cell_text(value: object) -> str:
    """What stands in a cell that is neither date nor formula, as text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def formula_text(cell: AnyCell) -> str:
    """The text of a formula; an array formula keeps its text apart."""
    return str(getattr(cell.value, "text", cell.value))


def _encoding(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = content[:2000]
    if head[1::2].count(0) * 5 > len(head) // 2:
        return "utf-16-le"
    if head[0::2].count(0) * 5 > len(head) // 2:
        return "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1258"
    return "utf-8"


def _sheets(content: bytes) -> Iterator[Table]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of things in the file that are not read
            book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
            names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except BROKEN_FILE as error:
        raise RosterRefused(FileFault.BROKEN) from error
    for name in names:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                cells = book[name].iter_rows(max_row=_LAST_ROW, max_col=COLUMN_LIMIT)
                raws = ((line, [_raw(cell) for cell in row]) for line, row in _numbered(cells))
                rows = tuple(_filled(raws))
        except BROKEN_FILE as error:
            raise RosterRefused(FileFault.BROKEN) from error
        yield Table(rows, sheet=name)


def _numbered(rows: Iterable[Sequence[AnyCell]]) -> Iterator[tuple[int, Sequence[AnyCell]]]:
    """The rows with their numbers, without those that a sheet leaves out: the library fills such a gap, of up to a
    million rows, with one and the same row again and again."""
    before: Sequence[AnyCell] = ()
    for line, row in enumerate(rows, start=1):
        if row is not before:
            yield line, row
        before = row


def _raw(cell: AnyCell) -> RawCell:
    if cell.data_type == "f":
        return Formula(formula_text(cell))
    if isinstance(cell.value, datetime):
        return cell.value.date()
    return cell.value if isinstance(cell.value, date) else cell_text(cell.value)


def _filled(rows: Iterable[tuple[int, list[str]] | tuple[int, list[RawCell]]]) -> Iterator[Row]:
    for line, cells in rows:
        if not any(cells):
            continue
        if line > ROW_LIMIT + TITLE_ROWS:
            raise RosterRefused(FileFault.TOO_MANY_ROWS)
        yield line, tuple(cells[:COLUMN_LIMIT])
