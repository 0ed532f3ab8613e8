"""Dates and times are written in full, and a fault says what to type instead."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.when import Asked, FaultKind, When, WhenFault, read_date, read_time, read_when
from bot.texts.when import date_text, day_text, fault_text, moment, time_text, weekday_text, when_text
from tests.domain.when_shown import NOW

FRIDAY = date(2026, 12, 4)


def test_dates_and_times_are_written_in_full() -> None:
    """Two digits for day, month, hour and minute; the weekday by its name."""
    assert date_text(FRIDAY) == "04/12/2026"
    assert weekday_text(FRIDAY) == "Thứ Sáu"
    assert day_text(FRIDAY) == "Thứ Sáu, ngày 04/12/2026"
    assert time_text(time(7, 0)) == "07 giờ 00"
    assert when_text(FRIDAY, time(19, 30)) == "19 giờ 30, Thứ Sáu, ngày 04/12/2026"


def test_an_instant_is_written_by_viet_nams_clock() -> None:
    """What is Saturday afternoon in London is Sunday in Viet Nam."""
    assert moment(datetime(2026, 12, 5, 17, 5, tzinfo=UTC)) == "00 giờ 05, Chủ nhật, ngày 06/12/2026"


@settings(deadline=None)
@given(st.dates(date(2026, 11, 26), date(2031, 11, 20)), st.times())
def test_what_the_bot_writes_it_can_read(day: date, at: time) -> None:
    """A date and time in full, copied into an answer, are read back."""
    at = at.replace(second=0, microsecond=0)
    assert read_when(when_text(day, at), now=NOW) == When(day=day, at=at)
    assert read_date(day_text(day), now=NOW) == day
    assert read_time(time_text(at)) == at


READ: dict[Asked, Callable[[str], object]] = {
    Asked.WHEN: partial(read_when, now=NOW),
    Asked.DATE: partial(read_date, now=NOW),
    Asked.TIME: read_time,
}

ANY_WHEN = "“3/12 19h30”, “thứ 6 tuần sau 19h30” hoặc “tối mai 7h”"
ANY_DATE = "“3/12”, “thứ 6 tuần sau” hoặc “cuối tháng”"
ANY_TIME = "“19h30”, “7 giờ rưỡi tối” hoặc “14:00”"

FAULTS = [
    (Asked.WHEN, "họp sớm nhé", "Hệ thống chưa hiểu ngày giờ đồng chí ghi.", ANY_WHEN),
    (Asked.DATE, "sớm", "Hệ thống chưa hiểu ngày đồng chí ghi.", ANY_DATE),
    (Asked.TIME, "sớm", "Hệ thống chưa hiểu giờ đồng chí ghi.", ANY_TIME),
    (Asked.DATE, "31/11", "Trong lịch không có “31/11”.", ANY_DATE),
    (Asked.TIME, "25h", "Không có giờ “25h”.", ANY_TIME),
    (
        Asked.DATE,
        "Thứ 7, 4/12",
        "Ngày 04/12/2026 là Thứ Sáu, không phải “Thứ 7”.",
        "“4/12/2026” hoặc “Thứ 7 tuần sau”",
    ),
    (Asked.DATE, "3/11", "Thứ Ba, ngày 03/11/2026 đã qua.", "“thứ 6 tuần sau”, “cuối tháng” hoặc “3/11/2027”"),
    (Asked.DATE, "3/11/2019", "Chủ nhật, ngày 03/11/2019 đã qua.", "“thứ 6 tuần sau”, “cuối tháng” hoặc “3/11/2027”"),
    (Asked.WHEN, "8h sáng nay", "08 giờ 00, Thứ Tư, ngày 25/11/2026 đã qua.", ANY_WHEN),
    (Asked.DATE, "3/12/2062", "Ngày 03/12/2062 còn quá xa, hơn 5 năm nữa.", ANY_DATE),
    (
        Asked.WHEN,
        "thứ tư 19h",
        "Hệ thống chưa rõ đồng chí chọn Thứ Tư, ngày 25/11/2026 hay Thứ Tư, ngày 02/12/2026.",
        "“19h00 25/11/2026” hoặc “19h00 2/12/2026”",
    ),
    (
        Asked.WHEN,
        "2h mai",
        "Hệ thống chưa rõ đồng chí chọn 02 giờ 00 hay 14 giờ 00.",
        "“02h00 26/11/2026” hoặc “14h00 26/11/2026”",
    ),
    (Asked.TIME, "2h", "Hệ thống chưa rõ đồng chí chọn 02 giờ 00 hay 14 giờ 00.", "“02h00” hoặc “14h00”"),
    (
        Asked.WHEN,
        "12h đêm mai",
        "Hệ thống chưa rõ “12h đêm” là đầu ngày hay cuối ngày.",
        "“0h 4/12” hoặc “23h59 3/12”",
    ),
    (Asked.TIME, "12h đêm", "Hệ thống chưa rõ “12h đêm” là đầu ngày hay cuối ngày.", "“0h” hoặc “23h59”"),
    (Asked.DATE, "rằm tháng giêng", "Hệ thống chỉ nhận ngày dương lịch, chưa nhận ngày âm lịch.", ANY_DATE),
    (Asked.WHEN, "19h30", "Hệ thống đã hiểu giờ là 19 giờ 30, nhưng chưa rõ ngày nào.", ANY_WHEN),
    (Asked.DATE, "tuần sau", "Hệ thống chưa rõ ngày nào.", ANY_DATE),
    (Asked.TIME, "tối", "Hệ thống chưa rõ mấy giờ.", ANY_TIME),
    (Asked.DATE, "17h 30/11", "Ở câu này chỉ cần ghi ngày, không ghi giờ.", ANY_DATE),
    (Asked.TIME, "19h30 mai", "Ở câu này chỉ cần ghi giờ, không ghi ngày.", ANY_TIME),
]


@pytest.mark.parametrize(("asked", "typed", "wrong", "examples"), FAULTS)
def test_a_fault_says_what_is_wrong_and_what_to_type(asked: Asked, typed: str, wrong: str, examples: str) -> None:
    """Each fault has its own sentence, and two or three examples that are understood when typed as they stand."""
    fault = READ[asked](typed)
    assert isinstance(fault, WhenFault)
    assert fault_text(fault) == f"{wrong} Mong đồng chí ghi lại, ví dụ: {examples}."
    quoted = re.findall("“(.+?)”", examples)
    assert 2 <= len(quoted) <= 3
    for example in quoted:
        assert not isinstance(READ[asked](example), WhenFault), example


def test_no_fault_was_forgotten() -> None:
    """Every kind of fault stands in the table above, and can really be typed."""
    faults = [READ[asked](typed) for asked, typed, _, _ in FAULTS]
    assert {fault.kind for fault in faults if isinstance(fault, WhenFault)} == set(FaultKind)
