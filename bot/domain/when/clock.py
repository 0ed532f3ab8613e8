"""From phrases to the time of day that they mean."""

from collections.abc import Sequence
from datetime import time

from bot.domain.when.answer import FaultKind, WhenFault
from bot.domain.when.phrases import Clock, DayPart, InPart, Phrase

_AS_SAID = {hour: hour for hour in range(24)}
_HOURS = {
    None: _AS_SAID,
    DayPart.AM: {12: 0} | {hour: hour for hour in range(1, 12)},
    DayPart.PM: {12: 12} | {hour: hour + 12 for hour in range(1, 12)} | {hour: hour for hour in range(13, 24)},
    DayPart.MORNING: {hour: hour for hour in range(12)},
    DayPart.NOON: {10: 10, 11: 11, 12: 12, 1: 13, 2: 14, 13: 13, 14: 14},
    DayPart.AFTERNOON: {12: 12} | {hour: hour + 12 for hour in range(1, 8)} | {hour: hour for hour in range(13, 20)},
    DayPart.EVENING: {hour: hour + 12 for hour in range(5, 12)} | {hour: hour for hour in range(17, 24)},
    DayPart.NIGHT: {hour: hour for hour in range(1, 6)}
    | {hour: hour + 12 for hour in range(7, 12)}
    | {hour: hour for hour in range(19, 24)},
}
"""What an hour means in each part of the day. An hour that is not there is a contradiction ("15h sáng")."""

_DARK = frozenset({None, DayPart.MORNING, DayPart.EVENING, DayPart.NIGHT})


def time_of(phrases: Sequence[Phrase], *, part: DayPart | None = None) -> time | DayPart | WhenFault | None:
    """The one time that all phrases agree on; the part of the day when no hour was said; None when neither was.

    `part` was said before, and counts if none is said now. Faults: see `FaultKind`.
    """
    parts = list(dict.fromkeys(phrase.part for phrase in phrases if isinstance(phrase, InPart)))
    if len(parts) > 1:
        return WhenFault(kind=FaultKind.NOT_UNDERSTOOD)
    part_said = next((f" {phrase.said}" for phrase in phrases if isinstance(phrase, InPart)), "")
    part = parts[0] if parts else part
    clocks = [phrase for phrase in phrases if isinstance(phrase, Clock)]
    if not clocks:
        return part
    times = list(dict.fromkeys(_time(clock, part, said=clock.said + part_said) for clock in clocks))
    fault = next((found for found in times if isinstance(found, WhenFault)), None)
    if fault or len(times) == 1:
        return fault or times[0]
    return WhenFault(kind=FaultKind.AMBIGUOUS, times=tuple(found for found in times if isinstance(found, time)))


def _time(clock: Clock, part: DayPart | None, *, said: str) -> time | WhenFault:
    hour: int | None = clock.hour
    if clock.part is not None:
        hour = _HOURS[clock.part].get(clock.hour)
    if hour in {0, 12, 24} and hour not in _HOURS[part] and part in _DARK and clock.minute < 60:
        return WhenFault(kind=FaultKind.MIDNIGHT, said=said)
    hour = None if hour is None else _HOURS[part].get(hour)
    if hour is None or clock.minute > 59 or clock.before > 59:
        return WhenFault(kind=FaultKind.NO_SUCH_TIME, said=said)
    minutes = hour * 60 + clock.minute - clock.before
    if minutes < 0:
        return WhenFault(kind=FaultKind.MIDNIGHT, said=said)
    at = time(minutes // 60, minutes % 60)
    if part is clock.part is None and 1 <= clock.hour <= 5 and not clock.exact:
        return WhenFault(kind=FaultKind.AMBIGUOUS, times=(at, at.replace(hour=at.hour + 12)))
    return at
