"""The words of our own page: what its script puts in place while it runs, and times as people read them.

Sentences that never change stand in the page's templates. A word in braces is filled in by the script.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.chat import OutboxState
from bot.domain.page import Closed, Device, NoEntry
from bot.texts.page_visit import device_text
from bot.texts.when import WEEKDAYS, date_text, moment, weekday_text

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


# --------------------------------------------------------------------------------------- in service

NAME = "Bốn Tốt"
_CLOSED = {
    Closed.MISTYPED: "Mã đồng chí gõ có chỗ chưa đúng. Mã gồm 12 chữ và số, chia làm ba nhóm. Mong đồng chí xem lại "
    "và gõ lại cả mã.",
    Closed.UNKNOWN: "Hệ thống không có mã hay đường dẫn này. Mong đồng chí xem lại và gõ lại; nếu vẫn không được, xin "
    "hỏi bí thư chi bộ.",
    Closed.USED: "Mã hoặc đường dẫn này đã được dùng; mỗi cái chỉ dùng một lần. Nếu không phải đồng chí đã dùng, mong "
    "đồng chí báo ngay với bí thư chi bộ.",
    Closed.REVOKED: "Mã hoặc đường dẫn này đã được thu hồi. Mong đồng chí xin cái mới.",
    Closed.EXPIRED: "Mã hoặc đường dẫn này đã hết hạn. Mong đồng chí xin cái mới.",
    Closed.NOBODY: "Mã hoặc đường dẫn này không còn dùng được. Mong đồng chí hỏi bí thư chi bộ.",
    Closed.SOMEONE_ELSE: "Đường dẫn hoặc mã này không phải của đồng chí đang mở trang trên máy này, nên hệ thống không "
    "thay đổi gì. Nếu máy này nhiều người dùng chung, mời bấm “Thoát” trước rồi mở lại.",
    Closed.TOO_OFTEN: "Từ nơi này đã gõ sai mã quá nhiều lần. Mong đồng chí thử lại sau {until}.",
}


def closed(fault: NoEntry) -> str:
    """Why somebody is not let in."""
    until = moment(fault.until) if fault.until else ""
    return _CLOSED[fault.why].format(until=until)


def device(found: Device) -> str:
    """What a browser runs on, at the beginning of a line."""
    words = device_text(found)
    return words[0].upper() + words[1:]


def too_fast() -> str:
    return "Đồng chí bấm hơi nhanh. Mong đồng chí chờ một phút rồi thử lại."


def form_too_old() -> str:
    return "Trang này mở đã lâu nên chưa gửi được. Mong đồng chí mở lại trang rồi làm lại."


def no_such_page() -> str:
    return "Không có trang này."


def come_again() -> str:
    return "Hệ thống đang bận, chưa ghi được. Mong đồng chí thử lại sau ít phút."


def cookies_needed() -> str:
    return (
        "Trình duyệt của đồng chí không cho trang này ghi nhớ gì (cookie), nên chưa vào được. "
        "Mong đồng chí bật cookie trong phần cài đặt của trình duyệt rồi thử lại."
    )


def nudge() -> Mapping[str, str]:
    """What a telephone shows when there is something new. It says nothing of whom or what."""
    return {"title": NAME, "body": "Có tin mới. Bấm để mở."}


def about() -> str:
    """What the page is, for whoever puts it on a telephone's screen."""
    return "Cam kết, tự báo cáo, lịch sinh hoạt chi bộ"


def service_words(name: str) -> Mapping[str, str | Sequence[str]]:
    """What the page's script says in service; `name` is empty for somebody who is about to join."""
    whose = f"của đồng chí {name}" if name else "của đồng chí"
    own = f"Đồng chí {name}" if name else "Đồng chí"
    return {
        **script_words(),
        "conversation": f"Hội thoại {whose} với hệ thống",
        "composer": "Viết cho hệ thống",
        "you": own,
        "push_on": "Bật báo tin mới",
        "push_off": "Tắt báo tin mới",
        "push_denied": "Điện thoại đang chặn báo tin của trang này. Mong đồng chí cho phép trong phần cài đặt.",
        "push_failed": "Chưa bật được. Mong đồng chí thử lại sau.",
        "push_is_on": "Đã bật. Khi có tin mới, điện thoại sẽ báo.",
        "push_is_off": "Đã tắt báo tin mới.",
    }
