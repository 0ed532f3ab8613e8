"""The invitations of a cell on paper: a slip for each person, to be cut out and handed over.

Four slips a page (A4), none broken over two pages; name and code in large type, and a picture of the link for
telephones. Whoever holds a slip can join as its person: the sheet goes to the secretary alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import segno
from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from bot.chat import File
from bot.documents.sheets import MAKER, stem_of
from bot.domain.words import clean_name
from bot.texts.invitation_sheet import (
    addressed_to,
    code_label,
    how_to_join,
    in_messenger,
    page_word,
    sheet_advice,
    sheet_heading,
    sheet_stem,
    valid_until,
)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_FONT = "Times New Roman"
_CODE_FONT = "Courier New"
_PAGE_WIDTH, _PAGE_HEIGHT = Mm(210), Mm(297)
_SIDE = Mm(12)
_TEXT_WIDTH, _PICTURE_WIDTH = Mm(134), Mm(52)
_INDENT = Mm(4)
_SLIP_HEIGHT = Mm(65)
_PICTURE = Mm(44)
_QUIET = 4
"""Empty modules round a QR code; readers need four."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A bot in which a code can be typed: what it is called, and on which messenger."""

    name: str
    messenger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One invitation: for whom, the code as people see it, the link that opens a chat, if there is one, and whether it
    carries the code; `chats` are the bots that are for this person."""

    full_name: str
    code: str
    link: str | None = None
    carries_code: bool = True
    chats: tuple[Chat, ...] = ()


def invitation_sheet(
    *,
    cell_name: str,
    slips: Sequence[Slip],
    last_day: date,
    page_address: str | None = None,
) -> File:
    """The slips as a .docx, in the order given.

    `last_day` is the last day on which the codes can be used. `page_address` is our own page, where a code can be typed
    as well; left out when there is none.
    """
    if not slips:
        raise ValueError("a sheet without invitations")
    cell_name = clean_name(cell_name)
    document = _document(cell_name)
    table = _table(document, rows=len(slips))
    for row, slip in zip(table.rows, slips, strict=True):
        _keep_together(row)
        words, picture = row.cells
        lines = how_to_join(
            link=slip.link,
            carries_code=slip.carries_code,
            chats=[in_messenger(chat.name, chat.messenger) for chat in slip.chats],
            page_address=page_address,
        )
        _write_slip(words, slip, cell_name, (valid_until(last_day), *lines))
        _draw_link(picture, slip.link)
    target = BytesIO()
    document.save(target)
    name = stem_of(f"{sheet_stem(cell_name.replace('/', '-'))}.docx")
    return File(f"{name}.docx", DOCX, target.getvalue())


def _document(cell_name: str) -> DocumentType:
    document = Document()
    document.core_properties.author = MAKER
    document.core_properties.title = sheet_heading(cell_name)
    document.core_properties.comments = ""
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after = Pt(0)
    section = document.sections[0]
    section.page_width, section.page_height = _PAGE_WIDTH, _PAGE_HEIGHT
    section.left_margin = section.right_margin = _SIDE
    section.top_margin, section.bottom_margin = Mm(17), Mm(12)
    section.header_distance, section.footer_distance = Mm(7), Mm(5)
    section.header.paragraphs[0].style = style
    _page_head(section.header.paragraphs[0], cell_name)
    return document


def _page_head(paragraph: Paragraph, cell_name: str) -> None:
    """At the top of every page: whose sheet it is, what to do with it, and the page's number."""
    _say(paragraph, sheet_heading(cell_name), size=10, bold=True)
    _say(paragraph, f"\t{page_word()} ", size=10)
    _number(paragraph)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Length(_PAGE_WIDTH - 2 * _SIDE), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run().add_break()
    _say(paragraph, sheet_advice(), size=10, italic=True)


def _number(paragraph: Paragraph) -> None:
    """The page's number, as a field that the word processor fills in."""
    _say(paragraph, "1", size=10)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(paragraph.runs[-1]._r)
    paragraph._p.append(field)


def _table(document: DocumentType, *, rows: int) -> Table:
    table: Table = document.add_table(rows=rows, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, (_TEXT_WIDTH, _PICTURE_WIDTH), strict=True):
        column.width = width
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "dashed"), ("sz", "6"), ("space", "0"), ("color", "7F7F7F")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    after = document.add_paragraph()  # a document cannot end with a table; this must not need a page of its own
    _say(after, "", size=1)
    after.paragraph_format.line_spacing = Pt(1)
    return table


def _keep_together(row: _Row) -> None:
    row.height, row.height_rule = _SLIP_HEIGHT, WD_ROW_HEIGHT_RULE.AT_LEAST
    whole = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().insert(0, whole)


def _write_slip(cell: _Cell, slip: Slip, cell_name: str, lines: Sequence[str]) -> None:
    cell.width, cell.vertical_alignment = _TEXT_WIDTH, WD_CELL_VERTICAL_ALIGNMENT.CENTER
    to = cell.paragraphs[0]
    _say(to, f"{addressed_to()} ", size=12)
    _say(to, clean_name(slip.full_name), size=16, bold=True)
    _say(cell.add_paragraph(), cell_name, size=12)
    code = cell.add_paragraph()
    code.paragraph_format.space_before = code.paragraph_format.space_after = Pt(6)
    _say(code, f"{code_label()} ", size=12)
    _say(code, slip.code, size=24, bold=True, font=_CODE_FONT)
    for line in lines:
        _say(cell.add_paragraph(), line, size=11.5)
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.left_indent = _INDENT


def _draw_link(cell: _Cell, link: str | None) -> None:
    cell.width, cell.vertical_alignment = _PICTURE_WIDTH, WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if link is None:
        return
    picture = BytesIO()
    segno.make_qr(link, error="m").save(picture, kind="png", scale=8, border=_QUIET)
    picture.seek(0)
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run().add_picture(picture, width=_PICTURE, height=_PICTURE)
    caption = cell.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _say(caption, link.removeprefix("https://"), size=8)


def _say(
    paragraph: Paragraph, text: str, *, size: float, bold: bool = False, italic: bool = False, font: str = _FONT
) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    run.font.size, run.font.name = Pt(size), font
