"""Files made to hurt, and files that are no rosters: refused in bounded time and memory, with a reason."""

import random
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.documents.packages import BROKEN_FILE, PARTS_LIMIT
from bot.documents.roster_marking import roster_with_faults
from bot.documents.roster_reading import read_roster
from bot.domain.roster import BYTES_LIMIT, ROW_LIMIT, Column, Fault, FileFault, Roster, RosterRefused, RowFault
from bot.texts.roster import file_fault
from tests.documents.roster_files import (
    PEOPLE,
    SHEET,
    bytes_of,
    part,
    text,
    values,
    with_parts,
    with_shared_strings,
    xlsx,
)

TODAY = date(2026, 3, 2)
GOOD = with_shared_strings(xlsx())


def refusal(content: bytes) -> FileFault:
    """Why the file is refused as a whole."""
    with pytest.raises(RosterRefused) as refused:
        read_roster(content, today=TODAY)
    with pytest.raises(RosterRefused):
        roster_with_faults("danh sách.xlsx", content, [])
    assert file_fault(refused.value)
    return refused.value.fault


@contextmanager
def little_memory(megabytes: int = 100) -> Iterator[None]:
    """What happens inside takes no more memory at any time than this beyond what was there before."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1024 * 1024
    finally:
        tracemalloc.stop()


def sheet_with(inside: bytes, *, after: bytes = b"") -> bytes:
    """The good workbook with other rows, and something after them."""
    head, _, _ = part(GOOD, SHEET).partition(b"<sheetData>")
    return with_parts(GOOD, {SHEET: head + b"<sheetData>" + inside + b"</sheetData>" + after + b"</worksheet>"})


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileFault.EMPTY),
        (b" \r\n\t ", FileFault.EMPTY),
        (b"x" * (BYTES_LIMIT + 1), FileFault.TOO_LARGE),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"Workbook" * 100, FileFault.OLD_EXCEL),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), FileFault.ENCRYPTED),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, FileFault.NOT_A_SHEET),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, FileFault.NOT_A_SHEET),
        (b"\xff\xfe\x00\xd8", FileFault.NOT_A_SHEET),
        (b"<html><table><tr><td>STT</td></tr></table></html>", FileFault.NO_HEADINGS),
        (b"PK\x03\x04 no zip at all", FileFault.BROKEN),
        (GOOD[: len(GOOD) // 2], FileFault.BROKEN),
        (b"\0" * 1000, FileFault.NO_HEADINGS),
        (b'"' + b"a" * 200_000, FileFault.BROKEN),
    ],
    ids=["empty", "white", "large", "xls", "locked", "pdf", "png", "half", "html", "pk", "cut", "nuls", "quote"],
)
def test_files_that_are_no_rosters(content: bytes, fault: FileFault) -> None:
    """Empty, too large, old, locked, renamed and cut files are each refused for what they are."""
    assert refusal(content) is fault


def test_another_zip_is_no_workbook() -> None:
    """A renamed document or archive is not read."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert refusal(target.getvalue()) is FileFault.NOT_A_SHEET


def test_locked_and_strangely_packed_parts_are_not_opened() -> None:
    """A package with a password is refused as such; one packed in a way that Excel does not know is damaged."""
    locked = bytearray(GOOD)
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert refusal(bytes(locked)) is FileFault.ENCRYPTED
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as package:
        package.writestr("xl/workbook.xml", part(GOOD, "xl/workbook.xml"))
    assert refusal(target.getvalue()) is FileFault.BROKEN


def test_what_can_be_read_but_not_loaded_comes_back_plain() -> None:
    """A link to nowhere breaks a whole load; the people are read, and come back in a plain table."""
    rows = part(GOOD, SHEET).partition(b"<sheetData>")[2].partition(b"</sheetData>")[0]
    content = sheet_with(rows, after=b'<hyperlinks><hyperlink ref="n o" location="x"/></hyperlinks>')
    roster = read_roster(content, today=TODAY)
    back = values(roster_with_faults("a.xlsx", content, [RowFault(3, Column.CELL, Fault.MISSING)]).content)
    assert (len(roster.rows), len(back), back[2][4]) == (2, 3, "Chi bộ: chưa điền.")


def test_bombs_are_not_inflated() -> None:
    """Parts that inflate to gigabytes are refused in little memory, and so is a part that lies about its size."""
    bomb = with_parts(GOOD, {"xl/media/image1.png": b"\0" * (65 * 1024 * 1024)})
    assert len(bomb) < 100_000
    lying = bytearray(with_parts(GOOD, {"xl/media/image1.png": b"\0" * 1_000_000}))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    with little_memory(10):
        assert refusal(bomb) is FileFault.TOO_LARGE
        assert refusal(bytes(lying)) is FileFault.BROKEN


def test_thousands_of_parts_are_not_read() -> None:
    """A package with more parts than any workbook has is refused."""
    assert refusal(with_parts(GOOD, {f"x/{n}": b"" for n in range(PARTS_LIMIT + 1)})) is FileFault.TOO_LARGE


@pytest.mark.parametrize(
    "name", [SHEET, "xl/workbook.xml", "xl/styles.xml", "docProps/core.xml", "xl/sharedStrings.xml"]
)
def test_entities_are_not_expanded(name: str) -> None:
    """A part with entities is refused before an XML parser sees it, in UTF-8 and UTF-16 alike."""
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = (
        part(GOOD, name).decode().partition("?>")[2]
        if part(GOOD, name).startswith(b"<?")
        else part(GOOD, name).decode()
    )
    for content in ((laughs + body).encode(), (laughs + body).encode("utf-16"), (laughs + body).encode("utf-16-be")):
        assert refusal(with_parts(GOOD, {name: content})) is FileFault.BROKEN


@pytest.mark.parametrize(
    "inside",
    [
        b"<row>" + b"<c/>" * 3_000_000 + b"</row>",
        b"<row>" + b"<c/>" * 300_000 + b"</row>",
        b"<x/>" * 300_000,
        b"<row><c/></row>" * 410_000,
        (b"<row>" + b"<x/>" * 200 + b"</row>") * 15_000,
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"a" * 2_000_000 + b"</t></is></c></row>",
    ],
    ids=["millions of cells", "a wide row", "no rows", "many cells", "many tags", "a huge cell"],
)
def test_swollen_sheets_are_not_parsed(inside: bytes) -> None:
    """Rows and cells in numbers that no roster has are counted before they are parsed."""
    content = sheet_with(inside)
    with little_memory():
        assert refusal(content) is FileFault.TOO_LARGE


def test_swollen_strings_are_not_parsed() -> None:
    """The same holds for the list of strings."""
    assert (
        refusal(with_parts(GOOD, {"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 2_000_000 + b"</sst>"}))
        is FileFault.TOO_LARGE
    )


def test_rows_far_down_are_not_lost_in_silence() -> None:
    """Somebody on a line beyond the limit makes the file too long; nobody is left out without a word."""
    book = Workbook()
    for at, row in enumerate(PEOPLE, start=1):
        for column, value in enumerate(row, start=1):
            book.worksheets[0].cell(at, column, value)
    book.worksheets[0].cell(ROW_LIMIT + 5000, 1, "Nguyễn Văn Xa")
    assert refusal(bytes_of(book)) is FileFault.TOO_MANY_ROWS
    assert refusal((text() + "\n" * (ROW_LIMIT + 100) + "Xa;1965;Thôn 1;").encode()) is FileFault.TOO_MANY_ROWS


def test_a_row_that_claims_a_number_beyond_excel_ends_the_sheet() -> None:
    """A row number in the billions does not make the reader count up to it."""
    rows = part(GOOD, SHEET).replace(b'<row r="3"', b'<row r="3000000000"')
    assert len(read_roster(with_parts(GOOD, {SHEET: rows}), today=TODAY).rows) == 1


def test_a_hundred_kilobytes_in_a_cell_are_a_fault() -> None:
    """A cell with 100 kB of text is a fault of that cell, shown short; the other lines are read."""
    rows = [*PEOPLE, ("A" * 32_000, "9" * 32_000, "Thôn 1", "x" * 32_000)]
    long = [*PEOPLE, ("A" * 100_000, "9" * 100_000, "Thôn 1", "x" * 100_000)]
    for content in (xlsx(rows), text(long).encode()):
        roster = read_roster(content, today=TODAY)
        assert len(roster.rows) == 2
        assert [fault.fault for fault in roster.faults] == [Fault.TOO_LONG] * 3
        assert all(len(fault.value) <= 61 for fault in roster.faults)


def test_nul_bytes_are_dropped() -> None:
    """NUL and other unseen characters do not reach a name."""
    roster = read_roster(text([PEOPLE[0], ("Nguyễn\0 Văn\u200b An", "1965", "Thôn\0 1", "")]).encode(), today=TODAY)
    assert (roster.rows[0].full_name, roster.rows[0].cell_name) == ("Nguyễn Văn An", "Thôn 1")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\n@"])
def test_names_that_would_be_computed_are_faults(start: str) -> None:
    """Text that Excel would take for a formula is refused, in workbooks and texts."""
    rows = [PEOPLE[0], (f"{start}cmd|' /C calc'!A0", "1965", "Thôn 1", "")]
    quoted = [PEOPLE[0], (f'"{start}cmd"', "1965", "Thôn 1", "")]
    for content in (xlsx(rows), text(quoted).encode()):
        roster = read_roster(content, today=TODAY)
        assert [(fault.column, fault.fault) for fault in roster.faults] == [(Column.FULL_NAME, Fault.FORMULA)]


@pytest.mark.parametrize(
    "after",
    [
        b'<mergeCells><mergeCell ref="A5:XFD1048576"/></mergeCells>',
        b'<mergeCells><mergeCell ref="A&#53;:XFD1048576"/></mergeCells>',
        b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
        b'<hyperlinks><hyperlink ref="A:XFD" location="x"/></hyperlinks>',
    ],
    ids=["merged", "merged in disguise", "linked", "whole columns linked"],
)
def test_ranges_that_ask_for_billions_of_cells_are_not_loaded(after: bytes) -> None:
    """Such a file is read row by row, and comes back as a plain table with its faults."""
    rows = part(GOOD, SHEET).partition(b"<sheetData>")[2].partition(b"</sheetData>")[0]
    content = sheet_with(rows.replace(b"1972", b"19x2"), after=after)
    with little_memory():
        roster = read_roster(content, today=TODAY)
        back = roster_with_faults("a.xlsx", content, roster.faults)
    assert len(roster.rows) >= 1
    assert values(back.content)[0][:5] == ["Họ và tên", "Ngày sinh", "Chi bộ", "Diện đảng viên", "Cần sửa"]


def read_or_refuse(content: bytes) -> Roster | FileFault:
    """The two ways that reading may end; anything else is an error of ours."""
    try:
        return read_roster(content, today=TODAY)
    except RosterRefused as refused:
        return refused.fault


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(content: bytes) -> None:
    """Whatever is sent is read or refused."""
    assert isinstance(read_or_refuse(content), Roster | FileFault)
    assert isinstance(read_or_refuse("Họ và tên;Chi bộ\n".encode() + content), Roster | FileFault)


def test_damaged_parts_are_answered() -> None:
    """Parts with bytes changed, cut or doubled at random are read or refused, never an unhandled error."""
    chance = random.Random(20260302)
    names = [
        SHEET,
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
    ]
    ends = set()
    for _ in range(300):
        name = chance.choice(names)
        damaged = bytearray(part(GOOD, name))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged))
            match chance.randrange(3):
                case 0:
                    damaged[at] = chance.choice(b'<>"/=0 aZ\xff-')
                case 1:
                    del damaged[at : at + chance.randint(1, 40)]
                case _:
                    damaged[at:at] = damaged[at : at + chance.randint(1, 40)]
        content = with_parts(GOOD, {name: bytes(damaged)})
        end = read_or_refuse(content)
        ends.add(type(end))
        if isinstance(end, Roster):
            assert roster_with_faults("a.xlsx", content, end.faults).content
    assert ends == {Roster, FileFault}


def test_our_own_mistakes_are_not_taken_for_broken_files() -> None:
    """The errors of damaged files do not cover everything: an interrupt or a full memory is passed on."""
    assert not issubclass(KeyboardInterrupt, BROKEN_FILE)
    assert not issubclass(MemoryError, BROKEN_FILE)
