"""Looking into an .xlsx before anything reads it: a zip of XML parts that came from outside.

`check_package` refuses what could exhaust the machine, before any XML is parsed: too many parts, parts that inflate
beyond their limits (as declared and as really inflated), entities, rows and cells in numbers that no roster has.
What passes can be read row by row in bounded memory. Loading it whole takes `is_tame` as well: there one
short attribute can ask for millions of cells.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

from defusedxml import ElementTree
from openpyxl.utils import range_boundaries

from bot.domain.roster import FileFault, RosterRefused

PARTS_LIMIT = 500
INFLATED_LIMIT = 64 * 1024 * 1024
"""All parts together; 20,000 lines of twelve columns take 20 MB."""
PART_TAGS = 1_000_000
SHEET_TAGS = 2_500_000
SHEET_CELLS = 400_000
ROW_BYTES = 1024 * 1024
"""Between two rows: a tree of one row must fit into memory."""
SPREAD_CELLS = 300_000
"""Cells of merged ranges, links, notes and tables together, which a whole load makes one by one."""

BROKEN_FILE = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    OSError,
    EOFError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
)
"""What libraries raise on a damaged or made-up package (XML parsers raise SyntaxErrors)."""

_SHEETS = "xl/worksheets/"
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_SPREADING = frozenset({"mergeCell", "hyperlink", "comment", "table"})


def check_package(content: bytes) -> None:
    """Pass an .xlsx that is safe to read row by row; raise `RosterRefused` for everything else."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            _check_directory(package.infolist())
            inflated = 0
            for info in package.infolist():
                part = _inflate(package, info, INFLATED_LIMIT - inflated)
                inflated += len(part)
                _check_part(info.filename, part)
    except BROKEN_FILE as error:
        raise RosterRefused(FileFault.BROKEN) from error


def is_tame(content: bytes) -> bool:
    """Whether a checked .xlsx can also be loaded whole: no range asks for more cells than there is room for."""
    spread = 0
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            for info in package.infolist():
                part = package.read(info)
                if part.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
                    spread += sum(_spread(part))
    except BROKEN_FILE:
        return False
    return spread <= SPREAD_CELLS


def _check_directory(infos: list[zipfile.ZipInfo]) -> None:
    if any(info.flag_bits & 1 for info in infos):
        raise RosterRefused(FileFault.ENCRYPTED)
    if not any(info.filename == "xl/workbook.xml" for info in infos):
        raise RosterRefused(FileFault.NOT_A_SHEET)
    if len(infos) > PARTS_LIMIT or sum(info.file_size for info in infos) > INFLATED_LIMIT:
        raise RosterRefused(FileFault.TOO_LARGE)
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise RosterRefused(FileFault.BROKEN)


def _inflate(package: zipfile.ZipFile, info: zipfile.ZipInfo, room: int) -> bytes:
    with package.open(info) as source:
        part = source.read(room + 1)
    if len(part) > room:
        raise RosterRefused(FileFault.TOO_LARGE)
    return part


def _check_part(name: str, part: bytes) -> None:
    if part[:4].startswith(_WIDE_TEXT) or _ENTITIES.search(part):
        raise RosterRefused(FileFault.BROKEN)  # Excel writes UTF-8 and no entities
    if not name.startswith(_SHEETS):
        if part.count(b"<") > PART_TAGS:
            raise RosterRefused(FileFault.TOO_LARGE)
        return
    if part.count(b"<") > SHEET_TAGS or sum(1 for _ in _CELL.finditer(part)) > SHEET_CELLS:
        raise RosterRefused(FileFault.TOO_LARGE)
    starts = [0, *(row.start() for row in _ROW.finditer(part)), len(part)]
    if any(end - start > ROW_BYTES for start, end in pairwise(starts)):
        raise RosterRefused(FileFault.TOO_LARGE)


def _spread(part: bytes) -> Iterator[int]:
    for _, element in ElementTree.iterparse(BytesIO(part), events=("start",)):
        if element.tag.rpartition("}")[2] in _SPREADING and ":" in element.get("ref", ""):
            left, top, right, bottom = range_boundaries(element.get("ref", ""))
            whole = None in (left, top, right, bottom)
            yield SPREAD_CELLS + 1 if whole else ((right or 0) - (left or 0) + 1) * ((bottom or 0) - (top or 0) + 1)
