"""Writing .xlsx: what all our sheets have in common. Text is written as text, whatever it begins with."""

import math
from io import BytesIO
from pathlib import PurePosixPath

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from bot.chat import File
from bot.domain.roster_values import starts_like_formula
from bot.domain.words import clean_name, nfc

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MAKER = "Bốn Tốt"

_LETTER = 0.95
"""Widths are counted in digits of Excel's own font; text runs a little narrower."""
_LINE_HEIGHT = 16.5
_HIGHEST = 400
_CELL_LIMIT = 32_767
_STEM_LIMIT = 80


def put_text(cell: Cell, text: str) -> None:
    """Write `text` as a string: it is never a formula, a number or an error, whatever it looks like."""
    plain = ILLEGAL_CHARACTERS_RE.sub("", nfc(text)).translate({0xFFFE: None, 0xFFFF: None})
    cell.value = plain[:_CELL_LIMIT]
    cell.data_type = "s"
    if starts_like_formula(text):
        cell.quotePrefix = True  # so that Excel leaves it alone when somebody edits it as well


def write_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell | MergedCell:
    """Write `text` as a string into a cell and return it; a cell hidden in a merged range keeps no text."""
    cell = sheet.cell(row, column)
    if isinstance(cell, Cell):
        put_text(cell, text)
    return cell


def fit_height(sheet: Worksheet, row: int, text: str, *, width: int) -> None:
    """Make the row high enough for `text`, wrapped in a column of this width; programs do not all do it themselves."""
    lines = sum(max(1, math.ceil(len(part) * _LETTER / width)) for part in text.split("\n"))
    height = lines * _LINE_HEIGHT
    if height > (sheet.row_dimensions[row].height or 0):
        sheet.row_dimensions[row].height = min(height, _HIGHEST)


def saved(book: Workbook, stem: str) -> File:
    """The workbook as a file."""
    book.properties.creator = MAKER
    target = BytesIO()
    book.save(target)
    return File(name=f"{stem}.xlsx", mime=XLSX, content=target.getvalue())


def stem_of(name: str) -> str:
    """A file's name without folders and ending, fit to be a file's name again."""
    last = clean_name(PurePosixPath(name.replace("\\", "/")).name)
    stem = last.rpartition(".")[0] or last
    return "".join("-" if char in '<>:"|?*' else char for char in stem)[:_STEM_LIMIT].strip(" .") or "roster"
