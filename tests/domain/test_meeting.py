"""The rules before a meeting begins: what differs, what is worth a second look, when words are said, who is counted."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import PersonId
from bot.domain.meeting import (
    AT_ONCE,
    BREATH,
    Answer,
    Closed,
    Concern,
    Item,
    MeetingKind,
    Plan,
    Tally,
    changes,
    closed,
    concerns,
    customary_days,
    notice_at,
    reminder_after,
    tally,
)
from bot.domain.reminder import Ladder, Planned, RestCalendar, Rung

REST = RestCalendar(
    quiet_from=time(21), quiet_to=time(6, 30), rest_days=frozenset({date(2027, 4, 30), date(2027, 5, 1)})
)
LADDER = Ladder((Rung(3, time(8)), Rung(1, time(8))), timedelta(hours=12))
START = datetime(2027, 4, 13, 12, 30, tzinfo=UTC)  # 19:30 in Viet Nam
PLAN = Plan(kind=MeetingKind.REGULAR, starts_at=START, place="Nhà văn hóa", agenda="Thời sự")


def vn(day: int, hour: int, minute: int = 0, *, month: int = 4) -> datetime:
    """An instant of 2027 by a clock in Viet Nam."""
    return datetime(2027, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (PLAN, ()),
        (Plan(kind=PLAN.kind, starts_at=vn(14, 8), place="Nhà văn hóa", agenda="Thời sự"), (Item.TIME,)),
        (Plan(kind=PLAN.kind, starts_at=START, place="Trường", agenda="Bầu cử"), (Item.PLACE, Item.AGENDA)),
    ],
)
def test_what_differs_between_two_notices(new: Plan, expected: tuple[Item, ...]) -> None:
    """Time, place and agenda are compared, and named in that order."""
    assert changes(PLAN, new) == expected


@pytest.mark.parametrize(
    ("cancelled_at", "now", "expected"),
    [
        (None, START - timedelta(seconds=1), None),
        (None, START, Closed.STARTED),
        (vn(10, 8), START - timedelta(days=1), Closed.CANCELLED),
        (vn(10, 8), START + timedelta(days=1), Closed.CANCELLED),
    ],
)
def test_until_when_answers_are_taken(cancelled_at: datetime | None, now: datetime, expected: Closed | None) -> None:
    """Until the very instant of the start, and never once it is cancelled."""
    assert closed(starts_at=START, cancelled_at=cancelled_at, now=now) is expected


def test_the_customary_notice_is_as_early_as_the_first_reminder() -> None:
    """Three days with the sample's ladder; none where nobody is reminded."""
    assert customary_days(LADDER) == 3
    assert customary_days(Ladder((), timedelta(hours=1))) == 0


@pytest.mark.parametrize(
    ("now", "starts_at", "same_day", "expected"),
    [
        (vn(10, 20), START, False, ()),
        (vn(11, 8), START, False, (Concern.SHORT_NOTICE,)),
        (vn(10, 8), START, True, (Concern.SAME_DAY,)),
        (vn(20, 8), vn(30, 8), False, (Concern.REST_DAY,)),
        (vn(29, 8), vn(1, 8, month=5), True, (Concern.SAME_DAY, Concern.REST_DAY, Concern.SHORT_NOTICE)),
    ],
)
def test_what_is_worth_a_second_look(
    now: datetime, starts_at: datetime, same_day: bool, expected: tuple[Concern, ...]
) -> None:
    """Another meeting that day, a day of rest, fewer days than customary; days are Viet Nam's."""
    assert concerns(starts_at=starts_at, now=now, ladder=LADDER, rest=REST, same_day=same_day) == expected


@pytest.mark.parametrize(
    ("now", "starts_at", "expected"),
    [
        (vn(6, 8), START, vn(6, 8)),
        (vn(6, 22), START, vn(7, 6, 30)),
        (vn(12, 22), START, vn(12, 22)),
        (vn(11, 22), vn(12, 19), vn(11, 22)),
        (vn(29, 22), vn(3, 8, month=5), vn(2, 6, 30, month=5)),
        (vn(29, 22), vn(2, 8, month=5), vn(29, 22)),
    ],
)
def test_when_words_are_said(now: datetime, starts_at: datetime, expected: datetime) -> None:
    """They wait for the end of quiet hours and holidays, unless less than a day would be left to the start."""
    assert notice_at(now=now, starts_at=starts_at, rest=REST) == expected


INSTANTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: vn(1, 0) + timedelta(minutes=minutes))


@given(now=INSTANTS, ahead=st.integers(1, 60 * 24 * 40))
def test_words_never_come_too_late_and_wake_nobody_without_need(now: datetime, ahead: int) -> None:
    """At any instant: not before it, at least a day ahead or at once, and at night only when it is near."""
    starts_at = now + timedelta(minutes=ahead)
    at = notice_at(now=now, starts_at=starts_at, rest=REST)
    assert at == now or (at > now and REST.allows(at) and starts_at - at >= AT_ONCE)


def test_no_reminder_on_the_heels_of_the_notice() -> None:
    """A step sooner than some hours after the notice is left out; the later one stays, or none is left."""
    ask = {"starts_at": START, "ladder": LADDER, "rest": REST}
    assert reminder_after(told_at=vn(6, 8), **ask) == Planned("T-3", vn(10, 8))  # type: ignore[arg-type]
    assert reminder_after(told_at=vn(10, 8) - BREATH, **ask) == Planned("T-1", vn(12, 8))  # type: ignore[arg-type]
    assert reminder_after(told_at=vn(12, 6, 30), **ask) is None  # type: ignore[arg-type]


def test_who_is_counted() -> None:
    """Who is asked now, by what they answered; whoever else has answered is not among them."""
    answers = {PersonId(1): Answer.PRESENT, PersonId(2): Answer.EXCUSED, PersonId(9): Answer.PRESENT}
    count = tally([PersonId(1), PersonId(2), PersonId(3)], answers)
    assert count == Tally(present=1, excused=1, waiting=1)
    assert count.asked == 3
