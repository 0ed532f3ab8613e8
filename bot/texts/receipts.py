"""Receipts: the code and the time of what was recorded, and what anybody may learn from a code."""

from datetime import datetime

from bot.chat import Message
from bot.clock import local
from bot.texts.when import date_text, time_text

ABOUT_CHECK = "Kiểm tra một mã biên nhận"
CHECK_WORDS = ("kiem tra", "kiem tra ma", "kiem tra bien nhan")


def stamp(instant: datetime) -> str:
    """19 giờ 30, ngày 03/12/2026: when something was recorded."""
    here = local(instant)
    return f"{time_text(here.time())}, ngày {date_text(here.date())}"


def receipt_lines(*, code: str, recorded_at: datetime) -> str:
    """Code and time, for any receipt."""
    return f"Mã biên nhận: {code}\nThời điểm: {stamp(recorded_at)}"


def which_code() -> Message:
    """The command without a code."""
    return Message(text="Mong đồng chí gõ /kiemtra rồi đến mã biên nhận, ví dụ: /kiemtra BN-7K9Q-BT3X-MF4H.")


def is_valid(*, code: str, recorded_at: datetime) -> Message:
    """There is such a receipt: that and when, and no more."""
    return Message(text=f"Đúng. Hệ thống đã cấp biên nhận {code} lúc {stamp(recorded_at)}.")


def is_unknown(*, code: str) -> Message:
    """There is no such receipt."""
    return Message(text=f"Không có biên nhận nào mang mã {code}.")


def is_mistyped() -> Message:
    """The text looks like a code, but a letter is wrong."""
    return Message(text="Mã này có chữ bị gõ nhầm. Mong đồng chí xem lại biên nhận và gõ lại cả mã.")


def is_no_code() -> Message:
    """The text does not look like a code."""
    return Message(
        text="Đây chưa phải là mã biên nhận. Mã biên nhận bắt đầu bằng BN, ví dụ: BN-7K9Q-BT3X-MF4H. "
        "Mong đồng chí gõ lại cả mã."
    )
