"""Inviting: who has not joined, printable sheets, codes taken back."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.chat import Message, Paper
from bot.texts.numbers import count_text, counted
from bot.texts.when import date_text, moment

ABOUT = "Phiếu mời đảng viên tham gia"
WORDS = ("phieu moi", "moi dang vien", "ma moi dang vien", "thu hoi ma", "thu hoi ma moi")
TITLE = "việc làm phiếu mời"
MAKE = "Làm phiếu"
ONE = "Chọn một đồng chí"
REVOKE_ALL = "Thu hồi mã chưa dùng"
REVOKE = "Thu hồi mã"
UNLINK = "Gỡ tài khoản"
NAMES_SHOWN = 15


def which_cell() -> str:
    return "Đồng chí làm phiếu mời cho chi bộ nào?"


def which_person() -> str:
    return "Đồng chí chọn ai?"


def no_cells() -> Message:
    return Message(text="Trong phần đồng chí phụ trách chưa có chi bộ nào. Mong đồng chí nhập danh sách trước.")


def heading(cell: str) -> str:
    return f"Phiếu mời – {cell}"


def cell_note(missing: int) -> str:
    return f"{counted(missing, 'đồng chí')} chưa tham gia" if missing else ""


def person_note() -> str:
    return "chưa tham gia"


def make_for(count: int) -> str:
    return f"Làm phiếu cho {counted(count, 'đồng chí')}"


def cell_state(*, members: int, missing: int, live: int, others: Sequence[str] = ()) -> str:
    if not members:
        return "Danh sách chi bộ chưa có đảng viên nào."
    joined = members - missing
    lines = [f"Đã tham gia: {count_text(joined)}/{counted(members, 'đồng chí')}."]
    lines.append(f"Chưa tham gia: {counted(missing, 'đồng chí')}." if missing else "Tất cả đã tham gia.")
    if live:
        lines.append(f"Mã đã phát, còn hiệu lực mà chưa dùng: {counted(live, 'mã')}.")
    if others:
        lines.append(left_to_others(others))
    return "\n".join(lines)


def confirm_all(names: Sequence[str], *, live: int) -> str:
    shown = [f"• {name}" for name in names[:NAMES_SHOWN]]
    if len(names) > NAMES_SHOWN:
        shown.append(f"và {counted(len(names) - NAMES_SHOWN, 'đồng chí')} nữa")
    old = f"\n\n{_old_codes(counted(live, 'mã'))}" if live else ""
    listed = "\n".join(shown)
    return f"Hệ thống sẽ làm phiếu mời cho {counted(len(names), 'đồng chí')} chưa tham gia:\n{listed}{old}"


def _old_codes(codes: str) -> str:
    return f"Lưu ý: {codes} phát trước đây mà chưa dùng sẽ hết hiệu lực; phiếu cũ không dùng được nữa."


def sheet(*, title: str, count: int, last_day: date, paper: Paper) -> Message:
    return Message(
        title=title,
        text=f"Tệp kèm theo có {counted(count, 'phiếu mời')}, dùng được đến hết ngày {date_text(last_day)}; "
        "mỗi mã dùng một lần.\n\n"
        "Đồng chí in ra, cắt theo đường kẻ và trao tận tay từng người. Mã là bí mật: ai cầm mã đều có thể tham gia "
        "thay người có tên. Không chụp, không gửi vào nhóm; in xong nên xóa tệp.",
        paper=paper,
    )


def done_before() -> Message:
    return Message(
        text="Việc này đã làm xong từ trước, hệ thống không làm lại. Muốn xem hay làm tiếp, đồng chí gõ /phieumoi."
    )


def nobody_missing(cell: str) -> Message:
    return Message(text=f"{cell}: các đồng chí đều đã tham gia, không cần phiếu mời.", in_place=True)


def confirm_revoke(live: int) -> str:
    return (
        f"Thu hồi {counted(live, 'mã')} đã phát mà chưa dùng? Phiếu mang mã ấy sẽ không dùng được nữa. "
        "Ai đã tham gia thì không bị ảnh hưởng."
    )


def revoked(count: int) -> Message:
    if count == 0:
        return Message(text="Không có mã nào cần thu hồi.", in_place=True)
    return Message(text=f"Đã thu hồi {counted(count, 'mã')}. Phiếu mang mã ấy không dùng được nữa.", in_place=True)


# ---------------------------------------------------------------------------------------- one person


def person_state(*, joined_at: datetime | None, accounts: int, code_until: date | None) -> str:
    if joined_at is None:
        lines = ["Chưa tham gia."]
    elif accounts == 1:
        lines = [f"Đã tham gia từ {moment(joined_at)}."]
    else:
        lines = [f"Đã tham gia từ {moment(joined_at)}, đang dùng {counted(accounts, 'tài khoản')}."]
    if code_until is not None:
        lines.append(
            f"Đang có một mã chưa dùng, hiệu lực đến hết ngày {date_text(code_until)}; "
            "làm phiếu mới thì mã này bị thu hồi."
        )
    if joined_at is not None:
        lines.append("Phiếu mới chỉ để dùng thêm một tài khoản, và phải được đồng ý ở tài khoản đang dùng.")
    return "\n".join(lines)


def cannot_be_invited() -> Message:
    return Message(text="Đồng chí này không còn trong danh sách đảng viên được mời, nên không làm phiếu được.")


def not_theirs_to_give() -> Message:
    return Message(
        text="Đồng chí ấy đang giữ nhiệm vụ do cấp trên giao, nên phiếu mời, mã mời và tài khoản của đồng chí ấy do "
        "người phụ trách ở cấp đó làm. Mong đồng chí báo với văn phòng đảng ủy."
    )


def left_to_others(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN]) + (", …" if len(names) > NAMES_SHOWN else "")
    return f"Do giữ nhiệm vụ cấp trên giao, phiếu của {shown} để văn phòng đảng ủy làm."


def confirm_unlink(*, accounts: int) -> str:
    which = "tài khoản đang dùng" if accounts == 1 else f"cả {counted(accounts, 'tài khoản')} đang dùng"
    return (
        f"Gỡ {which} khỏi tên đồng chí này? Hệ thống thôi nhắn vào đó và xóa những câu trả lời còn dở ở đó. "
        "Những gì đã ký, đã nộp thì không xóa."
    )


def nothing_to_unlink() -> Message:
    return Message(text="Đồng chí này hiện không dùng tài khoản nào.", in_place=True)


# --------------------------------------------------------------------------------------------- /toi


def task(cell: str, missing: int) -> str:
    return f"{cell} còn {counted(missing, 'đồng chí')} chưa tham gia."


def task_button(cell: str) -> str:
    return f"Phiếu mời {cell}"
