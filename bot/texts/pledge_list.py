"""What those who lead or watch a cell see of its pledges: counts, who is missing, who has confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Choice, Message
from bot.texts.cell_lists import Reminded, one_page
from bot.texts.cell_lists import reminded as all_reminded
from bot.texts.numbers import count_text, counted
from bot.texts.pledge import SIGN, due_day, year_of
from bot.texts.receipts import stamp

ABOUT = "Xem ai đã ký, ai chưa ký cam kết"
WORDS = ("danh sach cam ket", "ds cam ket")
CELLS_TITLE = "việc xem cam kết các chi bộ"

PAPER = "Đã ký bản giấy"
SEE_SIGNED = "Xem ai đã xác nhận"
SEE_LIST = "Xem danh sách cam kết"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Whose pledges are shown, and how far they are."""

    period: str
    cell: str
    due_at: datetime
    is_late: bool
    asked: int
    confirmed: int
    paper_signed: int
    seen_at: datetime

    @property
    def missing(self) -> int:
        """How many have not confirmed yet."""
        return self.asked - self.confirmed


def no_round() -> Message:
    """No round has been opened yet."""
    return Message(text="Chưa có đợt cam kết nào được mở. Khi mở đợt, danh sách sẽ có ở đây.")


def no_cell() -> Message:
    """Who asks watches no cell (any more), or only cells without members."""
    return Message(text="Hiện chưa có chi bộ nào có đảng viên cần ký cam kết trong phần đồng chí phụ trách.")


def round_over(period: str) -> Message:
    """An old button of a round after which another has opened."""
    return Message(
        text=f"Đợt cam kết {year_of(period)} đã kết thúc vì đã mở đợt mới. Đồng chí gõ /dscamket để xem đợt hiện nay."
    )


def missing_list(
    heading: Heading, lines: Sequence[str], *, page: int, pages: int, choices: Sequence[Choice]
) -> Message:
    """The counts, and one page of who is missing."""
    if heading.asked == 0:
        body = "Chi bộ chưa có đảng viên nào cần ký cam kết."
    elif heading.missing == 0:
        body = "Tất cả các đồng chí trong chi bộ đã xác nhận."
    else:
        body = "Còn thiếu:\n" + one_page(lines, page, pages)
    return _message(heading, body, choices)


def signed_list(heading: Heading, lines: Sequence[str], *, page: int, pages: int, choices: Sequence[Choice]) -> Message:
    """The counts, and one page of who has confirmed."""
    body = "Đã xác nhận:\n" + one_page(lines, page, pages) if heading.confirmed else "Chưa có đồng chí nào xác nhận."
    return _message(heading, body, choices)


def signed_line(name: str, *, recorded_at: datetime, is_late: bool, on_behalf: bool, paper_signed: bool) -> str:
    """Somebody who has confirmed: when, and what there is to know beside it."""
    marks = [stamp(recorded_at)]
    if is_late:
        marks.append("nộp muộn")
    if on_behalf:
        marks.append("ghi thay")
    if paper_signed:
        marks.append("đã ký bản giấy")
    return f"• {name} – {'; '.join(marks)}"


def _message(heading: Heading, body: str, choices: Sequence[Choice]) -> Message:
    over = " (đã quá hạn)" if heading.is_late else ""
    counts = (
        f"Đã xác nhận {count_text(heading.confirmed)}/{count_text(heading.asked)}; "
        f"đã ký bản giấy {count_text(heading.paper_signed)}; còn thiếu {count_text(heading.missing)}."
    )
    return Message(
        title=f"Cam kết {year_of(heading.period)} – {heading.cell}",
        text=f"Hạn: {due_day(heading.due_at)}{over}.\n{counts}\n\n{body}\n\nSố liệu lúc {stamp(heading.seen_at)}.",
        choices=tuple(choices),
        in_place=True,
    )


# ------------------------------------------------------------------------------------ reminding


def please_sign(*, period: str, due_at: datetime, is_late: bool, data: str) -> Message:
    """To a member who is missing: the secretary asks for the pledge."""
    when = f"Hạn là ngày {due_day(due_at)}."
    if is_late:
        when = f"Đã quá hạn ngày {due_day(due_at)}, hệ thống vẫn ghi nhận."
    return Message(
        title="Chi bộ nhắc việc",
        text=f"Kính gửi đồng chí,\n\nChi bộ mong đồng chí đọc và ký cam kết {year_of(period)}. {when}\n\n"
        "Nếu đồng chí đã ký trên giấy, mong đồng chí báo bí thư chi bộ ghi nhận. Trân trọng.",
        choices=(Choice(SIGN, data),),
    )


def reminded(what: Reminded, *, choices: Sequence[Choice]) -> Message:
    """The answer to the secretary who pressed."""
    return all_reminded(what, not_done="chưa ký", by_oneself="/camket để ký", choices=choices)


def nobody_missing() -> Message:
    """There is nobody to remind."""
    return Message(text="Tất cả các đồng chí trong chi bộ đã xác nhận; không còn ai phải nhắc.")


# ------------------------------------------------------------------------------------ many cells


def all_cells(*, periods: Sequence[str], asked: int, confirmed: int) -> str:
    """Above the list of cells."""
    years = ", ".join(year_of(period) for period in periods)
    return (
        f"Cam kết {years}: đã xác nhận {count_text(confirmed)}/{count_text(asked)}, "
        f"còn thiếu {count_text(asked - confirmed)}.\n"
        "Chi bộ còn thiếu nhiều xếp trước. Đồng chí chọn một chi bộ để xem:"
    )


# ------------------------------------------------------------------------------------------ /toi


def lead_task(*, period: str, cell: str, missing: int) -> str:
    """What is open for a secretary."""
    return f"Cam kết {year_of(period)}: còn {counted(missing, 'đồng chí')} của {cell} chưa ký"
