"""What those who run the installation are told of its accounts at the messengers, and what a cell's secretary is told
when somebody cannot be reached any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Message
from bot.texts.numbers import count_text, counted, percent_text
from bot.texts.when import moment

ABOUT_ACCOUNTS = "Xem lượng tin và các tài khoản nhắn tin"
ACCOUNT_WORDS = ("luong tin", "tai khoan nhan tin", "cac tai khoan nhan tin", "so tin da nhan")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One account as it is shown. `limit` and `people_limit` are None where there is none; `patient`: reminders and
    broadcasts among what waits; `reserved`: the rest of the month is kept for what people wait for."""

    key: str
    people: int
    people_limit: int | None
    used: int
    limit: int | None
    waiting: int
    patient: int
    reserved: bool
    gone: bool
    paused_since: datetime | None
    closed_until: datetime | None


def accounts(views: Sequence[AccountView], *, month: str) -> Message:
    """All accounts, one paragraph each."""
    if not views:
        return Message(text="Chưa có tài khoản nhắn tin nào có người tham gia.")
    return Message(title="Các tài khoản nhắn tin", text="\n\n".join(_account(view, month=month) for view in views))


def _account(view: AccountView, *, month: str) -> str:
    lines = [f"{view.key}: {_people(view)}"]
    if view.limit is not None:
        share = percent_text(view.used, view.limit)
        lines.append(f"Tháng {_month(month)} đã nhắn {count_text(view.used)}/{counted(view.limit, 'tin')} ({share}).")
    if view.gone:
        lines.append("Máy chủ báo đã hết lượng tin của tháng; thỉnh thoảng hệ thống thử lại.")
    elif view.reserved:
        lines.append(
            "Phần còn lại dành cho giấy mời họp và câu trả lời; tin nhắc việc và thông báo chung chờ tháng sau."
        )
    if view.paused_since is not None:
        lines.append(f"Không liên lạc được từ {moment(view.paused_since)}; hệ thống tự thử lại.")
    elif view.closed_until is not None and not view.gone:
        lines.append("Máy chủ yêu cầu tạm dừng; hệ thống tự nhắn tiếp.")
    if view.waiting:
        patient = f", trong đó {counted(view.patient, 'tin nhắc việc và thông báo chung')}" if view.patient else ""
        lines.append(f"Đang chờ gửi: {counted(view.waiting, 'tin')}{patient}.")
    return "\n".join(lines)


def _people(view: AccountView) -> str:
    if view.people_limit is None:
        return f"{counted(view.people, 'đồng chí')}."
    return f"{count_text(view.people)}/{counted(view.people_limit, 'đồng chí')}."


def _month(month: str) -> str:
    year, number = month.split("-")
    return f"{number}/{year}"


# -------------------------------------------------------------------------------------------- alerts


def account_paused(*, account: str, why: str, since: datetime) -> Message:
    """To administrators, at another account."""
    return Message(
        title=f"Tài khoản “{account}” không gửi được tin",
        text=f"Từ {moment(since)}, hệ thống không gửi được tin qua tài khoản này (lý do kỹ thuật: {why}). "
        "Các tin vẫn được giữ; hệ thống tự thử lại và gửi tiếp khi liên lạc được. "
        "Mong đồng chí báo người quản trị kỹ thuật kiểm tra.",
    )


def quota_reached(*, account: str, percent: int, used: int, limit: int, month: str, reserved: bool) -> Message:
    """To administrators: so much of the month is used."""
    what = (
        "Từ nay đến hết tháng, phần còn lại dành cho giấy mời họp và câu trả lời; tin nhắc việc và thông báo chung "
        "chờ sang tháng sau."
        if reserved
        else "Khi dùng đến 90%, hệ thống sẽ giữ phần còn lại cho giấy mời họp và câu trả lời."
    )
    return Message(
        title=f"Tài khoản “{account}” đã dùng {percent}% lượng tin của tháng",
        text=f"Tháng {_month(month)} đã nhắn {count_text(used)}/{counted(limit, 'tin')}. {what}",
    )


def quota_gone(*, account: str, used: int, month: str) -> Message:
    """To administrators: the messenger takes nothing more this month."""
    return Message(
        title=f"Tài khoản “{account}” đã hết lượng tin của tháng",
        text=f"Máy chủ không nhận thêm tin trong tháng {_month(month)} (hệ thống đã nhắn {counted(used, 'tin')}). "
        "Các tin vẫn được giữ và gửi tiếp khi sang tháng mới; thỉnh thoảng hệ thống thử lại. "
        "Mong đồng chí báo các chi bộ dùng tài khoản này biết để nhắn nhau bằng cách khác khi có việc gấp.",
    )


def many_people(*, account: str, people: int, limit: int) -> Message:
    """To administrators: an account is nearly full, or full."""
    full = people >= limit
    title = f"Tài khoản “{account}” đã đủ {limit} đồng chí" if full else f"Tài khoản “{account}” sắp đủ người"
    return Message(
        title=title,
        text=f"Đã có {count_text(people)}/{counted(limit, 'đồng chí')} tham gia qua tài khoản này. "
        "Nếu còn đồng chí chưa tham gia, đề nghị mở thêm một tài khoản, mỗi chi bộ một tài khoản là tiện nhất.",
    )


def cannot_be_reached(*, name: str, cell: str) -> Message:
    """To those who lead the person's cell."""
    named = f"{name} ({cell})" if cell else name
    return Message(
        title=f"Không nhắn được cho đồng chí {named}",
        text="Đồng chí ấy đã chặn tài khoản nhắn tin, hoặc không còn dùng. Từ nay mong đồng chí báo việc trực tiếp; "
        "khi đồng chí ấy bỏ chặn, hệ thống nhắn lại như trước.",
    )
