"""Broadcasts (/thongbao): to whom, what, how it will look, how it goes, what became of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat import Choice, Message, Paper
from bot.domain.broadcast import AudienceKind, Count, Progress
from bot.texts.numbers import count_text, counted, percent_text
from bot.texts.when import moment

ABOUT = "Gửi thông báo"
TITLE = "thông báo đang soạn"
WHOM = "Đồng chí muốn gửi thông báo cho ai?"
WHO_IS_MISSING = "Gửi cho các đồng chí còn thiếu việc nào?"
EVERYBODY = "Tất cả đảng viên"
SOME_CELLS = "Một hoặc vài chi bộ"
SECRETARIES = "Các bí thư chi bộ"
STILL_MISSING = "Các đồng chí còn thiếu"
MISSING_PLEDGE = "Chưa ký cam kết"
MISSING_REPORT = "Chưa gửi tự báo cáo"
NO_FILE = "Không kèm tệp"
CONFIRM_WORD = "Xem trước và gửi"
CHANGE_TEXT = "Sửa nội dung"
CHANGE_WHOM = "Đổi người nhận"
STOP_SENDING = "Dừng gửi"


def which_unit(units: Sequence[tuple[str, str]]) -> Message:
    """An officer of several units chooses in whose name to speak: names, and the data of their buttons."""
    return Message(
        text="Đồng chí gửi thông báo thay mặt tổ chức nào?", choices=tuple(Choice(name, data) for name, data in units)
    )


def audience_text(kind: AudienceKind, *, unit: str, cells: Sequence[str]) -> str:
    """Whom it is for, in words."""
    match kind:
        case AudienceKind.ALL:
            return f"tất cả đảng viên thuộc {unit}"
        case AudienceKind.CELLS:
            return f"đảng viên {', '.join(cells)}"
        case AudienceKind.SECRETARIES:
            return f"các bí thư chi bộ thuộc {unit}"
        case AudienceKind.MISSING_PLEDGE:
            return f"các đồng chí chưa ký cam kết thuộc {unit}"
        case AudienceKind.MISSING_REPORT:
            return f"các đồng chí chưa gửi tự báo cáo thuộc {unit}"


def which_cells(lines: Sequence[str]) -> str:
    """The list of cells to choose from."""
    listed = "\n".join(f"{number}. {name}" for number, name in enumerate(lines, start=1))
    return (
        f"Gửi cho chi bộ nào? Đồng chí gõ số thứ tự, nhiều chi bộ thì cách nhau bằng dấu phẩy, ví dụ: 1, 3\n\n{listed}"
    )


def which_cells_by_name() -> str:
    """Where there are too many cells for a list."""
    return (
        "Gửi cho chi bộ nào? Đồng chí gõ đúng tên chi bộ, nhiều chi bộ thì cách nhau bằng dấu phẩy, "
        "ví dụ: Chi bộ thôn 1, Chi bộ thôn 3"
    )


def no_such_cell(word: str) -> str:
    return f"Không có chi bộ nào mang số hoặc tên “{word}”. Mong đồng chí gõ lại, ví dụ: 1, 3"


def several_cells(word: str) -> str:
    return f"Có nhiều chi bộ khớp với “{word}”. Mong đồng chí gõ số thứ tự."


def nobody() -> str:
    return "Hiện không có đồng chí nào thuộc diện này. Mong đồng chí chọn cách khác."


def no_round() -> str:
    return "Hiện không có đợt nào đang mở cho việc này. Mong đồng chí chọn cách khác."


def people_text(count: Count) -> str:
    """How many people: 05 đồng chí; or, where there are more than it was worth to count, hơn 5.000 đồng chí."""
    if count.exact:
        return counted(count.people, "đồng chí")
    return f"hơn {counted(count.people, 'đồng chí')}" if count.people else "các đồng chí thuộc diện này"


def what_text(*, whom: str, count: Count) -> str:
    return f"Người nhận: {whom} ({people_text(count)}).\n\nMong đồng chí gõ nội dung thông báo."


def text_too_long(limit: int) -> str:
    return (
        f"Nội dung dài quá {count_text(limit)} chữ cái nên chưa được giữ. "
        "Mong đồng chí rút gọn, hoặc gửi phần dài bằng tệp kèm."
    )


def text_empty() -> str:
    return "Thông báo chưa có nội dung. Mong đồng chí gõ nội dung."


def classified() -> str:
    return (
        "Nội dung có dấu hiệu độ mật nên hệ thống từ chối và không giữ lại gì. "
        "Tài liệu mật không được gửi qua hệ thống này."
    )


def with_file(limit: int) -> str:
    return (
        f"Đồng chí có muốn kèm tệp không? Nếu có, mong đồng chí gửi một tệp (không quá {limit // (1024 * 1024)} MB). "
        "Không gửi tài liệu mật."
    )


def broadcast(*, unit: str, text: str, paper: Paper | None) -> Message:
    """The broadcast as everybody gets it."""
    return Message(title=f"Thông báo của {unit}", text=text, paper=paper)


GET_FILE = "Lấy tệp kèm theo"


def broadcast_without_file(*, unit: str, text: str, get: str) -> Message:
    """The same where no file goes, with the way to it."""
    return replace(broadcast(unit=unit, text=text, paper=None), choices=(Choice(GET_FILE, get),))


def its_file(*, unit: str, paper: Paper) -> Message:
    """The file of a broadcast, to who asked for it."""
    return Message(text=f"Tệp kèm theo thông báo của {unit}.", paper=paper)


def no_file() -> Message:
    """There is no such file, or not for who asks."""
    return Message(text="Không có tệp nào kèm theo thông báo ấy gửi đến đồng chí.")


def preview_title(unit: str) -> str:
    return broadcast(unit=unit, text="", paper=None).title


def preview(*, text: str, file: str | None, whom: str, count: Count, wait_until: datetime | None) -> str:
    """The broadcast as it will look, and below a line what will be done with it."""
    parts = [text, "———", f"Trên đây là thông báo như người nhận sẽ thấy. Người nhận: {whom}."]
    if file:
        parts.append(f"Tệp kèm: {file}")
    if wait_until:
        parts.append(f"Đang trong giờ nghỉ nên thông báo sẽ gửi từ {moment(wait_until)}.")
    return "\n\n".join(parts)


def send_label(count: Count) -> str:
    """The confirmation names the count."""
    return f"Gửi cho {people_text(count)}"


def confirmed_before() -> Message:
    return Message(text="Thông báo này đã được xác nhận gửi từ trước; hệ thống không gửi lần thứ hai.")


def progress(*, number: int, done: Progress, stop: str) -> Message:
    """How far it is; this message moves."""
    return Message(
        title=f"Thông báo số {number} đang gửi",
        text=_counts(done),
        choices=(Choice(STOP_SENDING, stop),),
        slot=f"broadcast:{number}",
    )


def report(*, number: int, done: Progress, stopped: bool, unreachable: Sequence[str]) -> Message:
    """What became of it."""
    lines = [_counts(done)]
    if unreachable:
        shown = ", ".join(unreachable)
        more = done.unreachable - len(unreachable)
        rest = f" và {counted(more, 'đồng chí')} khác" if more > 0 else ""
        lines.append(f"Cần báo trực tiếp cho: {shown}{rest}.")
    return Message(
        title=f"Thông báo số {number} {'đã dừng' if stopped else 'đã gửi xong'}",
        text="\n\n".join(lines),
        in_place=True,
        slot=f"broadcast:{number}",
    )


def over_already(number: int) -> Message:
    return Message(text=f"Thông báo số {number} đã kết thúc nên không còn gì để dừng.")


def coming() -> str:
    """On the rehearsal's clock."""
    return "Gửi tiếp một thông báo"


def _counts(done: Progress) -> str:
    delivered = counted(done.delivered, "đồng chí")
    lines = [f"Đã nhận: {delivered}"]
    if done.total is not None and done.waiting is not None:
        share = percent_text(done.delivered, done.total)
        lines = [
            f"Đã nhận: {delivered} trên {counted(done.total, 'đồng chí')} ({share})",
            f"Đang chờ: {counted(done.waiting, 'đồng chí')}",
        ]
    more = (
        ("Gửi lỗi", done.failed),
        ("Đã chặn hệ thống", done.blocked),
        ("Chưa rõ đã nhận hay chưa", done.uncertain),
        ("Không gửi nữa", done.cancelled),
        ("Chưa tham gia hệ thống", done.unreachable),
    )
    lines += [f"{label}: {counted(count, 'đồng chí')}" for label, count in more if count]
    return "\n".join(lines)
