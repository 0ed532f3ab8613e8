"""Roster files for tests, made as people and as enemies make them. All people are invented."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook, load_workbook

PEOPLE = (
    ("Họ và tên", "Ngày sinh", "Chi bộ", "Diện đảng viên"),
    ("Nguyễn Văn An", "03/12/1965", "Thôn 1", "Chính thức"),
    ("Trần Thị Bình", "1972", "Thôn 1", "Dự bị"),
)


def xlsx(rows: Sequence[Sequence[object]] = PEOPLE, *, title: str = "Danh sách") -> bytes:
    """A workbook with one sheet of these rows, as a library writes it."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return bytes_of(book)


def bytes_of(book: Workbook) -> bytes:
    """The workbook as a file's content."""
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def text(rows: Sequence[Sequence[str]] = PEOPLE, *, delimiter: str = ";") -> str:
    """The rows as the text of a .csv."""
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def values(content: bytes, sheet: str | None = None) -> list[list[object]]:
    """The cells of a workbook, formulas as their text."""
    book = load_workbook(BytesIO(content))
    found = book[sheet] if sheet else book.worksheets[0]
    return [[cell.value for cell in row] for row in found.iter_rows()]


def with_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The package with some of its parts replaced or added."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for info in source.infolist():
            if info.filename not in parts:
                changed.writestr(info.filename, source.read(info))
        for name, part in parts.items():
            changed.writestr(name, part)
    return target.getvalue()


def part(content: bytes, name: str) -> bytes:
    """One part of the package."""
    with zipfile.ZipFile(BytesIO(content)) as source:
        return source.read(name)


def with_shared_strings(content: bytes) -> bytes:
    """The workbook as Excel itself writes it: texts in a list of their own, cells with their numbers."""
    sheet = part(content, SHEET).decode()
    texts = re.findall(r'<c r="\w+" t="inlineStr"><is>(<t>[^<]*</t>)</is></c>', sheet)
    for number, found in enumerate(texts):
        sheet = sheet.replace(f't="inlineStr"><is>{found}</is>', f't="s"><v>{number}</v>', 1)
    strings = "".join(f"<si>{found}</si>" for found in texts)
    types = part(content, _TYPES).replace(
        b"</Types>", f'<Override PartName="/{STRINGS}" {_STRINGS_TYPE}/></Types>'.encode()
    )
    return with_parts(
        content,
        {SHEET: sheet.encode(), _TYPES: types, STRINGS: f"<sst {_MAIN}>{strings}</sst>".encode()},
    )


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
_TYPES = "[Content_Types].xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_STRINGS_TYPE = 'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"'
