"""When reminders are said: ladders, quiet hours, Tết, downtime and clock jumps."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import instant_of, local
from bot.domain.reminder import (
    Ladder,
    Planned,
    RestCalendar,
    Rung,
    dropped_steps,
    due_steps,
    first_step,
    hold,
    is_late,
    next_step,
    say_at,
    snoozed_until,
    steps_of,
)

EIGHT, EVENING = time(8), time(19)
TET = frozenset(date(2027, 2, day) for day in range(4, 11))
REST = RestCalendar(quiet_from=time(21), quiet_to=time(6, 30), rest_days=TET)
HALF_A_DAY = timedelta(hours=12)
ROUND = Ladder((Rung(None, EIGHT), Rung(7, EVENING), Rung(3, EVENING), Rung(1, EVENING), Rung(0, EIGHT)), HALF_A_DAY)
MEETING = Ladder((Rung(3, EIGHT), Rung(1, EIGHT)), HALF_A_DAY)


def at(day: int, hour: int = 8, minute: int = 0, month: int = 3) -> datetime:
    """A wall-clock time in Viet Nam, in 2027."""
    return instant_of(date(2027, month, day), time(hour, minute))


def read(steps: tuple[Planned, ...]) -> list[str]:
    """The steps as a person would write them down."""
    return [f"{one.step} {local(one.at):%d/%m %H:%M}" for one in steps]


def test_a_ladder_from_the_opening_to_the_last_day() -> None:
    """With nothing in the way, every step is said at its own time."""
    assert read(steps_of(due_at=at(31, 23, 59), ladder=ROUND, rest=REST, opened_at=at(5))) == [
        "open 05/03 08:00",
        "T-7 24/03 19:00",
        "T-3 28/03 19:00",
        "T-1 30/03 19:00",
        "T-0 31/03 08:00",
    ]


def test_tet_holds_steps_until_the_first_working_day() -> None:
    """Steps within Tết wait for the first day after it, each at its own time of day."""
    due = at(15, 23, 59, month=2)
    assert read(steps_of(due_at=due, ladder=ROUND, rest=REST, opened_at=at(5, month=2))) == [
        "open 11/02 08:00",
        "T-7 11/02 19:00",
        "T-3 12/02 19:00",
        "T-1 14/02 19:00",
        "T-0 15/02 08:00",
    ]


def test_a_deadline_just_after_tet() -> None:
    """Three steps wait for one evening: only the last of them is said then."""
    due = at(12, 23, 59, month=2)
    assert read(steps_of(due_at=due, ladder=ROUND, rest=REST, opened_at=at(20, month=1))) == [
        "open 20/01 08:00",
        "T-1 11/02 19:00",
        "T-0 12/02 08:00",
    ]


def test_a_deadline_within_tet() -> None:
    """What could only be said after the deadline is dropped and reported."""
    due = at(8, 23, 59, month=2)
    facts = {"due_at": due, "opened_at": at(20, month=1)}
    assert read(steps_of(ladder=ROUND, rest=REST, **facts)) == ["open 20/01 08:00", "T-7 01/02 19:00"]
    assert read(dropped_steps(ladder=ROUND, rest=REST, **facts)) == [
        "T-3 11/02 19:00",
        "T-1 11/02 19:00",
        "T-0 11/02 08:00",
    ]


def test_a_step_held_past_a_later_one_is_left_to_it() -> None:
    """An earlier step that would be said after a later one is not said."""
    ladder = Ladder((Rung(4, EVENING), Rung(3, EIGHT)), HALF_A_DAY)
    due = at(11, 23, 59, month=2)
    assert read(steps_of(due_at=due, ladder=ladder, rest=REST)) == ["T-3 11/02 08:00"]


def test_a_round_opened_late_has_only_the_steps_that_are_left() -> None:
    """Steps before the opening do not exist, and are not reported as dropped."""
    facts = {"due_at": at(31, 23, 59), "opened_at": at(29, 10)}
    assert read(steps_of(ladder=ROUND, rest=REST, **facts)) == [
        "open 29/03 10:00",
        "T-1 30/03 19:00",
        "T-0 31/03 08:00",
    ]
    assert dropped_steps(ladder=ROUND, rest=REST, **facts) == ()


def test_a_round_opened_at_night_is_announced_in_the_morning() -> None:
    """The opening is held at the ladder's own time of day, on the same day where that is still to come."""
    due = at(31, 23, 59)
    assert read(steps_of(due_at=due, ladder=ROUND, rest=REST, opened_at=at(5, 22)))[0] == "open 06/03 08:00"
    assert read(steps_of(due_at=due, ladder=ROUND, rest=REST, opened_at=at(5, 2)))[0] == "open 05/03 08:00"


def test_the_first_step_may_be_the_very_instant_of_the_opening() -> None:
    """A round that opens by day is announced at once; one step further is in the future again."""
    opened = at(5)
    first = first_step(opened_at=opened, due_at=at(31, 23, 59), ladder=ROUND, rest=REST)
    assert first == Planned("open", opened)
    following = next_step(opened_at=opened, due_at=at(31, 23, 59), ladder=ROUND, rest=REST, after=opened)
    assert following == Planned("T-7", at(24, 19))


def test_a_meeting_has_no_opening() -> None:
    """Reminders before a meeting count from its day, and stop at its start."""
    assert read(steps_of(due_at=at(12, 19, 30), ladder=MEETING, rest=REST)) == ["T-3 09/03 08:00", "T-1 11/03 08:00"]
    early = Ladder((Rung(0, EIGHT),), HALF_A_DAY)
    assert steps_of(due_at=at(12, 7, 30), ladder=early, rest=REST) == ()


def test_after_a_downtime_only_the_future_counts() -> None:
    """From any instant the next step is the first still to come; after the last there is none."""
    facts = {"due_at": at(31, 23, 59), "ladder": ROUND, "rest": REST, "opened_at": at(5)}
    assert next_step(after=at(29), **facts) == Planned("T-1", at(30, 19))  # type: ignore[arg-type]
    assert next_step(after=at(30, 19), **facts) == Planned("T-0", at(31))  # type: ignore[arg-type]
    assert next_step(after=at(31), **facts) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("instant", "held"),
    [
        (at(5, 20, 59), at(5, 20, 59)),
        (at(5, 21), at(6, 6, 30)),
        (at(5, 23), at(6, 6, 30)),
        (at(5, 0), at(5, 6, 30)),
        (at(5, 6, 29), at(5, 6, 30)),
        (at(5, 6, 30), at(5, 6, 30)),
        (at(6, 12, month=2), at(11, 6, 30, month=2)),
        (at(3, 22, month=2), at(11, 6, 30, month=2)),
    ],
)
def test_the_edges_of_the_quiet_hours(instant: datetime, held: datetime) -> None:
    """Quiet from 21:00 to just before 06:30, over midnight and over days of rest."""
    assert hold(instant, REST) == held


def test_a_time_of_day_inside_the_quiet_hours_waits_for_their_end() -> None:
    """A ladder set to 22:00 speaks at 06:30 on the next allowed day."""
    assert hold(at(5, 22), REST, at=time(22)) == at(6, 6, 30)


def test_quiet_hours_can_be_at_noon_or_not_at_all() -> None:
    """Quiet hours within a day hold until their end; equal times mean none."""
    noon = RestCalendar(quiet_from=time(11, 30), quiet_to=time(13, 30))
    assert hold(at(5, 12), noon) == at(5, 13, 30)
    assert hold(at(5, 23), noon) == at(5, 23)
    never = RestCalendar(quiet_from=time(0), quiet_to=time(0))
    assert hold(at(5, 0), never) == at(5, 0)


def test_lateness_is_allowed_up_to_its_limit() -> None:
    """Exactly the allowed lateness is still in time."""
    planned = Planned("T-1", at(30, 8))
    assert not is_late(planned, now=at(30, 20), allowed=HALF_A_DAY)
    assert is_late(planned, now=at(30, 20) + timedelta.resolution, allowed=HALF_A_DAY)


def test_a_late_step_is_not_said_at_night() -> None:
    """A step that comes late into the quiet hours waits for the morning, unless that is too late for it."""
    due = at(31, 23, 59)
    planned = Planned("T-1", at(30, 19))
    facts = {"due_at": due, "rest": REST}
    assert say_at(planned, now=at(30, 20), allowed=HALF_A_DAY, **facts) == at(30, 20)  # type: ignore[arg-type]
    assert say_at(planned, now=at(30, 23), allowed=HALF_A_DAY, **facts) == at(31, 6, 30)  # type: ignore[arg-type]
    assert say_at(planned, now=at(30, 23), allowed=timedelta(hours=6), **facts) is None  # type: ignore[arg-type]
    last = Planned("T-0", at(31, 19))
    assert say_at(last, now=at(31, 22), allowed=HALF_A_DAY, **facts) is None  # type: ignore[arg-type]


def test_a_downtime_over_several_steps_hides_none_of_them() -> None:
    """Back an hour after the last but one step, what was missed before it is named, and that step is still said."""
    facts = {"due_at": at(31, 23, 59), "ladder": ROUND, "rest": REST, "opened_at": at(5)}
    stored = Planned("T-7", at(24, 19))
    *missed, last = due_steps(stored, now=at(30, 20), **facts)  # type: ignore[arg-type]
    assert read((*missed,)) == ["T-7 24/03 19:00", "T-3 28/03 19:00"]
    assert last == Planned("T-1", at(30, 19))
    assert say_at(last, now=at(30, 20), due_at=at(31, 23, 59), rest=REST, allowed=HALF_A_DAY) == at(30, 20)
    assert due_steps(stored, now=at(24, 19), **facts) == (stored,)  # type: ignore[arg-type]


def test_a_tick_that_comes_early_waits_for_the_step() -> None:
    """A step is never said before its instant."""
    planned = Planned("T-1", at(30, 19))
    assert say_at(planned, now=at(30, 18), due_at=at(31, 23, 59), rest=REST, allowed=HALF_A_DAY) == at(30, 19)


def test_remind_me_later() -> None:
    """Tomorrow at the set time of day, after Tết when it falls into it, and not at all after the deadline."""
    facts = {"at": EIGHT, "rest": REST}
    assert snoozed_until(now=at(5, 15), days=1, due_at=at(31), **facts) == at(6)  # type: ignore[arg-type]
    assert snoozed_until(now=at(2, 15, month=2), days=3, due_at=at(31), **facts) == at(11, month=2)  # type: ignore[arg-type]
    assert snoozed_until(now=at(30, 15), days=3, due_at=at(31, 23, 59), **facts) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [(3, 3), (1, 3), (None, None), (3, None), (-1,)])
def test_a_ladder_goes_one_way(days: tuple[int | None, ...]) -> None:
    """Steps out of order, said twice or after the deadline are refused."""
    with pytest.raises(ValueError, match="ladder"):
        Ladder(tuple(Rung(day, EIGHT) for day in days), HALF_A_DAY)


days_of_2027 = st.dates(date(2027, 1, 1), date(2027, 12, 31))
instants = st.timedeltas(timedelta(), timedelta(days=500)).map(datetime(2026, 11, 1, tzinfo=UTC).__add__)
rests = st.builds(
    RestCalendar, quiet_from=st.times(), quiet_to=st.times(), rest_days=st.frozensets(days_of_2027, max_size=60)
)
ladders = st.builds(
    lambda days, times, opens: Ladder(
        (*((Rung(None, EIGHT),) if opens else ()), *map(Rung, sorted(days, reverse=True), times)), HALF_A_DAY
    ),
    st.frozensets(st.integers(0, 40), max_size=8),
    st.lists(st.times(), min_size=8, max_size=8),
    st.booleans(),
)


@given(due_at=instants, opened_at=st.none() | instants, ladder=ladders, rest=rests, after=instants)
def test_stepping_always_ends(
    due_at: datetime, opened_at: datetime | None, ladder: Ladder, rest: RestCalendar, after: datetime
) -> None:
    """From any instant each step is later than the one before, allowed, before the deadline, never before its own
    time; no step comes twice, they keep the ladder's order, and after at most all of them there is none."""
    said: list[Planned] = []
    at_instant = after
    while (
        planned := next_step(due_at=due_at, ladder=ladder, rest=rest, opened_at=opened_at, after=at_instant)
    ) is not None:
        assert at_instant < planned.at < due_at
        assert rest.allows(planned.at)
        assert opened_at is None or planned.at >= opened_at
        said.append(planned)
        at_instant = planned.at
        assert len(said) <= len(ladder.rungs)
    order = [rung.step for rung in ladder.rungs if rung.step in {one.step for one in said}]
    assert [one.step for one in said] == order


@given(instants, rests, st.none() | st.times())
def test_holding_finds_an_allowed_instant_and_stays_there(instant: datetime, rest: RestCalendar, wake: time) -> None:
    """A held instant is allowed, not earlier, and held again it is the same."""
    held = hold(instant, rest, at=wake)
    assert held >= instant
    assert rest.allows(held)
    assert hold(held, rest, at=wake) == held


@given(instants, rests, st.integers(0, 10**6))
def test_without_a_time_of_day_the_held_instant_is_the_first_allowed(
    instant: datetime, rest: RestCalendar, seconds: int
) -> None:
    """Nothing between the wanted and the held instant is allowed."""
    held = hold(instant, rest)
    between = instant + timedelta(seconds=seconds)
    assert between >= held or not rest.allows(between)
