"""The yearly review (kiểm điểm, đánh giá, xếp loại): the countdown to secretaries, one cell's state, all cells'."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Choice, Message
from bot.domain.period import Period
from bot.texts.numbers import count_text, counted
from bot.texts.rounds import days_left, deadline, period_text
from bot.texts.when import date_text, moment

ABOUT_CELL = "Xem tiến độ kiểm điểm cuối năm"
ABOUT_ALL = "Xem tiến độ các chi bộ"
CELL_TITLE = "việc ghi nhận bản tự kiểm điểm"
CELLS_TITLE = "việc chọn chi bộ"
DEADLINE_TITLE = "việc đổi hạn kiểm điểm"

MISSING = "Ai chưa nộp bản kiểm điểm"
TICK = "Ghi nhận đã nộp"
TICK_ALL = "Tất cả đã nộp"
UNTICK = "Bỏ ghi nhận"
SEE_PLEDGES = "Xem cam kết"
SEE_REPORTS = "Xem tự báo cáo"
REFRESH = "Cập nhật"
CHANGE_DEADLINE = "Đổi hạn một chi bộ"
RIGHT = "Đúng"
WRITE_AGAIN = "Ghi lại"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is done of what, in one cell; a pair is (done, of). None: no such round has been opened. `report_period` is
    that of the newest self-report round."""

    pledges: tuple[int, int] | None
    reports: tuple[int, int] | None
    reviews: tuple[int, int]
    report_period: Period | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is open."""
        return all(pair is None or pair[0] >= pair[1] for pair in (self.pledges, self.reports, self.reviews))


def no_round() -> Message:
    return Message(text="Đợt kiểm điểm, đánh giá, xếp loại cuối năm chưa mở. Khi mở đợt, hệ thống sẽ báo đồng chí.")


def countdown_title(*, cell: str, period: Period) -> str:
    """Of which cell's review a countdown is."""
    return f"Kiểm điểm {period_text(period)} – {cell}"


def countdown_text(*, due_at: datetime, now: datetime, counts: Counts) -> str:
    """To the secretaries, on the days of the ladder; only while something is open."""
    return f"Kính gửi đồng chí, {_left(due_at, now)}. Chi bộ còn:\n\n{_open(counts)}\n\nTrân trọng."


def cell_state(
    *, cell: str, period: Period, due_at: datetime, now: datetime, counts: Counts, choices: Sequence[Choice]
) -> Message:
    """What a secretary sees of their cell; the upper member in charge sees the same without the buttons to act."""
    return Message(
        title=f"Kiểm điểm {period_text(period)} – {cell}",
        text=f"Hạn của chi bộ: {deadline(due_at)}.\n\n{_all(counts)}\n\nSố liệu lúc {moment(now)}.",
        choices=tuple(choices),
        in_place=True,
    )


def missed(*, cell: str, period: Period, due_at: datetime, planned_at: datetime) -> Message:
    return Message(
        title="Lời nhắc chưa gửi",
        text=f"Hệ thống tạm ngừng nên lời nhắc kiểm điểm {period_text(period)} của {cell} "
        f"lúc {moment(planned_at)} "
        f"đã quá giờ và không gửi nữa. Hạn của chi bộ là {deadline(due_at)}; "
        "đồng chí gõ /kiemdiem để xem việc còn lại.",
    )


def missing_list(names: Sequence[str], *, choices: Sequence[Choice]) -> Message:
    """Who has not handed in yet."""
    if not names:
        return Message(text="Tất cả các đồng chí trong chi bộ đã nộp bản tự kiểm điểm.", choices=tuple(choices))
    listed = "\n".join(f"• {name}" for name in names)
    return Message(
        text=f"Còn {counted(len(names), 'đồng chí')} chưa nộp bản tự kiểm điểm:\n{listed}", choices=tuple(choices)
    )


def whom_tick() -> str:
    return "Đồng chí nào đã nộp bản tự kiểm điểm trên giấy? Gõ nhiều số một lần cũng được, ví dụ: 1, 3"


def whom_untick() -> str:
    return "Bỏ ghi nhận đã nộp của đồng chí nào?"


def ticked(name: str, *, missing: int) -> str:
    left = f"Còn {counted(missing, 'đồng chí')} chưa nộp." if missing else "Tất cả các đồng chí đã nộp."
    return f"Đã ghi nhận đồng chí {name} nộp bản tự kiểm điểm. {left}"


def ticked_before(name: str) -> str:
    return f"Đồng chí {name} đã được ghi nhận từ trước."


def ticked_all(count: int) -> Message:
    return Message(text=f"Đã ghi nhận {counted(count, 'đồng chí')} nộp bản tự kiểm điểm.")


def unticked(name: str) -> Message:
    return Message(text=f"Đã bỏ ghi nhận của đồng chí {name}.")


def nothing_to_untick(name: str) -> Message:
    return Message(text=f"Đồng chí {name} chưa được ghi nhận nộp bản tự kiểm điểm.")


def left_the_cell() -> str:
    return "Đồng chí này không còn trong danh sách kiểm điểm của chi bộ. Mong đồng chí chọn lại."


def which_cell() -> str:
    return "Đồng chí muốn xem chi bộ nào?"


def whose_deadline() -> str:
    return "Đổi hạn kiểm điểm của chi bộ nào?"


def ask_deadline(*, cell: str, due_at: datetime) -> str:
    return f"Hạn hiện nay của {cell} là {deadline(due_at)}. Hạn mới là ngày nào? Ví dụ: 15/12 hoặc thứ 6 tuần sau."


def deadline_outside(*, until: datetime) -> str:
    return f"Hạn mới phải sau hôm nay và không quá ngày {date_text(until.date())}. Mong đồng chí ghi lại."


def confirm_deadline(*, cell: str, due_at: datetime) -> str:
    return f"Hạn kiểm điểm mới của {cell}: {deadline(due_at)}. Đúng chưa?"


def deadline_changed(*, cell: str, due_at: datetime, by_officer: bool) -> Message:
    """To the officer who changed it, and to the secretaries whom it concerns."""
    who = "Đảng ủy đã đổi" if not by_officer else "Đã đổi"
    return Message(text=f"{who} hạn kiểm điểm của {cell} thành {deadline(due_at)}.")


def cell_note(*, counts: Counts, due_at: datetime | None) -> str:
    """A cell in the list of all cells: what is done of what."""
    parts = [
        f"cam kết {_pair(counts.pledges)}",
        f"báo cáo {_pair(counts.reports)}",
        f"kiểm điểm {_pair(counts.reviews)}" if due_at else "kiểm điểm chưa mở",
    ]
    return "; ".join(parts)


def all_cells(*, committee: str, lines: Sequence[str], pages: str, now: datetime, choices: Sequence[Choice]) -> Message:
    """One page of all cells' states, the cells with the most to do first."""
    listed = "\n".join(f"• {line}" for line in lines) or "Chưa có chi bộ nào."
    return Message(
        title=f"Tiến độ các chi bộ – {committee}",
        text="\n\n".join(part for part in (listed, pages, f"Số liệu lúc {moment(now)}.") if part),
        choices=tuple(choices),
        in_place=True,
    )


def lead_task(*, cell: str, period: Period, missing: int, due_at: datetime) -> str:
    """In /toi of a secretary."""
    return (
        f"{cell}: còn {counted(missing, 'đồng chí')} chưa nộp bản tự kiểm điểm {period_text(period)} "
        f"(hạn {deadline(due_at)})"
    )


def _left(due_at: datetime, now: datetime) -> str:
    return f"hạn kiểm điểm, đánh giá, xếp loại là {deadline(due_at)}, {days_left(due_at, now)}"


def _pair(pair: tuple[int, int] | None) -> str:
    return "chưa mở" if pair is None else f"{count_text(pair[0])}/{count_text(pair[1])}"


def _of(counts: Counts) -> str:
    return f" {period_text(counts.report_period)}" if counts.report_period else ""


def _open(counts: Counts) -> str:
    lines = []
    for pair, what in (
        (counts.pledges, "chưa ký cam kết"),
        (counts.reports, f"chưa gửi tự báo cáo{_of(counts)}"),
        (counts.reviews, "chưa nộp bản tự kiểm điểm"),
    ):
        if pair is not None and pair[0] < pair[1]:
            lines.append(f"• {counted(pair[1] - pair[0], 'đồng chí')} {what}")
    return "\n".join(lines)


def _all(counts: Counts) -> str:
    return "\n".join(
        [
            f"Đã ký cam kết: {_pair(counts.pledges)}",
            f"Đã gửi tự báo cáo{_of(counts)}: {_pair(counts.reports)}",
            f"Đã nộp bản tự kiểm điểm: {_pair(counts.reviews)}",
        ]
    )
