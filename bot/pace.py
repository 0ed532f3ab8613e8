"""How fast an account may speak: the generic cell rate algorithm, exact, without bursts unless allowed.

Each `reserve` takes the next free place in time and says how long to wait for it, so many senders in one
process share it fairly. Times are seconds of the clock.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """A line with a place every `interval` seconds; up to `burst` places may be taken at once after a pause."""

    interval: float
    burst: int = 1
    _next: float = field(default=0.0, init=False)

    def reserve(self, now: float) -> float:
        """Take the next place; the seconds to wait for it."""
        earliest = self._next - (self.burst - 1) * self.interval
        self._next = max(self._next, now) + self.interval
        return max(0.0, earliest - now)

    def is_idle(self, now: float) -> bool:
        """Whether forgetting this line would change nothing."""
        return self._next <= now


@dataclass(slots=True)
class ChatPaces:
    """A pace for every chat that was spoken to lately; idle ones are forgotten."""

    interval: float
    burst: int
    _paces: dict[str, Pace] = field(default_factory=dict, init=False)

    def reserve(self, chat: str, now: float) -> float:
        """Take the chat's next place; the seconds to wait for it."""
        if len(self._paces) > 1000:
            self._paces = {key: pace for key, pace in self._paces.items() if not pace.is_idle(now)}
        return self._paces.setdefault(chat, Pace(self.interval, self.burst)).reserve(now)
