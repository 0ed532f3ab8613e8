"""How rounds (đợt) are named and reminded of."""

from collections.abc import Sequence
from datetime import datetime

from bot.chat import Choice, Message
from bot.clock import local
from bot.domain.period import Period, PeriodUnit
from bot.domain.rounds import RoundKind
from bot.texts.numbers import counted
from bot.texts.when import date_text, moment, time_text

QUARTERS = ("I", "II", "III", "IV")
SIGN_NOW = "Ký cam kết"
REPORT_NOW = "Tự báo cáo"
TOMORROW = "Nhắc lại ngày mai"


def period_text(period: Period) -> str:
    """quý I năm 2027; tháng 03 năm 2027; năm 2027."""
    match period.unit:
        case PeriodUnit.MONTH:
            return f"tháng {period.number:02d} năm {period.year}"
        case PeriodUnit.QUARTER:
            return f"quý {QUARTERS[period.number - 1]} năm {period.year}"
        case PeriodUnit.YEAR:
            return f"năm {period.year}"


def round_text(kind: RoundKind, period: Period) -> str:
    """What the round collects: "bản cam kết năm 2027"."""
    match kind:
        case RoundKind.PLEDGE:
            return f"bản cam kết {period_text(period)}"
        case RoundKind.SELF_REPORT:
            return f"bản tự báo cáo bốn tốt {period_text(period)}"
        case RoundKind.REVIEW:
            return f"kiểm điểm, đánh giá, xếp loại {period_text(period)}"


def done_elsewhere(kind: RoundKind, period: Period, *, at: datetime) -> Message:
    """In the place of a reminder, once its reader has done it at another address of theirs."""
    return Message(
        text=f"Hệ thống đã nhận {round_text(kind, period)} của đồng chí lúc {moment(at)}. "
        "Ở đây đồng chí không cần làm gì nữa."
    )


def deadline(due_at: datetime) -> str:
    """hết ngày 31/03/2027; or, when it is not the end of a day, 17 giờ 00, ngày 31/03/2027."""
    here = local(due_at)
    if (here.hour, here.minute) == (23, 59):
        return f"hết ngày {date_text(here.date())}"
    return f"{time_text(here.time())}, ngày {date_text(here.date())}"


def _ask(kind: RoundKind, period: Period) -> str:
    asked = "ký" if kind is RoundKind.PLEDGE else "gửi"
    return f"{asked} {round_text(kind, period)}"


def days_left(due_at: datetime, now: datetime) -> str:
    """hôm nay là ngày cuối; còn 03 ngày."""
    days = (local(due_at).date() - local(now).date()).days
    return "hôm nay là ngày cuối" if days <= 0 else f"còn {counted(days, 'ngày')}"


def round_opened(*, kind: RoundKind, period: Period, due_at: datetime, choices: Sequence[Choice]) -> Message:
    """A round has opened: to every member who is asked."""
    return Message(
        title="Chi bộ thông báo",
        text=f"Đã đến đợt {_ask(kind, period)}. Kính mong đồng chí thực hiện, hạn {deadline(due_at)}.\n\nTrân trọng.",
        choices=tuple(choices),
    )


def round_reminder(
    *, kind: RoundKind, period: Period, due_at: datetime, now: datetime, choices: Sequence[Choice]
) -> Message:
    """A step of the ladder: only to who is still missing."""
    return Message(
        title="Chi bộ nhắc việc",
        text=f"Đồng chí chưa {_ask(kind, period)}. Hạn là {deadline(due_at)}, {days_left(due_at, now)}.\n\n"
        "Nếu đã làm trên giấy, mong đồng chí báo bí thư chi bộ ghi nhận. Trân trọng.",
        choices=tuple(choices),
    )


def snooze_label(days: int) -> str:
    """Nhắc lại ngày mai; Nhắc lại sau 03 ngày."""
    return TOMORROW if days == 1 else f"Nhắc lại sau {counted(days, 'ngày')}"


def snoozed(name: str, *, until: datetime) -> Message:
    """The person put the reminder off."""
    return Message(text=f"Hệ thống sẽ nhắc lại đồng chí về {name} lúc {moment(until)}.")


def snooze_too_late(name: str, *, due_at: datetime) -> Message:
    """The deadline comes before the snooze would."""
    return Message(
        text=f"Hạn của {name} là {deadline(due_at)}, trước ngày đồng chí muốn nhắc lại. "
        "Mong đồng chí thực hiện trước hạn."
    )


def nothing_to_remind(name: str) -> Message:
    """A snooze button of something that is done, or over."""
    return Message(text=f"Với {name}, hiện không còn việc gì phải nhắc đồng chí.")


def missed(*, kind: RoundKind, period: Period, planned_at: datetime, missing: int) -> Message:
    """To a secretary: a reminder was not sent because it came too late."""
    return Message(
        title="Lời nhắc chưa gửi",
        text=f"Hệ thống tạm ngừng nên lời nhắc về {round_text(kind, period)} lúc {moment(planned_at)} "
        f"đã quá giờ và không gửi nữa. Chi bộ còn {counted(missing, 'đồng chí')} chưa thực hiện; "
        "nếu cần, đồng chí chủ động nhắc.",
    )


def round_missed(*, kind: RoundKind, period: Period, opens_at: datetime, due_at: datetime) -> Message:
    """To officers: the whole time of a round passed while the program stood still."""
    return Message(
        title="Đợt chưa mở",
        text=f"Hệ thống ngừng hoạt động từ trước {moment(opens_at)} đến sau hạn, {deadline(due_at)}, nên đợt "
        f"{round_text(kind, period)} đã không mở và không mở muộn. Mong đồng chí quyết định cách làm thay.",
    )


def late(*, cell: str, people: int, since: datetime) -> Message:
    """To those who lead a cell: messages could not be sent in time."""
    return Message(
        title="Tin chưa gửi được",
        text=f"Từ {moment(since)}, hệ thống chưa gửi được lời nhắc hoặc giấy mời tới "
        f"{counted(people, 'đồng chí')} của {cell}. Các tin này đã quá giờ và không gửi nữa; "
        "nếu cần, mong đồng chí báo trực tiếp.",
    )


def coming_open() -> str:
    """On the rehearsal's clock: rounds will open."""
    return "Mở đợt mới theo lịch trong năm"


def coming_step(*, kind: RoundKind, period: Period) -> str:
    """On the rehearsal's clock: a round's next step."""
    return f"Nhắc về {round_text(kind, period)}"


def coming_snooze() -> str:
    """On the rehearsal's clock: somebody wanted to be reminded."""
    return "Nhắc lại theo yêu cầu của một đồng chí"


def coming_saying() -> str:
    """On the rehearsal's clock: a step goes on to more people."""
    return "Nhắc tiếp các đồng chí còn thiếu"
