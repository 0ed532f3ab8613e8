"""How fast an account and a chat may be spoken to: pure rules over seconds, kept rows are storage/lanes.py's.

**Places.** An account's pace is a line of places, one every interval (the generic cell rate algorithm). A sender takes
places ahead for a whole batch; the next free one is a kept row, so that several senders share the line. A place may be
used a little late (`GAP`) and not later, and where another sender took the places before, `GAP` is left free after
them: so what one says late never meets what the other says in time.

**Window.** Places alone do not hold "no more than 30 in any second": what is said late comes closer to what follows.
So a sender also remembers when it said its last 30, and says no more before the first of them is a second old, as the
messenger may have seen it: what took longer than usual to be answered may also have arrived later.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

GAP = 0.1
"""Seconds that a place may be used late, and that stay free where senders change."""
AHEAD = 1.0
"""Seconds for which places are taken at once."""
MOST_AHEAD = 128
"""And never more places than these."""
SLACK = 0.001
"""Seconds by which the window is longer than the messenger's own: clocks differ, and timers are coarse."""
DOUBT = 0.25
"""The most seconds that an answer which took longer than usual adds to the window."""
FORGETTING = 1.001
"""What was fastest counts a little less with every answer, so that it is learnt when a connection has become slower."""
TOGETHER = 3
TOGETHER_SECONDS = 0.07
"""What nobody waits for goes out a few at once, each in its own place or so much after it: waking up for every single
one costs more than saying it."""
SPARE = 1.0015
"""The places lie this much farther apart than the limit: a line that fell behind a little catches up."""
_CLOCK_WENT_BACK = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """One every `interval` seconds; up to `burst` at once after a pause."""

    interval: float
    burst: int = 1

    @property
    def tolerance(self) -> float:
        """How much earlier than its turn one may come."""
        return (self.burst - 1) * self.interval

    def free_after(self, free_at: float | None, at: float) -> float:
        """From when on the next one may be said, when one was said at `at` and it was free from `free_at` on."""
        behind = at if free_at is None else max(at, free_at + self.tolerance)
        return behind + self.interval - self.tolerance


def ahead(per_second: float) -> int:
    """How many places are taken at once."""
    return max(1, min(MOST_AHEAD, round(per_second * AHEAD)))


def places(
    next_at: float | None, *, now: float, per_second: float, count: int, ours: bool, delay: float = 0.0
) -> Sequence[float]:
    """The next free places of an account's line, whose first free one is `next_at`. `ours`: whoever asks took the
    places before; `delay`: it has none to say before so many seconds.

    A line that is far ahead of the time means that the clock went back: then it begins anew."""
    interval = SPARE / per_second
    first = now + delay
    if next_at is not None and next_at - now < _CLOCK_WENT_BACK + MOST_AHEAD * interval:
        first = max(first, next_at if ours else next_at + GAP)
    return [first + number * interval for number in range(count)]


def behind(last: float, *, per_second: float) -> float:
    """The first free place after this one."""
    return last + SPARE / per_second


def still_closed(since: float, until: float, now: float) -> float | None:
    """Until when an account is closed that was closed at `since` until `until`; None: it is open. A clock that went
    back makes nobody wait longer than was asked."""
    if now < since:
        return now + (until - since) if since - now > _CLOCK_WENT_BACK else until
    return until if now < until else None


@dataclass(slots=True)
class Saying:
    """One message on its way, and from when on it does not count any more."""

    began: float
    over: float


@dataclass(slots=True)
class Window:
    """What this sender said in the last second (or, where the limit is less than one a second, in the time of one).
    Times are seconds of a clock that never goes back."""

    per_second: float
    _count: int = field(init=False)
    _length: float = field(init=False)
    _said: deque[Saying] = field(init=False)
    _fastest: float = field(default=60.0, init=False)
    _answered: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._count = max(1, int(self.per_second))
        self._length = self._count / self.per_second + SLACK
        self._said = deque(maxlen=self._count)

    def free_at(self, count: int = 1) -> float:
        """When so many more messages may be said at once, as far as this window knows."""
        over = len(self._said) + count - self._count
        return max((saying.over for saying in islice(self._said, over)), default=0.0) if over > 0 else 0.0

    def begin(self, now: float) -> Saying:
        """A message is being said. As long as it is not answered, it may arrive rather late."""
        saying = Saying(now, now + self._length + DOUBT)
        self._said.append(saying)
        return saying

    def end(self, saying: Saying, now: float) -> None:
        """It was answered."""
        took = now - saying.began
        self._fastest = min(took, self._fastest * FORGETTING)
        self._answered += 1
        # As long as few were answered, it is not known how fast the messenger is: the first take the longest.
        usual = self._fastest if self._answered > self._count else 0.0
        saying.over = saying.began + self._length + min(took - usual, DOUBT)


class Line:
    """When one sender may speak: the places that it took in the account's line, and its own window."""

    def __init__(self, per_second: float) -> None:
        self._window = Window(per_second)
        self._places: deque[float] = deque()

    def __len__(self) -> int:
        return len(self._places)

    def take(self, places: Iterable[float]) -> None:
        """These are this sender's, behind those that it has."""
        self._places.extend(places)

    def give_up(self) -> None:
        """It has nothing to say in them."""
        self._places.clear()

    def are_left(self, now: float) -> bool:
        """Whether there is a place that has not gone by."""
        while self._places and self._places[0] + GAP < now:
            self._places.popleft()
        return bool(self._places)

    def delay(self, now: float) -> float:
        """Seconds in which nothing may be said, whatever the places."""
        return max(0.0, self._window.free_at() - now)

    def together(self, most: int) -> int:
        """How many of so many messages are said at once in the next places."""
        near = self._places[0] + TOGETHER_SECONDS
        return min(most, sum(1 for place in islice(self._places, TOGETHER) if place <= near))

    def next_at(self, count: int = 1) -> float:
        """When so many messages may be said together. There are places for them."""
        return max(self._places[count - 1], self._window.free_at(count))

    def begin(self, now: float) -> Saying:
        """A message is being said in the next place."""
        self._places.popleft()
        return self._window.begin(now)

    def end(self, saying: Saying, now: float) -> None:
        """It was answered."""
        self._window.end(saying, now)
