"""How fast an account and a chat may be spoken to."""

from hypothesis import given
from hypothesis import strategies as st

from bot.pace import ChatPaces, Pace


def test_places_are_handed_out_one_after_the_other() -> None:
    """Who asks at the same instant waits one interval longer each; after a pause nobody waits."""
    pace = Pace(0.5)
    assert [pace.reserve(100.0) for _ in range(3)] == [0.0, 0.5, 1.0]
    assert pace.reserve(100.75) == 0.75
    assert pace.reserve(200.0) == 0.0


def test_a_burst_is_allowed_after_a_pause() -> None:
    """Three at once, then one an interval; the burst comes back with time."""
    pace = Pace(1.0, burst=3)
    assert [pace.reserve(100.0) for _ in range(5)] == [0.0, 0.0, 0.0, 1.0, 2.0]
    assert pace.reserve(103.0) == 0.0
    assert pace.reserve(103.0) == 1.0


@given(steps=st.lists(st.floats(0, 3), min_size=1, max_size=60), burst=st.integers(1, 5))
def test_in_no_stretch_of_time_are_there_more_than_allowed(steps: list[float], burst: int) -> None:
    """Whenever people ask, any `burst + n` messages in a row take at least `n` intervals."""
    pace, now, spoken = Pace(1.0, burst), 1000.0, []
    for step in steps:
        now += step
        spoken.append(now + pace.reserve(now))
    for first, later in zip(spoken, spoken[burst:], strict=False):
        assert later - first >= 1.0 - 1e-6


def test_chats_keep_their_paces_apart_and_idle_ones_are_forgotten() -> None:
    """One chat's haste is not another's, and the memory of chats does not grow for ever."""
    paces = ChatPaces(1.0, 1)
    assert (paces.reserve("an", 0.0), paces.reserve("an", 0.0), paces.reserve("binh", 0.0)) == (0.0, 1.0, 0.0)
    for number in range(5000):
        assert paces.reserve(f"c{number}", 10.0 + number) == 0.0
    assert len(paces._paces) <= 1001
    assert paces.reserve("c4999", 5009.0) == 1.0
