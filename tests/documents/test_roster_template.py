"""The template: what an officer fills into it is read without a fault."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.datavalidation import DataValidation

from bot.documents.roster_reading import read_roster
from bot.documents.roster_template import roster_template
from bot.domain.organisation import CellKind
from bot.domain.rights import Role
from bot.domain.roster import Column, FileFault, RosterRefused
from bot.texts.roster_guide import cell_hint, guide_column, sample_rows
from bot.texts.roster_words import HEADINGS, closed_words
from tests.documents.roster_files import bytes_of, values

TODAY = date(2026, 3, 2)


def test_the_empty_template_has_headings_and_no_people() -> None:
    """It has every column once; as it is, it is refused for having nobody in it."""
    assert values(roster_template().content)[0] == [words[0] for words in HEADINGS.values()]
    with pytest.raises(RosterRefused) as refused:
        read_roster(roster_template().content, today=TODAY)
    assert refused.value.fault is FileFault.NO_ROWS


def test_the_sample_rows_are_read_when_they_are_filled_in() -> None:
    """The samples show what is right: copied into the sheet of people, they have no fault."""
    book = load_workbook(BytesIO(roster_template().content))
    for row, sample in enumerate(sample_rows(), start=2):
        for at, column in enumerate(Column, start=1):
            book.worksheets[0].cell(row, at, sample.get(column))
    roster = read_roster(bytes_of(book), today=TODAY)
    assert roster.faults == ()
    assert [row.roles for row in roster.rows] == [(Role.SECRETARY,), (Role.CELL_COMMITTEE_MEMBER, Role.NOTE_TAKER)]
    assert [row.cell_kind for row in roster.rows] == [CellKind.VILLAGE, CellKind.AGENCY]
    assert roster.rows[1].in_charge_of == ("Chi bộ Thôn Mẫu 1", "Chi bộ Thôn Mẫu 2")


def test_closed_columns_offer_their_words() -> None:
    """A closed column drops down its words; only roles, which may be several, take other text as well."""
    sheet = load_workbook(BytesIO(roster_template().content)).worksheets[0]
    choices: dict[Column, DataValidation] = {
        column: validation
        for validation in sheet.data_validations.dataValidation
        for at, column in enumerate(Column)
        if f"{chr(ord('A') + at)}2" in validation.sqref
    }
    for column in (Column.CELL_KIND, Column.STATUS, Column.ROLES):
        assert choices[column].formula1 == f'"{",".join(closed_words(column))}"'
        assert len(choices[column].formula1 or "") <= 255
        assert not any("," in word for word in closed_words(column))
    assert [column for column in choices if choices[column].showErrorMessage] == [Column.CELL_KIND, Column.STATUS]
    assert all(0 < len(validation.prompt or "") <= 255 for validation in choices.values())


def test_dates_are_typed_as_text() -> None:
    """Excel must not turn day and month round, or a year into a day of 1905: the columns are text."""
    sheet = load_workbook(BytesIO(roster_template().content)).worksheets[0]
    assert {sheet.column_dimensions[chr(ord("A") + at)].number_format for at in range(len(Column))} == {"@"}
    assert sheet.freeze_panes == "B2"
    assert sheet.oddFooter is not None and sheet.oddFooter.center.text == "Trang &P/&N"
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")


def test_every_column_is_explained() -> None:
    """The second sheet explains each column in the order of the first."""
    guide = values(roster_template().content, "Hướng dẫn")
    names = [row[0] for row in guide]
    start = names.index("Cột") + 1
    assert names[start : start + len(Column)] == [words[0] for words in HEADINGS.values()]
    assert all(guide_column(column).endswith(".") and cell_hint(column) for column in Column)
