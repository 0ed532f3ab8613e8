"""What the printable invitations say: a slip for each person, to be cut out and handed over."""

from collections.abc import Sequence
from datetime import date


def sheet_stem(cell_name: str) -> str:
    """The name, without ending, of a cell's sheet of invitations."""
    return f"phiếu mời - {cell_name}"


def sheet_heading(cell_name: str) -> str:
    """The line at the top of every page, for the secretary."""
    return f"Phiếu mời tham gia Bốn Tốt – {cell_name}"


def sheet_advice() -> str:
    """What the secretary does with the sheet."""
    return "Cắt theo đường kẻ, trao tận tay từng đồng chí. Không chụp, không gửi vào nhóm."


def page_word() -> str:
    """The word before the page's number."""
    return "Trang"


def addressed_to() -> str:
    """Before the person's name."""
    return "Kính gửi đồng chí"


def code_label() -> str:
    """Before the code."""
    return "Mã mời:"


def valid_until(day: date) -> str:
    """Until when the code can be used."""
    return f"Mã dùng một lần, đến hết ngày {day:%d/%m/%Y}."


def in_messenger(name: str, messenger: str) -> str:
    """A bot as somebody looks for it."""
    return f"{name} trên {messenger}"


def how_to_join(
    *, link: str | None, carries_code: bool, chats: Sequence[str], page_address: str | None
) -> tuple[str, ...]:
    """How to join, in at most three short lines: by the picture, or by typing the code."""
    lines = []
    if link:
        then = "bấm Bắt đầu" if carries_code else "gõ mã mời"
        lines.append(f"Cách 1: dùng điện thoại quét hình bên, rồi {then}.")
    typing = _where_to_type(chat_name=" hoặc ".join(chats), page_address=page_address)
    lines.append(f"{'Cách 2' if link else 'Cách tham gia'}: {typing}")
    lines.append("Không dùng điện thoại thông minh: đồng chí bí thư sẽ ghi giúp.")
    return tuple(lines)


def _where_to_type(*, chat_name: str, page_address: str | None) -> str:
    if chat_name and page_address:
        return f"gõ mã mời vào ô trò chuyện với {chat_name}, hoặc tại {page_address}"
    if chat_name:
        return f"gõ mã mời vào ô trò chuyện với {chat_name}."
    if page_address:
        return f"mở {page_address} và gõ mã mời."
    return "gõ mã mời vào ô trò chuyện với hệ thống."
