"""Receipts: the code and the time of what was recorded, and what anybody may learn from a code."""

from datetime import datetime

from bot.chat import Message
from bot.clock import local
from bot.texts.when import date_text, time_text

ABOUT_CHECK = "Kiểm tra một mã biên nhận"
CHECK_TITLE = "việc tra cứu biên nhận"
CHECK_WORDS = ("tra cuu", "tra cuu bien nhan", "kiem tra", "kiem tra ma", "kiem tra bien nhan")


def stamp(instant: datetime) -> str:
    """19 giờ 30, ngày 03/12/2026: when something was recorded."""
    here = local(instant)
    return f"{time_text(here.time())}, ngày {date_text(here.date())}"


def receipt_lines(*, code: str, recorded_at: datetime) -> str:
    """Code and time, for any receipt."""
    return f"Mã biên nhận: {code}\nThời điểm: {stamp(recorded_at)}"


def which_code() -> str:
    """The command without a code."""
    return (
        "Mong đồng chí gõ mã biên nhận, ví dụ: BN-7K9Q-BT3X-MF4H.\n\n"
        "Hệ thống chỉ trả lời có hay không và thời điểm, không cho biết của ai và nội dung gì."
    )


def is_valid(*, code: str, recorded_at: datetime) -> Message:
    """There is such a receipt: that and when, and no more."""
    return Message(text=f"Đúng. Hệ thống đã cấp biên nhận {code} lúc {stamp(recorded_at)}.")


def is_unknown(*, code: str) -> Message:
    """There is no such receipt."""
    return Message(text=f"Không có biên nhận nào mang mã {code}.")


def not_read(why: str) -> Message:
    """What was typed behind the command is no code."""
    return Message(text=why)


def is_mistyped() -> str:
    """The text looks like a code, but a letter is wrong."""
    return "Mã này có chữ bị gõ nhầm. Mong đồng chí xem lại biên nhận và gõ lại cả mã."


def is_no_code() -> str:
    """The text does not look like a code."""
    return (
        "Đây chưa phải là mã biên nhận. Mã biên nhận bắt đầu bằng BN, ví dụ: BN-7K9Q-BT3X-MF4H. "
        "Mong đồng chí gõ lại cả mã."
    )
