"""Reads the sheet of invitations that a secretary was sent, as the people who get the slips do; and joins with one."""

import re
from collections.abc import Sequence
from io import BytesIO

from docx import Document

from bot.chat import File
from tests.world import Voice

READ_ON = "Đọc tiếp"


def codes_on(sheet: File) -> dict[str, str]:
    """The codes on the slips, by the name they are addressed to."""
    table = Document(BytesIO(sheet.content)).tables[0]
    return dict(_slip([paragraph.text for paragraph in row.cells[0].paragraphs]) for row in table.rows)


def _slip(lines: Sequence[str]) -> tuple[str, str]:
    name = lines[0].removeprefix("Kính gửi đồng chí ").strip()
    code = next(match[1] for line in lines if (match := re.search(r"Mã mời: ([0-9A-Z-]+)", line)))
    return name, code


async def sheet_of(secretary: Voice) -> dict[str, str]:
    """The codes of a sheet that this secretary has made for all who have not joined."""
    await secretary.says("/phieumoi")
    await secretary.says("1")
    await secretary.presses("Làm phiếu")
    return codes_on(secretary.files()[-1])


async def reads_to_the_end(guest: Voice) -> None:
    """Press on until consent is asked."""
    while any(choice.label == READ_ON for choice in guest.bubbles[-1].message.choices):
        await guest.presses(READ_ON)


async def joins(guest: Voice, code: str) -> None:
    """The whole way in, agreeing to everything."""
    await guest.says(code)
    await reads_to_the_end(guest)
    await guest.presses("Đồng ý")
    await guest.presses("Đúng")
