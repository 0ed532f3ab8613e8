"""The grammar of hours: each rule looks for one way of saying a time of day at one place of the text."""

from dataclasses import replace

from bot.domain.when.days import counted, dated
from bot.domain.when.phrases import Clock, DayPart, Found, InPart
from bot.domain.when.tokens import CIRCUMFLEX, HOUR_WORDS, Tokens

_MINUTE = frozenset({"p", "ph", "phut"})
_PARTS = {
    "sang": DayPart.MORNING,
    "trua": DayPart.NOON,
    "chieu": DayPart.AFTERNOON,
    "toi": DayPart.EVENING,
    "dem": DayPart.NIGHT,
}
_HALVES = {"am": DayPart.AM, "sa": DayPart.AM, "pm": DayPart.PM, "ch": DayPart.PM}


def clock(t: Tokens, at: int) -> Found:
    """An hour: "19h30", "19 giờ 30 phút", "19:30", "7 rưỡi", "7h kém 15", "7 tối", "7:30 CH", "nửa đêm"."""
    if t.word(at) == "nua" and t.word(at + 1) == "dem":
        return Clock(hour=24, said=t.said(at, at + 2)), at + 2
    if (found := _signed(t, at) or _worded(t, at)) is None:
        return None
    hour, end = found
    if half := _half(t, end):
        hour, end = replace(hour, part=half), end + 1
    exact = len(t.word(at)) == 2 and t.word(at).startswith("0")
    return replace(hour, exact=exact, said=t.said(at, end)), end


def part(t: Tokens, at: int) -> Found:
    """A part of the day: "sáng", "trưa", "chiều", "tối", "đêm"."""
    found = _part_of_day(t, at)
    return None if found is None else (InPart(part=found, said=t.said(at, at + 1)), at + 1)


def _signed(t: Tokens, at: int) -> tuple[Clock, int] | None:
    """Hour and minute with a sign between; seconds, as in a copied date, say nothing."""
    hour, minute = t.digits(at), t.digits(at + 2, most=4)
    if hour is None or minute is None or not (t.word(at + 1) == ":" or t.is_dotted_time(at)):
        return None
    seconds = t.word(at + 3) == ":" and t.digits(at + 4) is not None
    return Clock(hour=hour, minute=minute), at + (5 if seconds else 3)


def _worded(t: Tokens, at: int) -> tuple[Clock, int] | None:
    if (number := t.number(at)) is None:
        return None
    hour, end = Clock(hour=number[0]), number[1]
    if t.word(end) in HOUR_WORDS:
        return _minutes(t, end + 1, hour)
    if t.word(end) in {"ruoi", "kem"}:
        return _minutes(t, end, hour)
    if t.digits(at) is not None and (_half(t, end) or _part_of_day(t, end)):
        return hour, end
    return None


def _minutes(t: Tokens, at: int, hour: Clock) -> tuple[Clock, int]:
    """The hour with what follows it: a half, minutes, minutes taken off, or nothing."""
    if t.word(at) == "ruoi":
        return replace(hour, minute=30), at + 1
    before = t.word(at) == "kem"
    if (number := t.number(at + before, most=4)) is None:
        return hour, at
    value, end = number
    named = t.word(end) in _MINUTE
    if before:
        return replace(hour, before=value), end + named
    if named or (t.glued(at) and t.word(end) != "/") or _can_be_minute(t, at, value=value, end=end):
        return replace(hour, minute=value), end + named
    return hour, at


def _can_be_minute(t: Tokens, at: int, *, value: int, end: int) -> bool:
    """Whether a number that stands apart from the hour is its minute, and does not begin something else."""
    small_word = value < 10 and not t.word(at).isdecimal()
    return not (small_word or t.is_hour(end - 1) or counted(t, at) or dated(t, at))


def _part_of_day(t: Tokens, at: int) -> DayPart | None:
    return None if t.is_next(at) else _PARTS.get(t.word(at))


def _half(t: Tokens, at: int) -> DayPart | None:
    lunar = t.word(at) == "am" and (CIRCUMFLEX in t.marks(at) or t.word(at + 1) == "lich")
    return None if lunar else _HALVES.get(t.word(at))
