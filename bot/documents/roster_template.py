"""The empty roster that an officer fills in: one sheet for the people, one that explains.

Columns of dates and codes are text, so that Excel neither turns days and months round nor drops leading noughts;
closed columns have their words to choose from. The sheet that explains has no headings that could be read.
"""

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.chat import File
from bot.documents.sheets import fit_height, saved, write_text
from bot.domain.roster import REQUIRED, Column
from bot.texts.roster import column_name
from bot.texts.roster_guide import (
    GUIDE_SHEET,
    TEMPLATE_SHEET,
    TEMPLATE_STEM,
    cell_hint,
    guide_column,
    guide_headings,
    guide_steps,
    guide_title,
    not_a_choice,
    page_footer,
    required_mark,
    sample_rows,
    samples_note,
)
from bot.texts.roster_words import closed_words

_WIDTHS = {
    Column.FULL_NAME: 26,
    Column.BIRTH: 13,
    Column.MEMBER_CODE: 15,
    Column.CELL: 24,
    Column.CELL_KIND: 19,
    Column.STATUS: 20,
    Column.ROLES: 24,
    Column.IN_CHARGE_OF: 24,
    Column.JOINED_ON: 15,
    Column.OFFICIAL_ON: 15,
    Column.PARENT: 22,
}
_DATES = (Column.BIRTH, Column.JOINED_ON, Column.OFFICIAL_ON)
_LAST_ROW = 5000
"""Choices and hints reach down to here; lines below are read all the same."""

_GUIDE_WIDTHS = (25, 10, 62, 24, 26)
_GUIDE_TEXTS = 3
"""Columns of the guide that explain; those after them show the samples."""

_FONT = Font(name="Times New Roman", size=12)
_BOLD = Font(name="Times New Roman", size=12, bold=True)
_TITLE = Font(name="Times New Roman", size=14, bold=True)
_REQUIRED = PatternFill("solid", fgColor="FFFFE699")
_OPTIONAL = PatternFill("solid", fgColor="FFE2EFDA")
_SAMPLE = PatternFill("solid", fgColor="FFF2F2F2")
_LINE = Side(style="thin", color="FF7F7F7F")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_WRAP = Alignment(vertical="top", wrap_text=True)


def roster_template() -> File:
    """The template as an .xlsx; as it is, it is refused for having no people."""
    book = Workbook()
    people = book.worksheets[0]
    people.title = TEMPLATE_SHEET
    _people_sheet(people)
    _guide_sheet(book.create_sheet(GUIDE_SHEET))
    return saved(book, TEMPLATE_STEM)


def _people_sheet(sheet: Worksheet) -> None:
    for at, column in enumerate(Column, start=1):
        letter = get_column_letter(at)
        _heading(sheet, 1, at, column_name(column), required=column in REQUIRED)
        sheet.column_dimensions[letter].width = _WIDTHS[column]
        sheet.column_dimensions[letter].font = _FONT
        sheet.column_dimensions[letter].number_format = "@"
        if column in _DATES or closed_words(column):
            help_with = _help(column)
            help_with.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(help_with)
    sheet.row_dimensions[1].height = 36
    sheet.freeze_panes = "B2"
    _print_setup(sheet)
    sheet.print_title_rows = "1:1"


def _help(column: Column) -> DataValidation:
    """The hint that Excel shows beside a cell, and a closed column's words. Roles may be several: any text passes."""
    words = closed_words(column)
    title, text = not_a_choice()
    return DataValidation(
        type="list" if words else None,
        formula1=f'"{",".join(words)}"' if words else None,
        allow_blank=True,
        showInputMessage=True,
        promptTitle=column_name(column),
        prompt=cell_hint(column),
        showErrorMessage=bool(words) and column is not Column.ROLES,
        errorTitle=title,
        error=text,
    )


def _guide_sheet(sheet: Worksheet) -> None:
    _line(sheet, 1, guide_title(), _TITLE)
    row = 3
    for step in guide_steps():
        _line(sheet, row, step, _FONT)
        sheet.row_dimensions[row].height = 18
        row += 1
    row += 1
    for at, (text, width) in enumerate(zip(guide_headings(), _GUIDE_WIDTHS, strict=True), start=1):
        _heading(sheet, row, at, text, required=False)
        sheet.column_dimensions[get_column_letter(at)].width = width
    for column in Column:
        row += 1
        mark = required_mark(required=column in REQUIRED)
        samples = [sample.get(column, "") for sample in sample_rows()]
        for at, text in enumerate((column_name(column), mark, guide_column(column), *samples), start=1):
            cell = write_text(sheet, row, at, text)
            cell.font, cell.border, cell.alignment = _FONT, _BOX, _WRAP
            if at > _GUIDE_TEXTS:
                cell.fill = _SAMPLE
            fit_height(sheet, row, text, width=_GUIDE_WIDTHS[at - 1])
    _line(sheet, row + 2, samples_note(), _FONT)
    _print_setup(sheet)


def _heading(sheet: Worksheet, row: int, column: int, text: str, *, required: bool) -> None:
    cell = write_text(sheet, row, column, text)
    cell.font, cell.border, cell.alignment = _BOLD, _BOX, _CENTRE
    cell.fill = _REQUIRED if required else _OPTIONAL


def _line(sheet: Worksheet, row: int, text: str, font: Font) -> None:
    cell = write_text(sheet, row, 1, text)
    cell.font = font


def _print_setup(sheet: Worksheet) -> None:
    """A4 across, as wide as the page, numbered pages."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.75, footer=0.4)
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = page_footer()
