"""Where somebody is told things: the words of /kenh."""

from collections.abc import Sequence
from datetime import datetime

from bot.chat import Choice, Message
from bot.texts.when import moment

ABOUT = "Chọn nơi nhận thông báo"
WORDS = ("kenh", "noi nhan thong bao", "nhan thong bao o dau", "chon noi nhan thong bao")
PAGE = "Trang web"
OTHER = "Tài khoản khác"


def since(name: str, linked_at: datetime) -> str:
    """One of several accounts on the same messenger."""
    return f"{name} (từ {moment(linked_at)})"


def place_line(name: str, *, told: bool, here: bool) -> str:
    notes = [note for note, holds in (("đang nhận thông báo", told), ("đồng chí đang dùng", here)) if holds]
    return f"• {name}{': ' if notes else ''}{', '.join(notes)}"


def tell_me_at(name: str) -> str:
    return f"Nhận ở {name}"


def which(lines: Sequence[str], choices: Sequence[Choice]) -> Message:
    listed = "\n".join(lines)
    return Message(
        title="Nhận thông báo ở đâu",
        text=f"Đồng chí đang dùng:\n{listed}\n\n"
        "Thông báo, giấy mời và lời nhắc chỉ gửi đến một nơi; nơi ấy không gửi được thì hệ thống gửi sang nơi kia. "
        "Đồng chí trả lời ở nơi nào cũng được.",
        choices=tuple(choices),
    )


def only_here() -> Message:
    return Message(
        text="Đồng chí đang dùng một tài khoản này, nên mọi thông báo đều đến đây. Muốn dùng thêm một tài khoản nữa, "
        "mong đồng chí xin bí thư chi bộ một phiếu mời mới và gõ mã ở tài khoản đó."
    )


def preferred(name: str) -> Message:
    return Message(
        text=f"Từ nay thông báo, giấy mời và lời nhắc đến {name}. Muốn đổi lại, đồng chí gõ /kenh.", in_place=True
    )


def not_there() -> Message:
    return Message(text="Tài khoản đó hiện không dùng được, nên không có gì thay đổi. Mong đồng chí gõ lại /kenh.")
