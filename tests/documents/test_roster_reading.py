"""Reading rosters: whatever people's Excel makes of them, the same people come out."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from bot.documents.roster_reading import read_roster
from bot.domain.member import Status
from bot.domain.organisation import CellKind
from bot.domain.rights import Role
from bot.domain.roster import Column, Fault, FileFault, Roster, RosterRefused
from bot.texts.roster_words import CELL_KINDS, HEADINGS, ROLES, STATUSES
from tests.documents.roster_files import PEOPLE, SHEET, bytes_of, part, text, with_shared_strings, xlsx

TODAY = date(2026, 3, 2)


def read(content: bytes) -> Roster:
    """The roster, read on the day of these tests."""
    return read_roster(content, today=TODAY)


def people(roster: Roster) -> list[tuple[int, str, int | None, str, Status]]:
    """What the tests' roster says of each person."""
    return [(row.line, row.full_name, row.birth_year, row.cell_name, row.status) for row in roster.rows]


def refusal(content: bytes) -> tuple[FileFault, Column | None]:
    """Why the file is refused as a whole."""
    with pytest.raises(RosterRefused) as refused:
        read(content)
    return refused.value.fault, refused.value.column


TWO = [
    (2, "Nguyễn Văn An", 1965, "Thôn 1", Status.OFFICIAL),
    (3, "Trần Thị Bình", 1972, "Thôn 1", Status.PROBATIONARY),
]


def test_a_workbook_is_read() -> None:
    """The people of an .xlsx come with their lines, and nothing is wrong with them."""
    roster = read(xlsx())
    assert people(roster) == TWO
    assert (roster.faults, roster.lines, roster.ignored) == ((), 2, ())


def test_a_workbook_of_excel_is_read() -> None:
    """Excel keeps its texts in a list of their own."""
    content = with_shared_strings(xlsx())
    assert b"inlineStr" not in part(content, SHEET)
    assert people(read(content)) == TWO


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_is_read(delimiter: str, encoding: str) -> None:
    """A .csv is read with every usual delimiter and encoding."""
    assert people(read(text(delimiter=delimiter).encode(encoding))) == TWO


def test_a_text_of_an_old_program_is_read() -> None:
    """Windows-1258 writes tones apart; names come out whole (NFC)."""
    assert people(read("".join(map(tone_apart, text())).encode("cp1258"))) == TWO


def tone_apart(letter: str) -> str:
    """A Vietnamese letter as Windows-1258 has it: the letter with its hat or horn, then its tone."""
    marks = unicodedata.normalize("NFD", letter)
    tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones)) + "".join(tones)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_decomposed_names_become_whole(form: str) -> None:
    """Names typed on any keyboard are the same text: NFC."""
    letters = "Ắ Ằ Ẳ Ẵ Ặ Ấ Ầ Ẩ Ẫ Ậ Đ Ế Ề Ể Ễ Ệ Ố Ồ Ổ Ỗ Ộ Ớ Ờ Ở Ỡ Ợ Ứ Ừ Ử Ữ Ự Ỳ Ỷ Ỹ Ỵ ắ đ ệ ộ ợ ự ỵ"
    rows = [PEOPLE[0], (letters, "1965", "Thôn 1", "")]
    typed = [[unicodedata.normalize(form, cell) for cell in row] for row in rows]  # type: ignore[arg-type]
    assert read(xlsx(typed)).rows[0].full_name == letters
    assert read(text(typed).encode()).rows[0].full_name == letters


@pytest.mark.parametrize(
    "headings",
    [
        ("HỌ VÀ TÊN", "NGÀY SINH", "CHI BỘ", "DIỆN ĐẢNG VIÊN"),
        ("ho va ten", "ngay sinh", "chi bo", "dien dang vien"),
        ("  Họ, tên* ", "Năm\nsinh", "Tên chi bộ", "Diện (chọn trong danh sách)"),
        ("Họ tên đảng viên", "Ngày, tháng, năm sinh", "Chi bộ đang sinh hoạt:", "Tình trạng"),
    ],
)
def test_headings_as_people_write_them(headings: Sequence[str]) -> None:
    """Headings in any case, with or without diacritics, with remarks in brackets, and their synonyms."""
    assert people(read(xlsx([headings, *PEOPLE[1:]]))) == TWO


def test_columns_in_any_order_below_a_title() -> None:
    """Titles above, numbers of columns below the headings, empty lines, own columns: all of it is passed over."""
    order = [3, 0, 2, 1]
    rows: list[list[object]] = [
        ["ĐẢNG ỦY XÃ MẪU", None, "ĐẢNG CỘNG SẢN VIỆT NAM"],
        [],
        ["DANH SÁCH ĐẢNG VIÊN"],
        ["STT", *[PEOPLE[0][at] for at in order], "Ghi chú"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        [1, *[PEOPLE[1][at] for at in order], "điện thoại bàn"],
        [],
        [2, *[PEOPLE[2][at] for at in order]],
        [3],
    ]
    roster = read(xlsx(rows))
    assert [row[1:] for row in people(roster)] == [row[1:] for row in TWO]
    assert [row.line for row in roster.rows] == [6, 8]
    assert (roster.ignored, roster.faults, roster.lines) == (("STT", "Ghi chú"), (), 2)


def test_the_better_heading_wins() -> None:
    """Of two columns that could be the same, the one with the plainer heading is read."""
    rows = [("Nơi sinh hoạt", "Họ tên", "Chi bộ", "Đảng viên"), ("Hà Tĩnh", "Nguyễn Văn An", "Thôn 1", "x")]
    roster = read(xlsx(rows))
    assert [(row.full_name, row.cell_name) for row in roster.rows] == [("Nguyễn Văn An", "Thôn 1")]
    assert roster.ignored == ("Nơi sinh hoạt", "Đảng viên")


def test_excel_dates_and_numbers() -> None:
    """Dates may be Excel's dates, years and codes may be numbers."""
    rows: list[Sequence[object]] = [
        ("Họ và tên", "Chi bộ", "Ngày sinh", "Ngày vào Đảng", "Số thẻ đảng"),
        ("An", "Thôn 1", datetime.combine(date(1965, 12, 3), time()), date(1990, 5, 19), 38012345),
        ("Bình", "Thôn 1", 1972, "19/05/1991", 38012346.0),
        ("Cường", "Thôn 1", "00/00/1980", datetime.combine(date(2001, 1, 2), time(7, 30)), "38.012347"),
    ]
    roster = read(xlsx(rows))
    assert roster.faults == ()
    assert [(row.birth_year, row.birth_date, row.joined_on, row.member_code) for row in roster.rows] == [
        (1965, date(1965, 12, 3), date(1990, 5, 19), "38012345"),
        (1972, None, date(1991, 5, 19), "38012346"),
        (1980, None, date(2001, 1, 2), "38.012347"),
    ]


def test_the_sheet_with_the_headings_is_found() -> None:
    """Cover sheets are passed over, hidden sheets are not read."""
    book = Workbook()
    book.worksheets[0].append(["Danh sách kèm theo"])
    hidden = book.create_sheet("cũ")
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("mới")
    for row in PEOPLE:
        hidden.append(["x", *row])
        shown.append(row)
    assert people(read(bytes_of(book))) == TWO


def test_a_formula_is_a_fault_and_not_computed() -> None:
    """A formula in a known column is refused with its text; in other columns it is nobody's business."""
    rows = [("STT", *PEOPLE[0]), ("=ROW()-1", *PEOPLE[1]), ("=1", "=CONCAT(A1)", "=YEAR(1)", "Thôn 1", "")]
    roster = read(xlsx(rows))
    assert people(roster) == TWO[:1]
    assert [(each.line, each.column, each.fault, each.value) for each in roster.faults] == [
        (3, Column.FULL_NAME, Fault.FORMULA, "=CONCAT(A1)"),
        (3, Column.BIRTH, Fault.FORMULA, "=YEAR(1)"),
    ]


def test_every_word_that_papers_show_is_read_back() -> None:
    """Each heading, kind, status and role is read as what it stands for; no word stands for two things."""
    rows: list[Sequence[str]] = [("Họ tên", "Chi bộ", "Loại hình", "Diện", "Chức vụ")]
    wanted: list[tuple[CellKind | None, Status, tuple[Role, ...]]] = []
    for number, (kind, words) in enumerate(CELL_KINDS.items()):
        rows += [("An", f"k{number}{at}", word, "", "") for at, word in enumerate(words)]
        wanted += [(kind, Status.OFFICIAL, ()) for _ in words]
    for status, words in STATUSES.items():
        rows += [("An", f"s{status}{at}", "", word.upper(), "") for at, word in enumerate(words)]
        wanted += [(None, status, ()) for _ in words]
    for role, words in ROLES.items():
        rows += [("An", f"r{role}{at}", "", "", word) for at, word in enumerate(words)]
        wanted += [(None, Status.OFFICIAL, (role,)) for _ in words]
    roster = read(xlsx(rows))
    assert roster.faults == ()
    assert [(row.cell_kind, row.status, row.roles) for row in roster.rows] == wanted
    assert set(HEADINGS) == set(Column)


@pytest.mark.parametrize(
    ("rows", "fault", "column"),
    [
        ([("xin chào",)], FileFault.NO_HEADINGS, None),
        ([("Họ và tên", "Ngày sinh"), ("An", "1965")], FileFault.MISSING_COLUMN, Column.CELL),
        ([("Chi bộ", "Ngày sinh"), ("Thôn 1", "1965")], FileFault.MISSING_COLUMN, Column.FULL_NAME),
        ([("Họ và tên", "Chi bộ", "họ và tên")], FileFault.DOUBLE_COLUMN, Column.FULL_NAME),
        ([("Họ và tên", "Chi bộ", "Ngày sinh", "NGAY SINH")], FileFault.DOUBLE_COLUMN, Column.BIRTH),
        ([("Họ và tên", "Chi bộ")], FileFault.NO_ROWS, None),
        ([("STT", "Họ và tên", "Chi bộ"), ("1", "", ""), ("2", "-", " ")], FileFault.NO_ROWS, None),
        ([*[("",)] * 3, *[("tiêu đề",)] * 30, *PEOPLE], FileFault.NO_HEADINGS, None),
    ],
)
def test_tables_that_are_no_rosters(rows: Sequence[Sequence[str]], fault: FileFault, column: Column | None) -> None:
    """What is missing is said, for workbooks and texts alike."""
    assert refusal(xlsx(rows)) == (fault, column)
    assert refusal(text(rows).encode()) == (fault, column)


def test_quoted_lines_and_ragged_rows_of_a_text() -> None:
    """Line ends inside quotes, short rows and rows that are too long are read; lines count as Excel counts them."""
    content = 'Ghi chú;"Họ và\ntên";Chi bộ;Diện\n"một\nhai";An;Thôn 1\n\n;Bình;"Thôn; 2";dự bị;thừa;;;\n'
    assert people(read(content.encode())) == [
        (2, "An", None, "Thôn 1", Status.OFFICIAL),
        (4, "Bình", None, "Thôn; 2", Status.PROBATIONARY),
    ]
