"""Invitations on paper: a slip for each person, whole, with everything that is needed to join."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import segno
from docx import Document
from docx.document import Document as DocumentType
from docx.table import _Row

from bot.chat import File
from bot.documents.invitation_sheet import Chat, Slip, invitation_sheet

LAST_DAY = date(2026, 12, 31)
LINK = "https://t.me/bon_tot_mau_bot?start=7K9QBT3XMF4H"
BOT = Chat("Bốn Tốt", "Zalo")
AN = Slip(full_name="Nguyễn Văn An", code="7K9Q-BT3X-MF4H", link=LINK)
BINH = Slip(full_name="Trần Thị Bình", code="8HJK-2345-XZTV")


def sheet(slips: Sequence[Slip], *, page_address: str | None = None) -> File:
    """The sheet of a sample cell."""
    return invitation_sheet(cell_name="Chi bộ Thôn Mẫu 1", slips=slips, last_day=LAST_DAY, page_address=page_address)


def opened(file: File) -> DocumentType:
    """The document that the file holds."""
    return Document(BytesIO(file.content))


def words(file: File, row: int = 0) -> list[str]:
    """The lines of text on one slip."""
    return [paragraph.text for paragraph in opened(file).tables[0].rows[row].cells[0].paragraphs]


def test_a_slip_has_all_that_is_needed() -> None:
    """Name, cell, code in groups, last day, and two ways to join."""
    assert words(sheet([replace(AN, chats=(BOT,))], page_address="https://bontot.example")) == [
        "Kính gửi đồng chí Nguyễn Văn An",
        "Chi bộ Thôn Mẫu 1",
        "Mã mời: 7K9Q-BT3X-MF4H",
        "Mã dùng một lần, đến hết ngày 31/12/2026.",
        "Cách 1: dùng điện thoại quét hình bên, rồi bấm Bắt đầu.",
        "Cách 2: gõ mã mời vào ô trò chuyện với Bốn Tốt trên Zalo, hoặc tại https://bontot.example",
        "Không dùng điện thoại thông minh: đồng chí bí thư sẽ ghi giúp.",
    ]


def test_without_a_link_there_is_the_code_alone() -> None:
    """Where Telegram is off, the slip has no picture and says where the code is typed."""
    file = sheet([BINH], page_address="https://bontot.example")
    assert words(file)[4:] == [
        "Cách tham gia: mở https://bontot.example và gõ mã mời.",
        "Không dùng điện thoại thông minh: đồng chí bí thư sẽ ghi giúp.",
    ]
    assert "Telegram" not in "".join(words(file))
    assert not opened(file).inline_shapes
    assert words(sheet([BINH]))[4] == "Cách tham gia: gõ mã mời vào ô trò chuyện với hệ thống."
    told = words(sheet([replace(BINH, chats=(BOT, Chat("Bốn Tốt 2", "Zalo")))]))
    assert told[4] == "Cách tham gia: gõ mã mời vào ô trò chuyện với Bốn Tốt trên Zalo hoặc Bốn Tốt 2 trên Zalo."


def test_a_link_that_carries_no_code_says_to_type_it() -> None:
    """Where a messenger's links only open the chat, the picture does that, and the code is typed."""
    slip = replace(BINH, link="https://zalo.example/1", carries_code=False, chats=(BOT,))
    assert words(sheet([slip]))[4:6] == [
        "Cách 1: dùng điện thoại quét hình bên, rồi gõ mã mời.",
        "Cách 2: gõ mã mời vào ô trò chuyện với Bốn Tốt trên Zalo.",
    ]


def test_the_picture_is_the_link() -> None:
    """The picture on the slip is the QR code of the link and of nothing else."""
    document = opened(sheet([AN, BINH]))
    pictures = [part.blob for part in document.part.package.iter_parts() if part.content_type == "image/png"]
    wanted = BytesIO()
    segno.make_qr(LINK, error="m").save(wanted, kind="png", scale=8, border=4)
    assert pictures == [wanted.getvalue()]
    assert document.tables[0].rows[0].cells[1].paragraphs[1].text == LINK.removeprefix("https://")


def test_slips_are_whole_and_in_order() -> None:
    """Each person has a row that is not broken over pages; four rows and the margins fit on A4."""
    document = opened(sheet([AN, BINH] * 20))
    rows = document.tables[0].rows
    assert [row.cells[0].paragraphs[0].text for row in rows] == [
        "Kính gửi đồng chí Nguyễn Văn An",
        "Kính gửi đồng chí Trần Thị Bình",
    ] * 20
    assert all(_is_whole(row) for row in rows)
    section = document.sections[0]
    assert section.page_height and section.top_margin and section.bottom_margin and rows[0].height
    assert 4 * rows[0].height + section.top_margin + section.bottom_margin < section.page_height
    assert (section.page_width or 0) // 36000 == 210


def _is_whole(row: _Row) -> bool:
    return bool(row._tr.xpath("./w:trPr/w:cantSplit"))


def test_names_from_outside_cannot_break_the_paper() -> None:
    """Signs that no document may hold are left out, and the file's name holds no folder."""
    odd = Slip(full_name="An\x00\x0b <b>& ", code="7K9Q-BT3X-MF4H")
    file = invitation_sheet(cell_name="Thôn 1/2\x07 ..", slips=[odd], last_day=LAST_DAY)
    assert words(file)[:2] == ["Kính gửi đồng chí An <b>&", "Thôn 1/2 .."]
    assert file.name == "phiếu mời - Thôn 1-2.docx"


def test_a_sheet_is_for_somebody() -> None:
    """A sheet without slips is a mistake of the caller."""
    with pytest.raises(ValueError, match="without invitations"):
        sheet([])
