"""A roster's own file back, with a column that says what is wrong.

An .xlsx keeps the sender's other cells and their looks; what is computed becomes text, and so does every cell of a
.csv that Excel would compute. An .xlsx that cannot safely be loaded whole comes back as a plain table.
"""

import csv
import warnings
from collections.abc import Iterable, Mapping
from datetime import date
from io import BytesIO, StringIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.chat import File
from bot.documents.packages import BROKEN_FILE, is_tame
from bot.documents.roster_reading import Headings, find_roster
from bot.documents.sheets import CSV, fit_height, put_text, saved, stem_of, write_text
from bot.documents.tables import Table, decode, formula_text, is_package, read_text
from bot.domain.roster import Formula, RawCell, RowFault
from bot.domain.roster_values import starts_like_formula
from bot.texts.roster import fixed_file_stem, row_faults
from bot.texts.roster_words import FIX_HEADING

_LAST_COLUMN = 16_384
_WIDTH = 60
_FILL = PatternFill("solid", fgColor="FFFFE699")
_TOP = Alignment(wrap_text=True, vertical="top")


def roster_with_faults(name: str, content: bytes, faults: Iterable[RowFault]) -> File:
    """The file `name` again, with "Cần sửa" filled for each line that has faults and emptied for the others.

    `content` is what `read_roster` took and `faults` what it found there; a file that it refused is refused
    here too. Takes longer than reading: call it off the event loop.
    """
    notes: dict[int, list[RowFault]] = {}
    for fault in faults:
        notes.setdefault(fault.line, []).append(fault)
    said = {line: row_faults(found) for line, found in notes.items()}
    table, headings = find_roster(content)
    stem = fixed_file_stem(stem_of(name))
    if not is_package(content):
        return File(f"{stem}.csv", CSV, _marked_text(content, table.delimiter or ";", headings, said))
    book = _whole(content)
    if book is None or table.sheet not in book.sheetnames:
        return saved(_plain(table, headings, said), stem)
    for sheet in book.worksheets:
        _neutralise(sheet)
    sheet = book[table.sheet]
    _mark(sheet, headings.line, _free_column(sheet, headings), said)
    return saved(book, stem)


def _whole(content: bytes) -> Workbook | None:
    """The workbook with its looks, if it can be loaded whole."""
    if not is_tame(content):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of things in the file that do not come back
            return load_workbook(BytesIO(content), keep_links=False, rich_text=True)
    except BROKEN_FILE:
        return None


def _cells(sheet: Worksheet) -> list[Cell]:
    """The cells that the sheet has. Its own iterators make every cell up to the farthest one; this must not."""
    return [cell for cell in sheet._cells.values() if isinstance(cell, Cell)]


def _neutralise(sheet: Worksheet) -> None:
    for cell in _cells(sheet):
        if cell.data_type == "f":
            put_text(cell, formula_text(cell))


def _free_column(sheet: Worksheet, headings: Headings) -> int:
    """Where "Cần sửa" stands already, or the first column right of the headings that nothing uses (if any)."""
    if headings.fix is not None:
        return headings.fix + 1
    used = {cell.column for cell in _cells(sheet) if cell.value is not None}
    for merged in sheet.merged_cells.ranges:
        if merged.max_row >= headings.line:
            used.update(range(merged.min_col, merged.max_col + 1))
    right = headings.last + 2
    return next((column for column in range(right, _LAST_COLUMN + 1) if column not in used), right)


def _mark(sheet: Worksheet, heading_line: int, column: int, said: Mapping[int, str]) -> None:
    for cell in _cells(sheet):
        if cell.column == column and cell.row > heading_line:
            cell.value = None
    for line, text in {heading_line: FIX_HEADING, **said}.items():
        marked = write_text(sheet, line, column, text)
        marked.fill, marked.alignment = _FILL, _TOP
        fit_height(sheet, line, text, width=_WIDTH)
    heading = sheet.cell(heading_line, column)
    heading.font = Font(name=heading.font.name, size=heading.font.size, bold=True)
    sheet.column_dimensions[get_column_letter(column)].width = _WIDTH


def _plain(table: Table, headings: Headings, said: Mapping[int, str]) -> Workbook:
    """The table alone in a new workbook, each row on its line."""
    book = Workbook()
    sheet = book.worksheets[0]
    for line, cells in table.rows:
        for at, value in enumerate(cells):
            if value != "" and at != headings.fix:
                write_text(sheet, line, at + 1, _shown(value))
    _mark(sheet, headings.line, _free_column(sheet, headings), said)
    return book


def _shown(cell: RawCell) -> str:
    if isinstance(cell, Formula):
        return cell.text
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else cell


def _marked_text(content: bytes, delimiter: str, headings: Headings, said: Mapping[int, str]) -> bytes:
    """The .csv again: UTF-8 with the mark by which Excel knows it, nothing in it that Excel would compute."""
    target = StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter)
    for line, cells in read_text(decode(content), delimiter):
        place = headings.last + 1 if headings.fix is None else headings.fix
        note = FIX_HEADING if line == headings.line else said.get(line, "")
        kept = [*cells, *[""] * (place - len(cells))]
        if headings.fix is None:
            kept.insert(place, note)
        elif line >= headings.line:
            kept[place : place + 1] = [note]
        writer.writerow(f"'{cell}" if starts_like_formula(cell) else cell for cell in kept)
    return target.getvalue().encode("utf-8-sig")
