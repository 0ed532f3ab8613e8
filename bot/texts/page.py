"""The words of our own page: what its script puts in place while it runs, and times as people read them.

Sentences that never change stand in the page's templates. A word in braces is filled in by the script.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.chat import OutboxState
from bot.texts.when import WEEKDAYS, date_text, weekday_text

_OUTBOX = {
    OutboxState.QUEUED: "tin chờ gửi",
    OutboxState.IN_FLIGHT: "tin đang gửi",
    OutboxState.SENT: "tin đã gửi",
    OutboxState.BLOCKED: "tin bị người nhận chặn",
    OutboxState.FAILED: "tin không gửi được",
    OutboxState.UNCERTAIN: "tin chưa rõ đã đến nơi",
    OutboxState.CANCELLED: "tin đã hủy",
}

_STEP_TITLES = {
    "pledge": "Ký bản cam kết",
    "missing": "Xem ai thiếu và nhắc",
    "meeting": "Báo lịch sinh hoạt chi bộ",
    "answer": "Trả lời thông báo",
    "clock": "Cho thời gian trôi",
}

_STEP_HOWS = {
    "pledge": "Đồng chí {name} đọc từng phần bản cam kết rồi bấm xác nhận.",
    "missing": "Đồng chí {name} ({role}) xem danh sách chưa ký, bấm một nút để nhắc.",
    "meeting": "Đồng chí {name} ({role}) gõ ngày giờ, nơi họp; hệ thống báo cho mọi người.",
    "answer": "Đồng chí {name} mở thông báo vừa đến, bấm “Có mặt” hoặc “Vắng có lý do”.",
    "clock": "Đồng hồ nhảy đến việc kế tiếp, lời nhắc tự đến điện thoại của người còn thiếu.",
}


def day_in_full(at: datetime) -> str:
    """The day of a local time: "Thứ Hai, 01/03/2027"."""
    return f"{weekday_text(at)}, {date_text(at)}"


def time_of_day(at: datetime) -> str:
    """As it stands beside a bubble: "19:30"."""
    return f"{at:%H:%M}"


def file_size(size: int) -> str:
    """ "12 KB", "3,4 MB"; never less than one KB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


def outbox_state(state: OutboxState) -> str:
    """A state of the outbox, after a count."""
    return _OUTBOX[state]


def started() -> str:
    """A person's own bubble for opening the chat."""
    return "Bắt đầu"


def started_with_code() -> str:
    """The same with an invitation; the code itself is not kept."""
    return "Bắt đầu bằng mã mời"


def file_sent(name: str) -> str:
    """A person's own bubble for a file."""
    return f"Tệp: {name}"


def step_title(kind: str) -> str:
    """A thing to try first."""
    return _STEP_TITLES[kind]


def step_how(kind: str, *, name: str, role: str) -> str:
    """What happens when it is tried, and who does it."""
    return _STEP_HOWS[kind].format(name=name, role=role)


def step_button(kind: str, *, types: str) -> str:
    """What its button does."""
    if kind == "clock":
        return "Đến việc kế tiếp"
    return f"Mở và gửi {types}" if types else "Mở điện thoại"


def script_words() -> Mapping[str, str | Sequence[str]]:
    """What the page's script says."""
    return {
        "weekdays": WEEKDAYS,
        "clock": "{weekday}, {date}",
        "clock_time": "{hour} giờ {minute}",
        "conversation": "Hội thoại trên điện thoại của đồng chí {name}",
        "composer": "Đồng chí {name} viết",
        "not_joined": "chưa tham gia",
        "nobody": "Không có ai như vậy.",
        "people_found": "{count} người",
        "unread": "{count} tin chưa đọc",
        "new_below": "{count} tin mới",
        "new_below_none": "Xuống cuối",
        "sending": "đang gửi",
        "retrying": "chưa gửi được, đang thử lại",
        "started": started_with_code(),
        "failed": "không gửi được",
        "pressed": "đã bấm",
        "download": "Tải tệp {name}",
        "reconnecting": "Mất kết nối, đang nối lại …",
        "connected": "Đã nối lại.",
        "too_large": "Tệp quá lớn nên không gửi được.",
        "now": "Bây giờ là",
        "moving": "Đang cho đồng hồ chạy …",
        "moved": "Bây giờ là {now}.",
        "clock_failed": "Đồng hồ chưa chạy được. Mong đồng chí thử lại.",
        "nothing_upcoming": "Chưa có việc nào sắp tới.",
        "nothing_waiting": "Không còn tin nào chờ gửi.",
        "you": "Đồng chí {name}",
        "bot": "Hệ thống",
    }
