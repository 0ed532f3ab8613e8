"""Dates and times as the bot writes them, always in full, and what it says to one that it cannot take."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import product

from bot.clock import local
from bot.domain.when import Asked, FaultKind, WhenFault

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")

EXAMPLES = {
    Asked.WHEN: ("3/12 19h30", "thứ 6 tuần sau 19h30", "tối mai 7h"),
    Asked.DATE: ("3/12", "thứ 6 tuần sau", "cuối tháng"),
    Asked.TIME: ("19h30", "7 giờ rưỡi tối", "14:00"),
}
"""What to type, by what is asked for."""

SHOWN = 3
"""How many readings of an ambiguous text are shown."""

_ASKED = {Asked.WHEN: "ngày giờ", Asked.DATE: "ngày", Asked.TIME: "giờ"}
_WRONG = {
    FaultKind.NOT_UNDERSTOOD: "Hệ thống chưa hiểu {asked} đồng chí ghi.",
    FaultKind.NO_SUCH_DATE: "Trong lịch không có “{said}”.",
    FaultKind.NO_SUCH_TIME: "Không có giờ “{said}”.",
    FaultKind.WRONG_WEEKDAY: "Ngày {date} là {weekday}, không phải “{said}”.",
    FaultKind.TOO_FAR: "Ngày {date} còn quá xa, hơn 5 năm nữa.",
    FaultKind.AMBIGUOUS: "Hệ thống chưa rõ đồng chí chọn {readings}.",
    FaultKind.MIDNIGHT: "Hệ thống chưa rõ “{said}” là đầu ngày hay cuối ngày.",
    FaultKind.LUNAR: "Hệ thống chỉ nhận ngày dương lịch, chưa nhận ngày âm lịch.",
    FaultKind.DATE_MISSING: "Hệ thống chưa rõ ngày nào.",
    FaultKind.TIME_MISSING: "Hệ thống chưa rõ mấy giờ.",
    FaultKind.DATE_ONLY: "Ở câu này chỉ cần ghi ngày, không ghi giờ.",
    FaultKind.TIME_ONLY: "Ở câu này chỉ cần ghi giờ, không ghi ngày.",
}
"""One sentence a fault; a date that is past has its own, in `_wrong`."""


def date_text(day: date) -> str:
    """03/12/2026."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def time_text(at: time) -> str:
    """19 giờ 30; 07 giờ 00."""
    return f"{at.hour:02d} giờ {at.minute:02d}"


def weekday_text(day: date) -> str:
    """Thứ Năm."""
    return WEEKDAYS[day.weekday()]


def day_text(day: date) -> str:
    """Thứ Năm, ngày 03/12/2026."""
    return f"{weekday_text(day)}, ngày {date_text(day)}"


def when_text(day: date, at: time) -> str:
    """19 giờ 30, Thứ Năm, ngày 03/12/2026."""
    return f"{time_text(at)}, {day_text(day)}"


def moment(instant: datetime) -> str:
    """19 giờ 30, Thứ Năm, ngày 03/12/2026: an aware instant as clocks in Viet Nam show it."""
    here = local(instant)
    return when_text(here.date(), here.time())


def fault_text(fault: WhenFault) -> str:
    """What is wrong with a typed date or time, and what to type instead."""
    first, *others = (f"“{example}”" for example in _suggestions(fault))
    examples = " hoặc ".join([", ".join([first, *others[:-1]]), *others[-1:]])
    return f"{_wrong(fault)} Mong đồng chí ghi lại, ví dụ: {examples}."


def _wrong(fault: WhenFault) -> str:
    day = fault.days[0] if fault.days else None
    at = fault.times[0] if fault.times else None
    kind = fault.kind
    if kind is FaultKind.DATE_MISSING and at:
        return f"Hệ thống đã hiểu giờ là {time_text(at)}, nhưng chưa rõ ngày nào."
    if kind is FaultKind.IN_THE_PAST and day:
        return f"{when_text(day, at) if at else day_text(day)} đã qua."
    return _WRONG[kind].format(
        asked=_ASKED[fault.asked],
        said=fault.said,
        date=date_text(day) if day else "",
        weekday=weekday_text(day) if day else "",
        readings=_either(fault.days, fault.times),
    )


def _either(days: Sequence[date], times: Sequence[time]) -> str:
    if len(times) > 1:
        return " hay ".join(time_text(at) for at in times[:SHOWN])
    return " hay ".join(day_text(day) for day in days[:SHOWN])


def _suggestions(fault: WhenFault) -> Sequence[str]:
    """What the person can type as it stands: where the fault shows what was meant, that itself."""
    typed_days = [f"{day.day}/{day.month}/{day.year}" for day in fault.days[:SHOWN]]
    match fault.kind:
        case FaultKind.AMBIGUOUS:
            hours = [f"{at.hour:02d}h{at.minute:02d}" for at in fault.times]
            return [" ".join(both) for both in product(*filter(None, (hours, typed_days)))][:SHOWN]
        case FaultKind.IN_THE_PAST if not fault.times:
            return [*EXAMPLES[fault.asked][1:], *typed_days[1:]]
        case FaultKind.WRONG_WEEKDAY:
            return [*typed_days, f"{fault.said} tuần sau"]
        case FaultKind.MIDNIGHT if fault.asked is Asked.TIME:
            return ["0h", "23h59"]
        case FaultKind.MIDNIGHT:
            return ["0h 4/12", "23h59 3/12"]
        case _:
            return EXAMPLES[fault.asked]
