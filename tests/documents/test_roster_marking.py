"""A roster back with its faults: the sender's file, one column more, nothing in it that would be computed."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill

from bot.chat import File
from bot.documents.roster_marking import roster_with_faults
from bot.documents.roster_reading import read_roster
from bot.domain.roster import Column, Fault, FileFault, RosterRefused, RowFault
from bot.texts.roster import file_fault, row_fault
from tests.documents.roster_files import PEOPLE, bytes_of, text, values, xlsx

TODAY = date(2026, 3, 2)
FAULTY = [*PEOPLE, ("Lê Cường 2", "31/02/1980", "Thôn 1", "Khai trừ"), ("Phạm Dung", "1980", "", "")]


def back(content: bytes, name: str = "danh sách.xlsx") -> File:
    """The file as it goes back after reading."""
    return roster_with_faults(name, content, read_roster(content, today=TODAY).faults)


def lines_of(file: File) -> list[list[str]]:
    """The cells of a .csv that went back."""
    assert file.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(file.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_workbook_comes_back_with_what_is_wrong() -> None:
    """Every faulty line has its faults in words beside it; good lines have nothing."""
    file = back(xlsx(FAULTY))
    assert file.name == "danh sách - cần sửa.xlsx"
    assert [row[4] for row in values(file.content)] == [
        "Cần sửa",
        None,
        None,
        (
            "Họ và tên: “Lê Cường 2” có chữ số hoặc ký hiệu lạ.\n"
            "Ngày sinh: “31/02/1980” không phải là ngày. Mong đồng chí ghi như 03/12/1965, hoặc chỉ ghi năm sinh.\n"
            "Diện đảng viên: “Khai trừ” không có trong danh mục. Chọn trong: Chính thức; Dự bị; "
            "Miễn công tác và sinh hoạt; Đình chỉ sinh hoạt; Tạm thời đến; Tạm thời đi."
        ),
        "Chi bộ: chưa điền.",
    ]
    assert [row[:4] for row in values(file.content)] == [[cell or None for cell in row] for row in FAULTY]


def test_a_text_comes_back_as_excel_opens_it() -> None:
    """A .csv keeps its delimiter, its lines and its own columns, and has the mark of UTF-8 before it."""
    rows = [("ĐẢNG ỦY XÃ MẪU",), (*FAULTY[0], "Ghi chú"), *[(*row, "a") for row in FAULTY[1:]]]
    file = back(text(rows).encode("utf-16"), "danh sách.csv")
    assert (file.name, file.mime) == ("danh sách - cần sửa.csv", "text/csv")
    lines = lines_of(file)
    assert lines[0][0] == "ĐẢNG ỦY XÃ MẪU"
    assert lines[1] == [*FAULTY[0], "Ghi chú", "Cần sửa"]
    assert lines[2] == [*FAULTY[1], "a", ""]
    assert lines[5] == [*FAULTY[4], "a", "Chi bộ: chưa điền."]


@pytest.mark.parametrize("name", ["danh sách.xlsx", "danh sách.csv"])
def test_a_file_that_was_corrected_comes_back_clean(name: str) -> None:
    """The column is used again, not added again, and old remarks go; the faults that remain are said anew."""
    content = xlsx(FAULTY) if name.endswith("xlsx") else text(FAULTY).encode()
    first = back(content, name)
    again = back(first.content, first.name)
    roster = read_roster(first.content, today=TODAY)
    assert roster.ignored == ()
    assert [fault.line for fault in roster.faults] == [4, 4, 4, 5]
    emptied = roster_with_faults(first.name, first.content, [RowFault(2, Column.CELL, Fault.MISSING)])
    if name.endswith("xlsx"):
        assert values(again.content) == values(first.content)
        assert [row[4] for row in values(emptied.content)] == ["Cần sửa", "Chi bộ: chưa điền.", None, None, None]
    else:
        assert again.content == first.content
        assert [row[4] for row in lines_of(emptied)] == ["Cần sửa", "Chi bộ: chưa điền.", "", "", ""]


def test_the_looks_of_a_workbook_stay() -> None:
    """Fonts, fills, widths, merged titles, other sheets and formats are as the sender made them."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "DANH SÁCH"
    sheet.merge_cells("A1:D1")
    for row in FAULTY:
        sheet.append(list(row))
    sheet["B3"] = date(1965, 12, 3)
    sheet["B3"].number_format = "dd/mm/yyyy"
    sheet["A3"].font = Font(bold=True, color="FFC00000")
    sheet["A3"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet.column_dimensions["A"].width = 33
    book.create_sheet("Ghi chú")["C7"] = "giữ nguyên"
    kept = load_workbook(BytesIO(back(bytes_of(book)).content))
    shown = kept.worksheets[0]
    assert (shown["A3"].font.bold, shown["A3"].fill.fgColor.rgb) == (True, "FFFFFF00")
    assert (shown["B3"].number_format, shown["B3"].is_date) == ("dd/mm/yyyy", True)
    assert shown.column_dimensions["A"].width == 33
    assert [str(merged) for merged in shown.merged_cells.ranges] == ["A1:D1"]
    assert kept["Ghi chú"]["C7"].value == "giữ nguyên"
    assert shown["E2"].value == "Cần sửa" and shown["E5"].value.startswith("Họ và tên")


def test_remarks_do_not_cover_what_stands_there() -> None:
    """Notes without heading and merged cells right of the table stay; the column goes beside them."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in FAULTY:
        sheet.append(list(row))
    sheet["E3"] = "ghi chú riêng"
    sheet["F4"] = "gộp"
    sheet.merge_cells("F4:G4")
    shown = load_workbook(BytesIO(back(bytes_of(book)).content)).worksheets[0]
    assert (shown["E3"].value, shown["F4"].value, shown["H1"].value) == ("ghi chú riêng", "gộp", "Cần sửa")
    assert shown["H5"].value == "Chi bộ: chưa điền."


def test_nothing_that_comes_back_is_computed() -> None:
    """Formulas of every sheet and column come back as their text, marked as text; so do texts that look alike."""
    rows = [("STT", *PEOPLE[0]), ("=ROW()-1", *PEOPLE[1]), ('=HYPERLINK("http://x.invalid")', "=1+1", "", "Thôn 1", "")]
    book = load_workbook(BytesIO(xlsx(rows)))
    book.create_sheet("khác")["A1"] = "=SUM(1)"
    shown = load_workbook(BytesIO(back(bytes_of(book)).content))
    cells = [cell for sheet in shown.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if str(cell.value).startswith("=")] == [
        "=ROW()-1",
        '=HYPERLINK("http://x.invalid")',
        "=1+1",
        "=SUM(1)",
    ]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith("="))


def test_nothing_in_a_text_that_comes_back_is_computed() -> None:
    """Cells of a .csv that Excel would compute get an apostrophe, wherever they stand; a lone dash stays."""
    rows = [("=1+1",), (*PEOPLE[0], "Ghi chú"), ("@SUM(A1)", "1965", "Thôn 1", "-", " +cmd|' /C calc'!A0")]
    lines = lines_of(back(text(rows).encode(), "x.csv"))
    assert lines[0][0] == "'=1+1"
    assert lines[2][:5] == ["'@SUM(A1)", "1965", "Thôn 1", "-", "' +cmd|' /C calc'!A0"]
    assert lines[2][5].startswith("Họ và tên: “@SUM(A1)” là công thức.")


@pytest.mark.parametrize(
    ("sent", "stem"),
    [
        ("a.xlsx", "a"),
        ("../../etc/x.xlsx", "x"),
        ("C:\\Tài liệu\\danh sách.tháng 3.xlsx", "danh sách.tháng 3"),
        ("x\r\n<y>?.xlsx", "x -y--"),
        ("", "roster"),
        ("...", "roster"),
        ("a" * 300 + ".xlsx", "a" * 80),
    ],
)
def test_the_name_of_a_file_is_made_safe(sent: str, stem: str) -> None:
    """A file's name comes from outside: folders, signs and length are taken out of it."""
    assert back(xlsx(), sent).name == f"{stem} - cần sửa.xlsx"


def test_every_fault_has_its_words() -> None:
    """Each fault of a line and of a file is a whole sentence without holes."""
    for fault in Fault:
        said = row_fault(RowFault(7, Column.STATUS, fault, "{x}"))
        assert said.startswith("Diện đảng viên: ") and said.endswith(".") and "{value" not in said
    for refused in FileFault:
        said = file_fault(RosterRefused(refused, Column.CELL))
        assert said.endswith(".") and "{" not in said
    assert "20.000 dòng" in file_fault(RosterRefused(FileFault.TOO_MANY_ROWS))
