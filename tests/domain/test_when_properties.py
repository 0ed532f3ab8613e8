"""Dates in every style are read back, and whatever else is typed gets an answer."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import VIETNAM
from bot.domain.when import FaultKind, When, WhenFault, read_date, read_time, read_when
from tests.domain.when_shown import NOW

DAYS = st.dates(date(2026, 11, 25), date(2031, 11, 20))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
WEEKDAYS = ("thứ hai", "thứ 3", "thứ tư", "t5", "thứ sáu", "thứ 7", "chủ nhật")
DAY_STYLES = (
    "{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}-{m}-{y}", "{d}.{m}.{y}", "{y}-{m:02}-{d:02}", "{w}, {d}/{m}/{y}",
    "ngày {d} tháng {m} năm {y}", "{w} ngày {d:02}/{m:02}/{y}", "mùng {d} tháng {m} {y}", "{d} thg {m}, {y}",
)  # fmt: skip
TIME_STYLES = ("{h:02}:{n:02}", "{h:02}h{n:02}", "{h:02} giờ {n:02} phút", "lúc {h:02}g{n:02}", "{h:02} giờ {n:02}")
SPELLINGS = st.sampled_from(
    [str, str.upper, lambda text: unicodedata.normalize("NFD", text), lambda text: f" {text.replace(' ', '  ')}. "]
)


@settings(deadline=None)
@given(DAYS, TIMES, st.sampled_from(DAY_STYLES), st.sampled_from(TIME_STYLES), st.booleans(), SPELLINGS)
def test_every_date_and_time_is_read_back(
    day: date, at: time, day_style: str, time_style: str, time_first: bool, spelling: Callable[[str], str]
) -> None:
    """Every date to come, written in any style with any time before or after it, is read back as it is."""
    dated = day_style.format(d=day.day, m=day.month, y=day.year, w=WEEKDAYS[day.weekday()])
    timed = time_style.format(h=at.hour, n=at.minute)
    text = spelling(f"{timed} {dated}" if time_first else f"{dated} {timed}")
    assert read_when(text, now=NOW - timedelta(days=1)) == When(day=day, at=at)
    assert read_date(spelling(dated), now=NOW) == day
    assert read_time(spelling(timed)) == at


@settings(deadline=None)
@given(DAYS, st.integers(0, 182))
def test_a_date_without_its_year_is_read_back(today: date, ahead: int) -> None:
    """Every date of the coming half year is read back from its day and month alone, and from the days till then."""
    now = datetime.combine(today, time(9), tzinfo=VIETNAM)
    day = today + timedelta(days=ahead)
    assert read_date(f"{day.day}/{day.month}", now=now) == day
    assert read_date(f"{ahead} ngày nữa", now=now) == day


WORDS = """
    0 1 3 12 19 30 31 99 2026 99999 ½ ² ٣ / - . : h g giờ phút rưỡi kém ngày tháng năm tuần hôm nay mai mốt kia kìa
    sau tới này nữa thứ chủ nhật cn t sáng trưa chiều tối đêm mùng đầu cuối hết sang một mười lăm sáu am lịch không
"""
PIECES = st.sampled_from(WORDS.split())
TYPED = st.text() | st.lists(PIECES).map(" ".join) | st.lists(PIECES).map("".join)


@settings(deadline=None, max_examples=500)
@given(TYPED, st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.times(timezones=st.just(UTC)))
def test_whatever_is_typed_gets_an_answer(text: str, day: date, at: time) -> None:
    """Nothing that can be typed raises; what is understood is never past, and both forms of it are read alike."""
    now = datetime.combine(day, at)
    when = read_when(text, now=now)
    assert isinstance(when, WhenFault) or now.astimezone(VIETNAM).date() <= when.day
    assert isinstance(read_date(text, now=now), date | WhenFault)
    assert isinstance(read_time(text), time | WhenFault)
    if len(text) < 100:
        assert read_when(unicodedata.normalize("NFD", text), now=now) == when


@pytest.mark.parametrize("piece", ["3/12 ", "1", "ngày ", "19h", "/", " ", "a\u0301\u0323", "\u0323\u0301", "mười "])
def test_a_very_long_text_is_refused_at_once(piece: str) -> None:
    """A text of 100 kB is not understood, however promising it begins; a slow grammar would stall here."""
    text = piece * (100_000 // len(piece))
    for answer in (read_when(text, now=NOW), read_date(text, now=NOW), read_time(text)):
        assert isinstance(answer, WhenFault)
        assert answer.kind is FaultKind.NOT_UNDERSTOOD
