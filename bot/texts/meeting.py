"""How meetings are named, and what a secretary is asked while calling one."""

from collections.abc import Sequence
from datetime import date, datetime, time

from bot.chat import Choice, Message
from bot.clock import local
from bot.domain.meeting import AGENDA_LIMIT, PLACE_LIMIT, MeetingKind
from bot.domain.when import Asked, DayPart
from bot.texts.numbers import count_text, counted
from bot.texts.receipts import stamp
from bot.texts.when import EXAMPLES, date_text, day_text, moment, time_text

ABOUT = "Gửi giấy mời họp chi bộ"
WORDS = ("hop", "moi hop", "giay moi hop", "thong bao hop", "hop chi bo")
TITLE = "giấy mời họp"

REGULAR = "Sinh hoạt thường kỳ"
THEMATIC = "Sinh hoạt chuyên đề"
RIGHT = "Đúng"
WRITE_AGAIN = "Ghi lại"
SAME_PLACE = "Như lần trước"
OUTLINE = "Dùng nội dung gợi ý"
NEW_TIME = "Ghi lại thời gian"
KEEP_ONLY = "Lưu và báo trực tiếp"
CALL_ANOTHER = "Mời cuộc họp khác"
SEND_WORDS = ("gửi", "gửi thông báo", "gửi đi", "gửi giấy mời", "đồng ý")

_PARTS = {
    DayPart.AM: "buổi sáng",
    DayPart.PM: "buổi chiều hoặc tối",
    DayPart.MORNING: "buổi sáng",
    DayPart.NOON: "buổi trưa",
    DayPart.AFTERNOON: "buổi chiều",
    DayPart.EVENING: "buổi tối",
    DayPart.NIGHT: "ban đêm",
}
_KINDS = {MeetingKind.REGULAR: REGULAR, MeetingKind.THEMATIC: THEMATIC}
_OUTLINES = {
    MeetingKind.REGULAR: (
        "Thông tin thời sự, chủ trương mới",
        "Kiểm điểm việc thực hiện nghị quyết tháng trước",
        "Nhiệm vụ trọng tâm tháng này; phân công thực hiện",
        "Việc thực hiện bốn tốt của chi bộ và đảng viên",
        "Thảo luận, biểu quyết nghị quyết",
    ),
    MeetingKind.THEMATIC: (
        "Báo cáo chuyên đề",
        "Thảo luận, liên hệ với tình hình của chi bộ",
        "Kết luận, phân công thực hiện",
    ),
}


# -------------------------------------------------------------------------------------- naming


def kind_label(kind: MeetingKind) -> str:
    """Sinh hoạt thường kỳ."""
    return _KINDS[kind]


def kind_text(kind: MeetingKind) -> str:
    """In a sentence: sinh hoạt thường kỳ."""
    label = _KINDS[kind]
    return label[0].lower() + label[1:]


def named(kind: MeetingKind, *, starts_at: datetime) -> str:
    """buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Sáu, ngày 04/12/2026."""
    return f"buổi {kind_text(kind)} lúc {moment(starts_at)}"


def upper_first(sentence: str) -> str:
    """The sentence with a capital."""
    return sentence[0].upper() + sentence[1:]


def particulars(*, starts_at: datetime, place: str, agenda: str | None = None) -> str:
    """Time, place and, unless left out, agenda, each on its line."""
    lines = [f"Thời gian: {moment(starts_at)}", f"Địa điểm: {place}"]
    if agenda is not None:
        lines.append(f"Nội dung:\n{agenda}")
    return "\n".join(lines)


def names_list(names: Sequence[str]) -> str:
    """One name a line."""
    return "\n".join(f"• {name}" for name in names)


def in_person(names: Sequence[str]) -> str:
    """Whom no message reaches."""
    return f"Hệ thống không gửi tới được {counted(len(names), 'đồng chí')}, cần báo trực tiếp:\n{names_list(names)}"


# ------------------------------------------------------------------------------ before it begins


def which_cell(cells: Sequence[tuple[str, str]]) -> Message:
    """Who leads several cells: name and data of each."""
    return Message(text="Đồng chí mời họp chi bộ nào?", choices=tuple(Choice(name, data) for name, data in cells))


def called_already(cell: str, lines: Sequence[str], choices: Sequence[Choice]) -> Message:
    """The cell has meetings to come: see them, or call another."""
    listed = "\n".join(f"• {line}" for line in lines)
    return Message(text=f"{cell} đã có giấy mời họp:\n{listed}\n\nĐồng chí muốn làm gì?", choices=tuple(choices))


def called_line(kind: MeetingKind, *, starts_at: datetime, place: str) -> str:
    """A meeting to come, in a list."""
    return f"{kind_label(kind)}: {moment(starts_at)}, tại {place}"


def see_label(starts_at: datetime) -> str:
    """The button that shows the replies to a meeting."""
    return f"Xem trả lời ngày {date_text(local(starts_at).date())}"


# ------------------------------------------------------------------------------- the questions


def which_kind(cell: str) -> str:
    """Regular or thematic."""
    return f"Mời họp {cell}. Đây là buổi sinh hoạt thường kỳ hay chuyên đề?"


def _examples(asked: Asked) -> str:
    return "Ví dụ: " + "; ".join(EXAMPLES[asked]) + "."


def which_when(before: str = "") -> str:
    """Date and time in one answer."""
    asked = f"Họp ngày nào, lúc mấy giờ? Đồng chí gõ như thường nói.\n\n{_examples(Asked.WHEN)}"
    return f"{before}\n\n{asked}" if before else asked


def is_past(starts_at: datetime) -> str:
    """Before the time is asked for again."""
    return f"{moment(starts_at)} đã qua. Mong đồng chí chọn lại thời gian."


def which_time(day: date, part: DayPart | None) -> str:
    """The time of a day that is known."""
    when = f"{day_text(day)}, {_PARTS[part]}" if part else day_text(day)
    return f"{when}. Họp lúc mấy giờ?\n\n{_examples(Asked.TIME)}"


def which_date(at: time) -> str:
    """The day of a time that is known."""
    return f"Họp lúc {time_text(at)}. Vào ngày nào?\n\n{_examples(Asked.DATE)}"


def is_right(starts_at: datetime, notes: Sequence[str]) -> str:
    """The time shown back in full, with what is worth a second look."""
    return "\n\n".join([f"{moment(starts_at)}. Đúng chưa?", *notes])


def same_day(kind: MeetingKind, *, starts_at: datetime, by: str) -> str:
    """The cell has another meeting on that day."""
    return (
        f"Lưu ý: ngày này chi bộ đã có {kind_text(kind)} lúc {time_text(local(starts_at).time())}, "
        f"giấy mời do đồng chí {by} gửi."
    )


def rest_day() -> str:
    """The day is a holiday."""
    return "Lưu ý: ngày này là ngày nghỉ lễ, Tết."


def short_notice(days: int) -> str:
    """Sooner than is customary."""
    return f"Lưu ý: lệ thường giấy mời gửi trước ít nhất {counted(days, 'ngày')}; lần này gấp hơn."


def which_place(last: str) -> str:
    """Where."""
    before = f"Lần trước họp tại: {last}\n\n" if last else ""
    return f"{before}Họp ở đâu? Mong đồng chí ghi rõ địa điểm, không quá {PLACE_LIMIT} chữ cái."


def outline(kind: MeetingKind) -> str:
    """A reference agenda, to be changed as needed."""
    return "\n".join(f"{number}. {line}" for number, line in enumerate(_OUTLINES[kind], start=1))


def which_agenda(kind: MeetingKind) -> str:
    """What it is about."""
    return (
        f"Nội dung họp gồm những gì? Đồng chí gõ mỗi nội dung một dòng, không quá {count_text(AGENDA_LIMIT)} chữ cái. "
        "Không ghi nội dung thuộc bí mật nhà nước.\n\n"
        f"Nội dung gợi ý (mẫu tham khảo, sửa được):\n{outline(kind)}"
    )


# ------------------------------------------------------------------------------------ summary

SUMMARY_TITLE = "Xem lại trước khi gửi"


def items(*, kind: MeetingKind, starts_at: datetime, place: str, agenda: str) -> str:
    """What will be sent, each with its number."""
    return "\n".join(
        [
            f"1. Loại: {kind_label(kind)}",
            f"2. Thời gian: {moment(starts_at)}",
            f"3. Địa điểm: {place}",
            f"4. Nội dung:\n\n{quoted(agenda)}",
        ]
    )


def quoted(agenda: str) -> str:
    """An agenda between marks: its own numbers are not those of the list around it."""
    return f"“{agenda}”"


def audience(*, members: int, above: int) -> str:
    """How many will be told: 32 đảng viên và 01 cấp ủy viên phụ trách."""
    parts = [counted(members, "đảng viên")] if members else []
    parts += [counted(above, "cấp ủy viên phụ trách")] if above else []
    return " và ".join(parts) if parts else "0 đồng chí"


def waits(until: datetime | None) -> str:
    """The quiet hours hold the words back."""
    return f"Bây giờ là giờ nghỉ; tin sẽ đến lúc {stamp(until)}." if until else ""


def summary(*, listed: str, to: str, unreachable: Sequence[str], notes: Sequence[str], until: datetime | None) -> str:
    """Everything that will be sent, to whom, and how to change it."""
    parts = [listed, f"Gửi đến: {to}."]
    if unreachable:
        parts.append(in_person(unreachable))
    parts += notes
    if until:
        parts.append(waits(until))
    parts.append(
        "Muốn sửa, đồng chí gõ số: 1 (loại), 2 (thời gian), 3 (địa điểm) hoặc 4 (nội dung). "
        "Nếu đã đúng, đồng chí bấm nút gửi."
    )
    return "\n\n".join(parts)


def summary_past(listed: str, *, starts_at: datetime) -> str:
    """The draft was left until its time had passed."""
    return f"{listed}\n\n{is_past(starts_at)}"


def send_label(count: int) -> str:
    """The confirmation names the count."""
    return f"Gửi thông báo cho {counted(count, 'đồng chí')}" if count else KEEP_ONLY


def no_such_item(count: int) -> str:
    """The number or words typed at the summary mean nothing."""
    return f"Mong đồng chí gõ số từ 1 đến {count} để sửa, hoặc bấm một nút dưới đây."


# ------------------------------------------------------------------------------------ receipt


def sent(
    kind: MeetingKind,
    *,
    starts_at: datetime,
    place: str,
    to: str,
    unreachable: Sequence[str],
    at: datetime,
    until: datetime | None,
) -> Message:
    """To the secretary: the notice is stored and on its way."""
    parts = [
        f"{kind_label(kind)}\n{particulars(starts_at=starts_at, place=place)}",
        f"Gửi đến: {to}.\nGhi nhận lúc {stamp(at)}.",
    ]
    if until:
        parts.append(waits(until))
    if unreachable:
        parts.append(in_person(unreachable))
    return Message(title="Đã gửi giấy mời họp", text="\n\n".join(parts), in_place=True)
