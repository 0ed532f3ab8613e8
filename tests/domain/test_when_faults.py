"""What is wrong with a typed date or time is told apart."""

import unicodedata

import pytest

from bot.domain.when import read_when
from tests.domain.when_shown import NOW, shown


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("31/11", "no_such_date 31/11"),
        ("29/2/2027", "no_such_date 29/2/2027"),
        ("32/1", "no_such_date 32/1"),
        ("0/5", "no_such_date 0/5"),
        ("12/25", "no_such_date 12/25"),
        ("ngày 31", "no_such_date ngày 31"),
        ("ngày 31 tháng 11 lúc 19h", "no_such_date ngày 31 tháng 11"),
        ("mai 25h", "no_such_time 25h"),
        ("19h75 mai", "no_such_time 19h75"),
        ("19:60 mai", "no_such_time 19:60"),
        ("15h sáng mai", "no_such_time 15h sáng"),
        ("thứ 7, 4/12", "wrong_weekday thứ 7 4/12/2026"),
        ("hôm qua", "in_the_past 24/11/2026 24/11/2027"),
        ("hôm kia", "in_the_past 23/11/2026 23/11/2027"),
        ("thứ hai tuần này", "in_the_past 23/11/2026 23/11/2027"),
        ("8h sáng nay", "in_the_past 25/11/2026 08:00"),
        ("9h hôm nay", "in_the_past 25/11/2026 09:00"),
        ("3/12/2025", "in_the_past 3/12/2025 3/12/2026"),
        ("29/2/2024", "in_the_past 29/2/2024 28/2/2027"),
        ("3/12/2062", "too_far 3/12/2062"),
        ("9999 tháng nữa", "too_far 25/2/2860"),
        ("thứ tư", "ambiguous 25/11/2026 2/12/2026"),
        ("thứ tư 19h", "ambiguous 25/11/2026 2/12/2026 19:00"),
        ("3/12 hoặc 4/12", "not_understood"),
        ("3/12, 4/12", "ambiguous 3/12/2026 4/12/2026"),
        ("mai 3/12", "ambiguous 26/11/2026 3/12/2026"),
        ("3/12 tuần này", "ambiguous 3/12/2026 26/11/2026"),
        ("2h mai", "ambiguous 26/11/2026 02:00 14:00"),
        ("từ 19h30 đến 21h mai", "ambiguous 26/11/2026 19:30 21:00"),
        ("19h30-21h mai", "ambiguous 26/11/2026 19:30 21:00"),
        ("12h đêm mai", "midnight 12h đêm"),
        ("nửa đêm mai", "midnight nửa đêm"),
        ("24h ngày 30/11", "midnight 24h"),
        ("0h kém 5 mai", "midnight 0h kém 5"),
        ("mùng 3 âm lịch", "lunar"),
        ("3/12 AL", "lunar"),
        ("rằm tháng giêng", "lunar"),
        ("29 tháng chạp", "lunar"),
        ("mùng 3 Tết", "lunar"),
        ("19h30", "date_missing 19:30"),
        ("tuần sau", "date_missing"),
        ("tháng 12 19h30", "date_missing 19:30"),
        ("", "not_understood"),
        ("...", "not_understood"),
        ("họp chi bộ", "not_understood"),
        ("không họp 3/12", "not_understood"),
        ("trước 3/12", "not_understood"),
        ("bây giờ", "not_understood"),
        ("thứ 6 tháng sau", "not_understood"),
        ("thứ 8", "not_understood"),
        ("đừng họp 3/12", "not_understood"),
        ("3/12/202", "not_understood"),
        ("30.11.2026.5", "not_understood"),
        ("19.30.2026", "no_such_date 19.30.2026"),
        ("7", "not_understood"),
        ("3/12/2026/5", "not_understood"),
        ("sáng tối mai 7h", "not_understood"),
    ],
)
def test_what_cannot_be_a_time_to_meet_is_told_apart(typed: str, fault: str) -> None:
    """Dates and hours that do not exist, are past, unclear or incomplete each have their own answer."""
    for text in (typed, unicodedata.normalize("NFD", typed)):
        assert shown(read_when(text, now=NOW)) == fault
