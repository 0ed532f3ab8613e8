"""Importing a roster (/mauexcel, /nhapdanhsach): the file asked for, what came of the check, what was written."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.chat import Choice, Message, Paper
from bot.domain.organisation import CellKind
from bot.domain.rights import Role
from bot.domain.roster import Column, RosterRefused, RowFault
from bot.domain.roster_import import Some, Summary
from bot.texts.members import role_text
from bot.texts.numbers import count_text, counted
from bot.texts.roster import column_name, file_fault, row_fault
from bot.texts.roster_words import CELL_KINDS, FIX_HEADING
from bot.texts.when import moment

ABOUT = "Nhập danh sách đảng viên"
ABOUT_TEMPLATE = "Lấy tệp danh sách mẫu"
WORDS = ("nhap danh sach", "nhap danh sach dang vien")
WORDS_TEMPLATE = ("mau excel", "tep mau", "danh sach mau")
TITLE = "việc nhập danh sách đảng viên"
GET_TEMPLATE = "Lấy tệp mẫu"
INVITE = "Làm phiếu mời"

FAULTS_SHOWN = 3


def template(paper: Paper, *, send: str | None) -> Message:
    """The empty roster; `send`: the button to begin with it, None where it is waited for already."""
    how = "đồng chí gửi tệp vào đây" if send is None else f"đồng chí bấm “{ABOUT}” rồi gửi tệp"
    return Message(
        title="Danh sách mẫu",
        text="Tệp kèm theo có hai trang: “Danh sách” để điền, “Hướng dẫn” nói cách điền từng cột. "
        f"Điền xong, {how}.\n\n"
        "Danh sách là thông tin cá nhân: mong đồng chí không gửi vào nhóm.",
        paper=paper,
        choices=(Choice(ABOUT, send),) if send else (),
    )


def which_unit(units: Sequence[tuple[str, str]]) -> Message:
    """An officer of several committees chooses one: names, and the data of their buttons."""
    return Message(
        text="Đồng chí nhập danh sách cho đảng bộ nào?", choices=tuple(Choice(name, data) for name, data in units)
    )


def no_committee() -> Message:
    return Message(text="Đồng chí chưa được phân công ở đảng ủy nào nên chưa nhập danh sách được.")


def no_cells_yet(unit: str) -> str:
    """In /toi, while the committee is empty."""
    return f"{unit} chưa có chi bộ và đảng viên nào trong hệ thống."


def send_roster(*, unit: str, limit: int) -> str:
    return (
        f"Mong đồng chí gửi tệp danh sách đảng viên của {unit}: tệp Excel (.xlsx) hoặc .csv, "
        f"không quá {limit // (1024 * 1024)} MB.\n\n"
        "Hệ thống kiểm tra từng dòng, cho đồng chí xem trước, và chỉ ghi khi đồng chí xác nhận."
    )


def checking(name: str) -> str:
    return (
        f"Đã nhận tệp “{name}”. Hệ thống đang kiểm tra từng dòng; kết quả sẽ hiện ngay bên dưới.\n\n"
        "Nếu gửi nhầm, đồng chí gửi luôn tệp khác."
    )


def checked_meanwhile(go_on: Choice) -> Message:
    """The dialogue was put aside before the check was done."""
    return Message(text="Đã kiểm tra xong tệp danh sách đồng chí gửi.", choices=(go_on,))


def refused(why: RosterRefused) -> str:
    return f"{file_fault(why)}\n\nHệ thống chưa nhập gì. Đồng chí gửi lại tệp vào đây."


def gone() -> str:
    return "Tệp gửi lần trước đã được xóa vì chờ quá 24 giờ; chưa nhập gì. Mong đồng chí gửi lại tệp."


# -------------------------------------------------------------------------------- what came of the check


def faulty(*, lines: int, faulty_lines: int, faults: Sequence[RowFault], paper: Paper) -> Message:
    """The same file back, with a column that says what is wrong."""
    shown = "\n".join(f"• Dòng {fault.line} – {row_fault(fault)}" for fault in faults[:FAULTS_SHOWN])
    return Message(
        title="Danh sách cần sửa",
        text=f"Có {counted(faulty_lines, 'dòng')} cần sửa trong {counted(lines, 'dòng')}, nên chưa nhập gì. "
        f"Tệp kèm theo là tệp của đồng chí, thêm cột “{FIX_HEADING}”.\n\n{_short(shown)}\n\n"
        "Đồng chí sửa ngay trong tệp đó rồi gửi lại vào đây.",
        paper=paper,
    )


def fix_and_send(*, faulty_lines: int) -> str:
    return (
        f"Tệp gửi lần trước còn {counted(faulty_lines, 'dòng')} cần sửa, ghi ở cột “{FIX_HEADING}” của tệp "
        "hệ thống gửi lại. Sửa xong, mong đồng chí gửi tệp vào đây."
    )


def ready_title(unit: str) -> str:
    return f"Kiểm tra xong: {unit}"


def ready(summary: Summary) -> str:
    """What would be written, and what would not."""
    found = f"Đã đọc {counted(summary.lines, 'dòng')}, không có dòng nào phải sửa. Chưa nhập gì."
    moves = f"Việc chuyển chi bộ chỉ được ghi khi đồng chí bấm “{moves_label(summary)}”." if summary.moved.count else ""
    return "\n\n".join(part for part in (found, _writes(summary), _leaves(summary), moves) if part)


def apply_label(summary: Summary) -> str:
    """The confirmation names the count; a roster may also change only cells."""
    if not summary.staying:
        return "Nhập các thay đổi"
    return f"Nhập {counted(summary.staying, 'đảng viên')}"


def moves_label(summary: Summary) -> str:
    moves = f"{counted(summary.moved.count, 'đồng chí')} chuyển chi bộ"
    return f"Nhập và ghi nhận {moves}" if summary.writes_without_moves() else f"Ghi nhận {moves}"


def changed_meanwhile() -> str:
    return "Từ lúc kiểm tra đến nay, dữ liệu trong hệ thống đã thay đổi, nên chưa nhập gì. Mong đồng chí xem lại:"


def same(summary: Summary) -> Message:
    """Nothing would be written."""
    text = f"Đã đọc {counted(summary.lines, 'dòng')}. Danh sách khớp với hệ thống nên không có gì phải nhập."
    return Message(text="\n\n".join(part for part in (text, _leaves(summary)) if part))


# ------------------------------------------------------------------------------------ what was written


def applied(summary: Summary, *, unit: str, number: int, at: datetime, moves_left: int, invite: str) -> Message:
    """The receipt, and what to do next."""
    left = f"Chưa ghi nhận {counted(moves_left, 'đồng chí')} chuyển chi bộ." if moves_left else ""
    following = "Việc tiếp theo: in phiếu mời để từng đồng chí tham gia." if summary.new.count else ""
    when = f"Lần nhập số {number}, lúc {moment(at)}."
    return Message(
        title=f"Đã nhập danh sách của {unit}",
        text="\n\n".join(part for part in (_writes(summary), left, when, following) if part),
        choices=(Choice(INVITE, invite),) if summary.new.count else (),
    )


def applied_before(*, number: int, at: datetime) -> Message:
    return Message(
        text=f"Danh sách này đã được nhập từ trước (lần nhập số {number}, lúc {moment(at)}); "
        "hệ thống không nhập lần thứ hai."
    )


def not_applied(number: int) -> Message:
    return Message(text=f"Lần nhập số {number} đã dừng, không có gì được ghi. Cần nhập, đồng chí gõ /nhapdanhsach.")


# ------------------------------------------------------------------------------------------- the parts


def _writes(summary: Summary) -> str:
    """What is, or would be, written: one line a kind."""
    lines = [
        _line("Đảng viên mới", summary.new, "đồng chí", _name),
        _line("Đảng bộ mới", summary.committees, "đảng bộ", _name),
        _line("Chi bộ mới", summary.cells, "chi bộ", _cell),
        _line("Đổi loại hình", summary.kinds, "chi bộ", _cell),
        _line("Sửa thông tin", summary.changed, "đồng chí", _changed),
        _line("Giao chức vụ", summary.given, "chức vụ", _role),
        _line("Thôi chức vụ", summary.ended, "chức vụ", _role),
        _line("Chuyển chi bộ", summary.moved, "đồng chí", _moved),
    ]
    return "\n".join(line for line in lines if line)


def _leaves(summary: Summary) -> str:
    """What the roster leaves as it is."""
    lines = [f"• Không thay đổi: {counted(summary.unchanged, 'đồng chí')}"] if summary.unchanged else []
    if summary.missing.count:
        line = _line("Có trong hệ thống, không có trong tệp", summary.missing, "đồng chí", _name)
        lines.append(f"{line}. Hệ thống giữ nguyên.")
    if summary.silent_members:
        lines.append(
            f"• Tệp không nhắc đến {counted(summary.silent_cells, 'chi bộ')} "
            f"({counted(summary.silent_members, 'đồng chí')}). Hệ thống giữ nguyên."
        )
    if summary.ignored:
        lines.append(f"• Cột hệ thống không đọc: {_short(', '.join(summary.ignored), 150)}")
    return "\n".join(lines)


def _line(label: str, some: Some, noun: str, words: Callable[[Sequence[str]], str]) -> str:
    if not some.count:
        return ""
    more = some.count - len(some.first)
    first = "; ".join(words(one) for one in some.first)
    rest = f"; và {count_text(more)} {noun} nữa" if more else ""
    return f"• {label}: {counted(some.count, noun)} ({first}{rest})"


def _name(one: Sequence[str]) -> str:
    return one[0]


def _cell(one: Sequence[str]) -> str:
    name, kind = one
    return f"{name}: {CELL_KINDS[CellKind(kind)][0].lower()}"


def _changed(one: Sequence[str]) -> str:
    name, *columns = one
    return f"{name}: {', '.join(column_name(Column(column)).lower() for column in columns)}"


def _role(one: Sequence[str]) -> str:
    name, role, unit = one
    return f"{name}: {role_text(Role(role)).lower()} {unit}".rstrip()


def _moved(one: Sequence[str]) -> str:
    name, before, after = one
    return f"{name}: từ {before} sang {after}" if before else f"{name}: từ nơi khác về {after}"


def _short(text: str, limit: int = 600) -> str:
    return text if len(text) <= limit else text[:limit].rstrip() + "…"
