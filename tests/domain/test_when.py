"""Dates and times are read as Vietnamese people type them."""

import unicodedata
from datetime import UTC, date, datetime, time

import pytest

from bot.clock import VIETNAM
from bot.domain.when import DayPart, When, read_date, read_time, read_when, settle
from tests.domain.when_shown import NOW, shown

READ = [
    # day and month, with the hour before or after
    ("3/12 19h30", "3/12/2026 19:30"),
    ("19h30 3/12", "3/12/2026 19:30"),
    ("03/12/2026 19:30", "3/12/2026 19:30"),
    ("3/12/26 19g30", "3/12/2026 19:30"),
    ("3-12-2026", "3/12/2026"),
    ("3.12", "3/12/2026"),
    ("3 / 12", "3/12/2026"),
    ("2026-12-03 19:30:00", "3/12/2026 19:30"),
    ("19h 30/11", "30/11/2026 19:00"),
    ("19h30/11", "30/11/2026 19:00"),
    ("19h30-3/12", "3/12/2026 19:30"),
    ("19 giờ 30 - 3/12", "3/12/2026 19:30"),
    ("3-12 - 19h30", "3/12/2026 19:30"),
    ("3/12/19h30", "3/12/2026 19:30"),
    ("3-12-2026-19h30", "3/12/2026 19:30"),
    ("19h30 – 3/12", "3/12/2026 19:30"),
    ("19.30. 3/12", "3/12/2026 19:30"),
    ("Ngày 3.12 lúc 19.30.", "3/12/2026 19:30"),
    ("3 thg 12, 2026 7:30 CH", "3/12/2026 19:30"),
    ("3/12/2026 7:30 pm", "3/12/2026 19:30"),
    ("3/12 7:30 SA", "3/12/2026 07:30"),
    # in words
    ("ngày 3 tháng 12", "3/12/2026"),
    ("ngày 3 tháng 12 năm 2026 lúc 19 giờ 30 phút", "3/12/2026 19:30"),
    ("Vào hồi 08 giờ 00, ngày 03 tháng 12 năm 2026", "3/12/2026 08:00"),
    ("ngày mười lăm tháng mười năm 2027", "15/10/2027"),
    ("ngày hai mươi mốt tháng mười hai", "21/12/2026"),
    ("mười chín giờ ba mươi ngày ba mươi tháng mười hai", "30/12/2026 19:30"),
    ("ngày 3 tháng tư năm sau", "3/4/2027"),
    ("3/2 sang năm", "3/2/2027"),
    ("ngày 3 tháng sáu năm tới", "3/6/2027"),
    # a day of this month or the next: the solar one, also with "mùng"
    ("mùng 3", "3/12/2026"),
    ("mồng 3", "3/12/2026"),
    ("mùng một", "1/12/2026"),
    ("ngày 30", "30/11/2026"),
    ("ngày 25", "25/11/2026"),
    ("ngày 3 này", "3/12/2026"),
    ("ngày 3 tới 19h", "3/12/2026 19:00"),
    ("mùng 3 tháng sau", "3/12/2026"),
    ("ngay 28 thang nay", "28/11/2026"),
    ("3 tháng sau", "3/12/2026"),
    ("mùng 3 sang tháng", "3/12/2026"),
    ("cuối tháng", "30/11/2026"),
    ("ngày cuối tháng sau", "31/12/2026"),
    ("hết tháng 2", "28/2/2027"),
    ("cuối tháng 19h30", "30/11/2026 19:30"),
    ("đầu tháng", "1/12/2026"),
    ("đầu tháng sau", "1/12/2026"),
    ("cuối năm", "31/12/2026"),
    ("cuối năm sau", "31/12/2027"),
    # near days
    ("hôm nay", "25/11/2026"),
    ("tối nay 7h", "25/11/2026 19:00"),
    ("8h sáng mai", "26/11/2026 08:00"),
    ("tối mai 7h", "26/11/2026 19:00"),
    ("19h30 ngày mai", "26/11/2026 19:30"),
    ("ngày kia", "27/11/2026"),
    ("mốt", "27/11/2026"),
    ("ngay mot", "27/11/2026"),
    ("8h sáng mốt", "27/11/2026 08:00"),
    ("ngày kìa", "28/11/2026"),
    ("3 ngày nữa", "28/11/2026"),
    ("ba ngày nữa, 19h", "28/11/2026 19:00"),
    ("sau 3 ngày", "28/11/2026"),
    ("một tuần nữa", "2/12/2026"),
    ("3 tháng nữa", "25/2/2027"),
    # days of the week
    ("thứ 6 tuần sau 19:30", "4/12/2026 19:30"),
    ("thứ sáu tuần tới", "4/12/2026"),
    ("t6 tuần sau", "4/12/2026"),
    ("tuần sau, thứ 6", "4/12/2026"),
    ("thứ 6 19h30 tuần sau", "4/12/2026 19:30"),
    ("thứ 6 tuần sau nữa", "11/12/2026"),
    ("thứ 6 hai tuần nữa", "11/12/2026"),
    ("sang tuần thứ 3", "1/12/2026"),
    ("thứ 7 này", "28/11/2026"),
    ("thứ tư này", "25/11/2026"),
    ("thứ tư tới", "2/12/2026"),
    ("thứ năm", "26/11/2026"),
    ("thứ hai", "30/11/2026"),
    ("chủ nhật", "29/11/2026"),
    ("8h CN", "29/11/2026 08:00"),
    ("chủ nhật tuần này", "29/11/2026"),
    ("19h30, thứ 6, ngày 4/12/2026 nhé ạ!", "4/12/2026 19:30"),
    ("16h ngày 1/12 (thứ ba)", "1/12/2026 16:00"),
    ("thứ 6 ngày 4 tháng 12 tuần sau", "4/12/2026"),
    # hours
    ("mai 19 giờ rưỡi", "26/11/2026 19:30"),
    ("mai 7h kém 15 sáng", "26/11/2026 06:45"),
    ("mai 7 rưỡi tối", "26/11/2026 19:30"),
    ("mười giờ kém năm sáng mai", "26/11/2026 09:55"),
    ("7 tối mai", "26/11/2026 19:00"),
    ("bay gio toi mai", "26/11/2026 19:00"),
    ("trưa mai 11h30", "26/11/2026 11:30"),
    ("12h trưa mai", "26/11/2026 12:00"),
    ("1h trưa mai", "26/11/2026 13:00"),
    ("2 giờ rưỡi chiều mai", "26/11/2026 14:30"),
    ("10h đêm mai", "26/11/2026 22:00"),
    ("02h mai", "26/11/2026 02:00"),
    ("0h 3/12", "3/12/2026 00:00"),
    ("12h mai", "26/11/2026 12:00"),
    ("19h30' mai", "26/11/2026 19:30"),
    ("lúc 19 giờ 5 phút mai", "26/11/2026 19:05"),
    ("đúng 19h30 mai", "26/11/2026 19:30"),
    ("6h30 sáng sớm mai", "26/11/2026 06:30"),
    # words that differ only in their marks
    ("thứ 6 tới 8h", "27/11/2026 08:00"),
    ("thứ 6 tối 8h", "27/11/2026 20:00"),
    ("thu 6 toi 8h", "27/11/2026 20:00"),
    ("ngày 3 tháng sáu 2027", "3/6/2027"),
    ("ngay 3 thang sau", "3/12/2026"),
    ("thu sau tuan sau", "4/12/2026"),
]


@pytest.mark.parametrize(("typed", "meant"), READ)
def test_a_date_and_time_are_read(typed: str, meant: str) -> None:
    """What people type is read as they mean it, also decomposed, in capitals, with spaces around."""
    for text in (typed, unicodedata.normalize("NFD", typed), typed.upper(), f"  {typed} \n"):
        assert shown(read_when(text, now=NOW)) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ngay 3 thang 12 nam 2026 luc 19 gio 30 phut", "3/12/2026 19:30"),
        ("thu 6 tuan sau 19:30", "4/12/2026 19:30"),
        ("mung 3 thang sau", "3/12/2026"),
        ("8h sang mai", "26/11/2026 08:00"),
        ("7 ruoi toi ngay kia", "27/11/2026 19:30"),
        ("chu nhat", "29/11/2026"),
        ("19h cuoi thang", "30/11/2026 19:00"),
        ("muoi gio kem nam sang mai", "26/11/2026 09:55"),
    ],
)
def test_a_date_and_time_are_read_without_diacritics(typed: str, meant: str) -> None:
    """Marks may be left out."""
    assert shown(read_when(typed, now=NOW)) == meant


@pytest.mark.parametrize(
    ("typed", "today", "meant"),
    [
        ("5/1", "20/12/2026", "5/1/2027"),
        ("1/5", "25/11/2026", "1/5/2027"),
        ("20/11", "25/11/2026", "in_the_past 20/11/2026 20/11/2027"),
        ("1/6", "25/11/2026", "in_the_past 1/6/2026 1/6/2027"),
        ("25/11", "25/11/2026", "25/11/2026"),
        ("31/12", "1/1/2026", "31/12/2026"),
        ("29/2", "1/12/2027", "29/2/2028"),
        ("29/2", "1/12/2026", "no_such_date 29/2"),
        ("mùng 3", "3/12/2026", "3/12/2026"),
        ("mùng 3", "4/12/2026", "3/1/2027"),
        ("ngày 31", "10/12/2026", "31/12/2026"),
        ("cuối tháng", "31/12/2026", "31/12/2026"),
        ("đầu tháng sau", "31/12/2026", "1/1/2027"),
        ("cuối tháng 2", "1/3/2027", "in_the_past 28/2/2027 28/2/2028"),
        ("1 tháng nữa", "31/1/2027", "28/2/2027"),
        ("chủ nhật tuần sau", "29/11/2026", "6/12/2026"),
        ("thứ hai tuần sau", "29/11/2026", "30/11/2026"),
    ],
)
def test_a_missing_year_or_month_is_the_next_one(typed: str, today: str, meant: str) -> None:
    """Without a year the next such date is meant, unless it would be half a year or more away: then it is past."""
    day = datetime.strptime(today, "%d/%m/%Y").replace(tzinfo=VIETNAM)
    assert shown(read_when(typed, now=day)) == meant


def test_today_is_viet_nams_today() -> None:
    """At half past six in the evening in London it is tomorrow in Viet Nam."""
    evening = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    assert shown(read_when("hôm nay 7h", now=evening)) == "25/11/2026 07:00"


def test_a_part_of_the_day_waits_for_its_hour() -> None:
    """After "tối mai" the hour is asked for, and "7h" then is an hour of the evening."""
    when = read_when("tối mai", now=NOW)
    assert when == When(day=date(2026, 11, 26), part=DayPart.EVENING)
    assert read_time("7h", part=DayPart.EVENING) == time(19, 0)
    assert read_time("7h sáng", part=DayPart.EVENING) == time(7, 0)
    assert settle(when.day, time(19, 0), now=NOW) == When(day=date(2026, 11, 26), at=time(19, 0))


def test_date_and_time_asked_apart_are_settled_together() -> None:
    """An hour of today that has come is past, one to come is not."""
    today = NOW.date()
    assert shown(settle(today, time(9, 1), now=NOW)) == "25/11/2026 09:01"
    assert shown(settle(today, time(9, 0), now=NOW)) == "in_the_past 25/11/2026 09:00"
    assert shown(settle(today, None, now=NOW)) == "25/11/2026"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3/12", "3/12/2026"),
        ("3", "3/12/2026"),
        ("30.", "30/11/2026"),
        ("thứ 6 tuần sau", "4/12/2026"),
        ("đến hết ngày 30/11", "30/11/2026"),
        ("17h 30/11", "date_only"),
        ("tối mai", "date_only"),
        ("31/11", "no_such_date 31/11"),
        ("20/11", "in_the_past 20/11/2026 20/11/2027"),
        ("tuần sau", "date_missing"),
        ("sớm", "not_understood"),
        ("333", "not_understood"),
    ],
)
def test_a_date_alone_is_read(typed: str, meant: str) -> None:
    """Where only a date is asked for, a bare number is a day, and an hour is refused rather than dropped."""
    answer = read_date(typed, now=NOW)
    assert shown(When(day=answer) if isinstance(answer, date) else answer) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("19h30", "19:30"),
        ("19", "19:00"),
        ("7", "07:00"),
        ("19 30", "19:30"),
        ("7 giờ rưỡi tối", "19:30"),
        ("lúc 8 giờ", "08:00"),
        ("2", "ambiguous 02:00 14:00"),
        ("02", "02:00"),
        ("25", "no_such_time 25h"),
        ("12h đêm", "midnight 12h đêm"),
        ("tối", "time_missing"),
        ("19h30 3/12", "time_only"),
        ("mai", "time_only"),
        ("sớm", "not_understood"),
        ("", "not_understood"),
    ],
)
def test_a_time_alone_is_read(typed: str, meant: str) -> None:
    """Where only a time is asked for, a bare number is an hour, and a date is refused rather than dropped."""
    answer = read_time(typed)
    assert (f"{answer:%H:%M}" if isinstance(answer, time) else shown(answer)) == meant
