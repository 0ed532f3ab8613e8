"""A committee's calendar: when rounds open, how people are reminded, and when nobody is."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import assert_never

from bot.domain.edition import Edition
from bot.domain.reminder import Ladder, RestCalendar
from bot.domain.rounds import RoundRule


class ReminderKind(StrEnum):
    """What a reminder is about: a kind of round (the same words as `RoundKind`), or a meeting."""

    PLEDGE = "pledge"
    SELF_REPORT = "self_report"
    REVIEW = "review"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True)
class Snooze:
    """How long somebody may put a reminder off: the choices in days, and the time of day at which it comes back."""

    days: tuple[int, ...]
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The rules of the year. A kind of round without a rule does not open by itself."""

    rounds: tuple[RoundRule, ...]
    pledge: Ladder
    self_report: Ladder
    review: Ladder
    meeting: Ladder
    rest: RestCalendar
    snooze: Snooze
    edition: Edition

    def ladder(self, kind: ReminderKind) -> Ladder:
        """The ladder for this kind of reminder."""
        match kind:
            case ReminderKind.PLEDGE:
                return self.pledge
            case ReminderKind.SELF_REPORT:
                return self.self_report
            case ReminderKind.REVIEW:
                return self.review
            case ReminderKind.MEETING:
                return self.meeting
            case _:
                assert_never(kind)
