"""How fast an account and a chat may be spoken to."""

from hypothesis import given
from hypothesis import strategies as st

from bot.outgoing import Terms
from bot.pace import DOUBT, GAP, SPARE, Pace, Window, behind, places, still_closed
from tests.storage.letters import PLAIN

RATE = 30.0


def taken(next_at: float | None, now: float, count: int = 1, *, ours: bool = True, delay: float = 0.0) -> list[float]:
    """Places of a line of thirty a second."""
    return list(places(next_at, now=now, per_second=RATE, count=count, ours=ours, delay=delay))


def test_places_lie_one_interval_apart() -> None:
    """Who takes a batch takes the next free places; after a pause the first is now."""
    first = taken(None, 100.0, 3)
    assert [round(at, 4) for at in first] == [100.0, round(100 + SPARE / RATE, 4), round(100 + 2 * SPARE / RATE, 4)]
    free = behind(first[-1], per_second=RATE)
    assert taken(free, 100.0)[0] == free
    assert taken(free, 200.0) == [200.0]


def test_where_senders_change_a_gap_is_left() -> None:
    """What the first says late does not meet what the second says in time; after a pause nobody waits."""
    assert taken(101.0, 100.0, ours=False)[0] == 101.0 + GAP
    assert taken(101.0, 105.0, ours=False) == [105.0]


def test_a_clock_that_went_back_stops_nobody() -> None:
    """A line that lies two days ahead was written by a clock that has been set back since."""
    assert taken(100.0 + 2 * 86_400, 100.0) == [100.0]
    assert still_closed(100.0 + 86_400, 130.0 + 86_400, 100.0) == 130.0
    assert still_closed(100.0, 130.0, 129.9) == 130.0
    assert still_closed(100.0, 130.0, 130.0) is None


@given(
    late=st.lists(st.floats(0, GAP), min_size=40, max_size=90),
    batches=st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=8),
)
def test_two_senders_that_are_late_never_exceed_the_limit_together(
    late: list[float], batches: list[tuple[int, bool]]
) -> None:
    """However two senders take turns, and however late each says what it has (within `GAP`, and within its own window):
    in no second are there more than thirty."""
    said: list[float] = []
    windows = {True: Window(RATE), False: Window(RATE)}
    next_at, before, lateness = None, None, iter(late * 10)
    for count, sender in batches:
        mine = taken(next_at, 1000.0, count, ours=sender is before)
        next_at, before = behind(mine[-1], per_second=RATE), sender
        for place in mine:
            at = max(place + next(lateness), windows[sender].free_at())
            if at <= place + GAP:
                windows[sender].end(windows[sender].begin(at), at)
                said.append(at)
    said.sort()
    for first, later in zip(said, said[30:], strict=False):
        assert later - first >= 1.0 - 1e-9


@given(
    answers=st.lists(
        st.tuples(st.floats(0, 0.2), st.lists(st.floats(0.001, 0.05), min_size=1, max_size=3)), min_size=31, max_size=90
    )
)
def test_a_sender_alone_never_says_more_than_allowed(answers: list[tuple[float, list[float]]]) -> None:
    """Whatever its own pauses are, and however many it says at once: any 31 messages in a row take longer than a
    second."""
    window, now, said = Window(RATE), 50.0, []
    for pause, takes in answers:
        now = max(now + pause / 100, window.free_at(len(takes)))
        for saying, took in [(window.begin(now), took) for took in takes]:
            said.append(now)
            window.end(saying, now + took)
    for first, later in zip(said, said[30:], strict=False):
        assert later - first > 1.0


def test_what_was_answered_late_may_have_arrived_late() -> None:
    """The window counts it from when it may have arrived; while nothing is known, from a little later."""
    window = Window(1.0)
    window.end(window.begin(10.0), 10.01)
    assert round(window.free_at(), 2) == 11.01
    window.end(window.begin(12.0), 12.01)
    assert round(window.free_at(), 2) == 13.0
    window.end(window.begin(14.0), 14.04)
    assert round(window.free_at(), 2) == 15.03
    window.begin(16.0)
    assert round(window.free_at(), 2) == 17.0 + DOUBT


@given(steps=st.lists(st.floats(0, 3), min_size=1, max_size=60), burst=st.integers(1, 5))
def test_in_no_stretch_of_time_does_a_chat_get_more(steps: list[float], burst: int) -> None:
    """Whenever there is something to say, any `burst + n` messages in a row take at least `n` intervals."""
    pace, now, free, spoken = Pace(1.0, burst), 1000.0, None, []
    for step in steps:
        now = max(now + step, free or 0.0)
        spoken.append(now)
        free = pace.free_after(free, now)
    for first, later in zip(spoken, spoken[burst:], strict=False):
        assert later - first >= 1.0 - 1e-6


def test_a_group_hears_less_than_a_person() -> None:
    """Twenty a minute: after a burst, one every few seconds, and never a twenty-first within the minute."""
    can = PLAIN.__class__(
        buttons=True, edit=True, files=True, text_limit=1, chat_seconds=1.0, group_per_minute=20, is_group=is_group
    )
    terms = Terms(account="one", sender="a sender", can=can)
    pace = terms.chat_pace("-100")
    assert pace is not None and terms.chat_pace("100") == Pace(1.0, 3)
    now, free, spoken = 0.0, None, []
    while now < 300:
        now = max(now, free or 0.0)
        spoken.append(now)
        free = pace.free_after(free, now)
    for first, later in zip(spoken, spoken[20:], strict=False):
        assert later - first >= 60.0


def is_group(chat: str) -> bool:
    """As Telegram numbers groups."""
    return chat.startswith("-")
