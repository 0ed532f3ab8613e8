"""What those who lead or watch a cell see of its self-reports: who is missing, who has sent, and sums without names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Choice, Message
from bot.domain.criteria import CriteriaSet
from bot.domain.movement import Movement
from bot.domain.period import read_period
from bot.domain.self_report import FEWEST, Total, place_of
from bot.texts.cell_lists import one_page
from bot.texts.numbers import count_text, counted
from bot.texts.receipts import stamp
from bot.texts.rounds import REPORT_NOW, period_text
from bot.texts.self_report_sheet import due_day, good_text, name_of, points_text, shortened

ABOUT = "Xem ai đã gửi, ai chưa gửi tự báo cáo"
WORDS = ("danh sach bao cao", "ds bao cao", "tong hop bao cao")
CELLS_TITLE = "việc xem tự báo cáo các chi bộ"
WHO_TITLE = "việc ghi thay tự báo cáo"
READ_TITLE = "việc xem bản tự báo cáo"

SEE_SENT = "Xem ai đã gửi"
SUMS = "Tổng hợp theo tiêu chí"
READ = "Xem bản của một đồng chí"
SEE_CELLS = "Xem các chi bộ"
READ_ANOTHER = "Xem bản khác"
RECORDED = "đã ghi thay, chọn để sửa"


def report_of(period: str) -> str:
    """Tự báo cáo quý IV năm 2026."""
    return f"Tự báo cáo {period_text(read_period(period))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Whose reports are shown, and how far they are."""

    period: str
    unit: str
    due_at: datetime
    is_late: bool
    asked: int
    sent: int
    seen_at: datetime

    @property
    def missing(self) -> int:
        """How many have sent nothing yet."""
        return self.asked - self.sent


def no_round() -> Message:
    """No round has been opened yet."""
    return Message(text="Chưa có đợt tự báo cáo nào được mở. Khi mở đợt, danh sách sẽ có ở đây.")


def no_cell() -> Message:
    """Who asks watches no cell (any more), or only cells without members."""
    return Message(text="Hiện chưa có chi bộ nào có đảng viên cần gửi tự báo cáo trong phần đồng chí phụ trách.")


def round_over(period: str) -> Message:
    """An old button of a round after which another has opened."""
    return Message(
        text=f"Đợt gửi {name_of(period)} đã kết thúc vì đã mở đợt mới. Đồng chí gõ /dsbaocao để xem đợt hiện nay."
    )


def missing_list(
    heading: Heading, lines: Sequence[str], *, page: int, pages: int, choices: Sequence[Choice]
) -> Message:
    """The counts, and one page of who is missing."""
    if heading.asked == 0:
        body = "Chi bộ chưa có đảng viên nào cần gửi tự báo cáo."
    elif heading.missing == 0:
        body = "Tất cả các đồng chí trong chi bộ đã gửi."
    else:
        body = "Còn thiếu:\n" + one_page(lines, page, pages)
    return _message(heading, body, choices)


def sent_list(heading: Heading, lines: Sequence[str], *, page: int, pages: int, choices: Sequence[Choice]) -> Message:
    """The counts, and one page of who has sent a report; not what is in it."""
    body = "Đã gửi:\n" + one_page(lines, page, pages) if heading.sent else "Chưa có đồng chí nào gửi."
    return _message(heading, body, choices)


def sent_line(name: str, *, sent_at: datetime, version: int, is_late: bool, on_behalf: bool) -> str:
    """Somebody who has sent a report: when, and what there is to know beside it."""
    marks = [stamp(sent_at)]
    if version > 1:
        marks.append(f"lần {version}")
    if is_late:
        marks.append("nộp muộn")
    if on_behalf:
        marks.append("ghi thay")
    return f"• {name} – {'; '.join(marks)}"


def _message(heading: Heading, body: str, choices: Sequence[Choice]) -> Message:
    over = " (đã quá hạn)" if heading.is_late else ""
    counts = (
        f"Đã gửi {count_text(heading.sent)}/{count_text(heading.asked)} đồng chí; "
        f"còn thiếu {count_text(heading.missing)}."
    )
    return Message(
        title=f"{report_of(heading.period)} – {heading.unit}",
        text=f"Hạn: {due_day(heading.due_at)}{over}.\n{counts}\n\n{body}\n\nSố liệu lúc {stamp(heading.seen_at)}.",
        choices=tuple(choices),
        in_place=True,
    )


# ------------------------------------------------------------------------------------ reminding


NOT_SENT = "chưa gửi báo cáo"
BY_ONESELF = "/baocao để làm"


def please_report(*, period: str, due_at: datetime, is_late: bool, data: str) -> Message:
    """To a member who is missing: the secretary asks for the report."""
    when = f"Hạn là ngày {due_day(due_at)}."
    if is_late:
        when = f"Đã quá hạn ngày {due_day(due_at)}, hệ thống vẫn ghi nhận."
    return Message(
        title="Chi bộ nhắc việc",
        text=f"Kính gửi đồng chí,\n\nChi bộ mong đồng chí gửi {name_of(period)}. {when}\n\n"
        "Nếu đã làm trên giấy, mong đồng chí báo bí thư chi bộ ghi nhận. Trân trọng.",
        choices=(Choice(REPORT_NOW, data),),
    )


def nobody_missing() -> Message:
    """There is nobody to remind."""
    return Message(text="Tất cả các đồng chí trong chi bộ đã gửi báo cáo; không còn ai phải nhắc.")


# ----------------------------------------------------------------------------------- on behalf


def for_whom(period: str) -> str:
    """For which member."""
    return f"Ghi thay {name_of(period)} cho đồng chí nào?"


def nobody_to_record() -> Message:
    """Everybody but who asks has sent a report."""
    return Message(text="Không còn đồng chí nào cần ghi thay báo cáo.")


def not_asked_any_more() -> Message:
    """Who was chosen left the cell meanwhile."""
    return Message(text="Đồng chí này hiện không thuộc diện gửi báo cáo của chi bộ nên hệ thống không ghi gì.")


# ------------------------------------------------------------------------------- one's own report


def only_secretary() -> Message:
    """Another leader wants to see what one member wrote."""
    return Message(
        text="Chỉ bí thư chi bộ xem được bản tự báo cáo của từng đồng chí. Đồng chí xem được số tổng hợp của chi bộ."
    )


def whose_report(period: str) -> str:
    """Whose report the secretary wants to see."""
    return f"Đồng chí muốn xem {name_of(period)} của đồng chí nào? Mỗi lần xem, hệ thống có ghi lại."


def not_in_cell_any_more() -> Message:
    """Who was chosen left the cell meanwhile."""
    return Message(text="Đồng chí này không còn trong danh sách đã gửi báo cáo của chi bộ.")


def nobody_sent() -> Message:
    """There is no report to be seen."""
    return Message(text="Chưa có đồng chí nào gửi báo cáo.")


# ------------------------------------------------------------------------------------------ sums


@dataclass(frozen=True, slots=True)
class Sum:
    """The totals of one criteria set; no totals where too few reports would give a person away."""

    criteria: CriteriaSet
    reports: int
    totals: Sequence[Total]


def sums(heading: Heading, of_sets: Sequence[Sum], movement: Movement, *, choices: Sequence[Choice]) -> Message:
    """What all reports say together, criterion by criterion, without names."""
    if not heading.sent:
        body = ["Chưa có đồng chí nào gửi nên chưa có số tổng hợp."]
    else:
        body = [_sum(one, movement, alone=len(of_sets) == 1) for one in of_sets]
        if any(one.totals for one in of_sets):
            body.append("Đây là số các đồng chí tự đánh giá, chưa qua thẩm định.")
    head = f"Đã gửi {count_text(heading.sent)}/{count_text(heading.asked)} đồng chí. Tổng hợp không nêu tên."
    return Message(
        title=f"{report_of(heading.period)} – {heading.unit}",
        text="\n\n".join([head, *body, f"Số liệu lúc {stamp(heading.seen_at)}."]),
        choices=tuple(choices),
    )


def _sum(one: Sum, movement: Movement, *, alone: bool) -> str:
    parts = [] if alone else [f"{one.criteria.title} ({counted(one.reports, 'bản')})"]
    if not one.totals:
        parts.append(
            f"Mới có {counted(one.reports, 'bản')}. Hệ thống chỉ tổng hợp khi có từ {counted(FEWEST, 'bản')} trở lên, "
            "để không lộ bản của riêng ai."
        )
    for good in dict.fromkeys(total.criterion.good for total in one.totals):
        lines = [good_text(movement.good(good))]
        lines += [_total(one.criteria, total) for total in one.totals if total.criterion.good == good]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _total(criteria: CriteriaSet, total: Total) -> str:
    number = place_of(criteria, total.criterion.key).number
    if total.answered < FEWEST:
        said = f"chưa đủ {counted(FEWEST, 'bản')}"
    elif total.mean is not None and total.criterion.points is not None:
        said = f"trung bình {points_text(total.mean)}/{points_text(total.criterion.points)} điểm"
    else:
        said = ", ".join(f"{criteria.word(verdict)} {count_text(count)}" for verdict, count in total.verdicts)
    return f"{number}. {shortened(total.criterion.text)}\n• {said}"


# ------------------------------------------------------------------------------------ many cells


def all_cells(*, periods: Sequence[str], asked: int, sent: int) -> str:
    """Above the list of cells."""
    names = ", ".join(period_text(read_period(period)) for period in periods)
    return (
        f"Tự báo cáo {names}: đã gửi {count_text(sent)}/{count_text(asked)} đồng chí, "
        f"còn thiếu {count_text(asked - sent)}.\n"
        "Chi bộ còn thiếu nhiều xếp trước. Đồng chí chọn một chi bộ để xem:"
    )


# ------------------------------------------------------------------------------------------ /toi


def lead_task(*, period: str, cell: str, missing: int) -> str:
    """What is open for a secretary."""
    return f"{report_of(period)}: còn {counted(missing, 'đồng chí')} của {cell} chưa gửi"
