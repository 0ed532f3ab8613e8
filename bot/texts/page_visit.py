"""The page, as the chat speaks of it: the way there, where somebody is signed in, a code to read out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat import Choice, Link, Message
from bot.domain.page import Browser, Device
from bot.texts.numbers import counted
from bot.texts.when import moment

ABOUT = "Mở trang web, xem và thoát các máy"
WORDS = ("trang web", "mo trang web", "vao trang web", "web", "dang xuat")
OPEN = "Mở trang web"
END_ALL = "Thoát tất cả các máy"
CODE_FOR_PAGE = "Đọc mã vào trang web"

_DEVICES = {
    Device.ANDROID: "điện thoại Android",
    Device.IPHONE: "iPhone hoặc iPad",
    Device.WINDOWS: "máy tính Windows",
    Device.MAC: "máy tính Mac",
    Device.LINUX: "máy tính Linux",
    Device.OTHER: "một thiết bị khác",
}


def device_text(device: Device) -> str:
    return _DEVICES[device]


def browser_line(browser: Browser) -> str:
    """One place where somebody is signed in."""
    here = " (máy đồng chí đang dùng)" if browser.here else ""
    used = f"vào từ {moment(browser.started_at)}, dùng gần nhất {moment(browser.seen_at)}"
    return f"{_DEVICES[browser.device]}{here}: {used}"


def end_one(place: int, device: Device) -> str:
    """The button for one of several."""
    return f"Thoát máy {place}: {_DEVICES[device]}"


def way_in(address: str | None, *, valid: timedelta, browsers: Sequence[Browser], choices: Sequence[Choice]) -> Message:
    """The link, if one is given, and where the person is signed in."""
    parts = []
    if address is not None:
        hours = counted(int(valid.total_seconds() // 3600), "giờ")
        parts.append(
            f"Bấm “{OPEN}” bên dưới để vào trang web của hệ thống, rồi bấm nút “Vào trang” ở đó. "
            f"Đường dẫn chỉ dùng được một lần, trong {hours}, và chỉ dành cho đồng chí; "
            "mong đồng chí không chuyển cho ai."
        )
    if browsers:
        listed = "\n".join(f"{place}. {browser_line(one)}" for place, one in enumerate(browsers, start=1))
        parts.append(f"Đồng chí đang mở trang web trên:\n{listed}")
    elif address is None:
        parts.append("Đồng chí chưa mở trang web trên máy nào.")
    return Message(
        text="\n\n".join(parts), choices=tuple(choices), link=Link(OPEN, address) if address is not None else None
    )


def no_page() -> Message:
    return Message(text="Ở đây chưa có trang web. Mọi việc đồng chí làm ngay trong cuộc trò chuyện này.")


def ended_one() -> Message:
    return Message(text="Đã thoát trang web trên máy đó. Muốn vào lại, đồng chí gõ /trangweb.")


def ended_before() -> Message:
    return Message(text="Máy đó đã thoát trang web từ trước.")


def ended_all(count: int) -> Message:
    if not count:
        return Message(text="Đồng chí không còn mở trang web trên máy nào.")
    return Message(text=f"Đã thoát trang web trên {counted(count, 'máy')}. Muốn vào lại, đồng chí gõ /trangweb.")


def signed_in_by_code(at: datetime) -> Message:
    """To everybody who came in with a code that somebody else gave them."""
    return Message(
        text=f"Có người vừa vào trang web dưới tên đồng chí lúc {moment(at)}, bằng mã do chi bộ cấp.\n\n"
        f"Nếu không phải đồng chí, mong đồng chí bấm “{END_ALL}” và báo bí thư chi bộ.",
        choices=(Choice(END_ALL, "page-end-all"),),
    )


def code_to_read(*, name: str, code: str, page: str, until: datetime) -> Message:
    """For whoever leads the cell, to be read out or written down."""
    return Message(
        title=f"Mã vào trang web của đồng chí {name}",
        text=f"{code}\n\nMong đồng chí đọc hoặc viết ra cho đồng chí {name}: mở trang {page}, gõ mã này, "
        f"bấm “Vào trang”. Mã dùng được một lần, đến {moment(until)}. Mã cấp trước đó không dùng được nữa.\n\n"
        "Ai có mã thì vào được trang dưới tên đồng chí ấy; mong đồng chí chỉ đưa tận tay.",
    )
