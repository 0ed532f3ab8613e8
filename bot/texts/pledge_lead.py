"""What a secretary is asked and told while acting for members: recording on behalf, ticking the paper."""

from datetime import datetime

from bot.chat import Choice, Message
from bot.texts.numbers import count_text, counted
from bot.texts.pledge import year_of
from bot.texts.receipts import receipt_lines, stamp

# ----------------------------------------------------------------------------------- on behalf

BEHALF_TITLE = "việc ghi thay cam kết"
AGREED = "Đã trực tiếp đồng ý"
AGREED_ON_PAPER = "Đã ký bản giấy"
NOT_AGREED = "Chưa đồng ý"
ANOTHER = "Ghi thay đồng chí khác"
MISTAKE = "Ghi nhầm, bỏ đi"
OBJECT = "Tôi chưa đồng ý"


def for_whom(period: str) -> str:
    """For which member who is missing."""
    return (
        f"Ghi thay cam kết {year_of(period)} cho đồng chí nào? "
        "Chỉ ghi thay khi đồng chí ấy đã trực tiếp đồng ý hoặc đã ký bản giấy."
    )


def has_agreed(name: str, *, period: str) -> str:
    """Has the member really agreed?"""
    return f"Đồng chí {name} đã đồng ý với nội dung cam kết {year_of(period)} chưa?"


def not_recorded(name: str) -> str:
    """The member has not agreed: nothing is recorded."""
    return f"Hệ thống không ghi gì cho đồng chí {name}."


def not_missing_any_more(name: str) -> str:
    """The member confirmed meanwhile, or is not asked any more."""
    return f"Đồng chí {name} không còn trong danh sách chưa ký."


def recorded(name: str, *, period: str, code: str, at: datetime, paper: bool, choices: tuple[Choice, ...]) -> Message:
    """The secretary's receipt."""
    and_paper = " và đánh dấu đã ký bản giấy" if paper else ""
    return Message(
        text=f"Đã ghi thay cam kết {year_of(period)} cho đồng chí {name}{and_paper}.\n\n"
        f"{receipt_lines(code=code, recorded_at=at)}",
        choices=choices,
        in_place=True,
    )


def recorded_for_you(*, by: str, period: str, code: str, at: datetime, object_data: str) -> Message:
    """To the member: somebody recorded it for them, and they may object."""
    return Message(
        title="Đã ghi thay đồng chí",
        text=f"Đồng chí {by} đã ghi nhận trên hệ thống rằng đồng chí đồng ý với cam kết {year_of(period)}.\n\n"
        f"{receipt_lines(code=code, recorded_at=at)}\n\n"
        f"Nếu không đúng, đồng chí bấm “{OBJECT}”.",
        choices=(Choice(OBJECT, object_data),),
    )


def objection_taken(*, period: str) -> Message:
    """To the member who objected."""
    return Message(
        text=f"Hệ thống đã bỏ phần ghi thay cam kết {year_of(period)} và báo cho bí thư chi bộ. "
        "Khi nào đồng ý, đồng chí gõ /camket để tự đọc và ký.",
    )


def objection(name: str, *, period: str, at: datetime) -> Message:
    """To those who lead the cell: the member had not agreed."""
    return Message(
        title="Đảng viên chưa đồng ý",
        text=f"Đồng chí {name} báo chưa đồng ý với phần cam kết {year_of(period)} được ghi thay lúc {stamp(at)}. "
        "Hệ thống đã bỏ phần ghi thay. Mong đồng chí trao đổi trực tiếp với đồng chí ấy.",
    )


def undone(name: str, *, period: str) -> Message:
    """To the secretary: the mistake is taken back."""
    return Message(text=f"Đã bỏ phần ghi thay cam kết {year_of(period)} của đồng chí {name}.", in_place=True)


def undone_for_you(*, period: str) -> Message:
    """To the member: what was recorded on their behalf was a mistake."""
    return Message(
        text=f"Phần ghi thay cam kết {year_of(period)} của đồng chí đã được bỏ vì ghi nhầm. "
        "Đồng chí gõ /camket để tự đọc và ký."
    )


def void_already() -> Message:
    """An old button: it was taken back before."""
    return Message(text="Phần ghi thay này đã được bỏ từ trước.")


# --------------------------------------------------------------------------------------- paper

PAPER_TITLE = "việc đánh dấu bản giấy"
PAPER_SIGNED = "đã ký bản giấy"
ALL = "Tất cả đã ký bản giấy"
DONE = "Xong"
YES_ALL = "Đúng, tất cả đã ký"
UNTICK = "Bỏ đánh dấu"
KEEP = "Giữ nguyên"


def whose_paper(*, period: str, confirmed: int, ticked: int, before: str) -> str:
    """Whose paper is signed."""
    lines = [before] if before else []
    lines.append(
        f"Cam kết {year_of(period)}: đã ký bản giấy {count_text(ticked)}/{count_text(confirmed)} đồng chí "
        "đã xác nhận trên hệ thống. Đồng chí nào vừa ký bản giấy?"
    )
    return "\n\n".join(lines)


def ticked(name: str) -> str:
    """One paper was ticked."""
    return f"Đã đánh dấu: đồng chí {name} đã ký bản giấy."


def unticked(name: str) -> str:
    """The tick was taken back."""
    return f"Đã bỏ đánh dấu bản giấy của đồng chí {name}."


def not_confirmed(name: str) -> str:
    """The pledge that was to be ticked is not there any more."""
    return f"Đồng chí {name} chưa xác nhận trên hệ thống nên chưa đánh dấu bản giấy được."


def all_ticked_already() -> str:
    """There is nothing left to tick."""
    return "Tất cả các đồng chí trong danh sách đã được đánh dấu."


def tick_all(count: int) -> str:
    """Tick all the rest?"""
    return f"Đánh dấu cả {counted(count, 'đồng chí')} còn lại trong danh sách là đã ký bản giấy?"


def all_ticked(count: int) -> str:
    """All the rest were ticked."""
    return f"Đã đánh dấu thêm {counted(count, 'đồng chí')} đã ký bản giấy."


def untick(name: str) -> str:
    """This one was ticked before: take it back?"""
    return f"Đồng chí {name} đã được đánh dấu là đã ký bản giấy. Bỏ đánh dấu này?"


def nobody_confirmed() -> Message:
    """There is nothing to tick."""
    return Message(
        text="Chưa có đồng chí nào xác nhận trên hệ thống. Với đồng chí đã ký bản giấy mà chưa xác nhận, "
        "đồng chí bấm “Ghi thay”."
    )
