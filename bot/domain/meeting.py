"""A cell's meeting before it begins: its notice, what is worth a second look, and who answers until when.

The notice goes to the members who are asked and to the upper-level members in charge of the cell (Hướng dẫn
42-HD/BTCTW). Replies are taken until the meeting starts; the newest of a person counts. When the time changes,
everybody is asked again, and what was said for the old time does not count for the new one. Members in charge answer
too, and are never counted among the members.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import local
from bot.domain.ids import PersonId
from bot.domain.reminder import Ladder, Planned, RestCalendar, hold, next_step

PLACE_LIMIT = 200
AGENDA_LIMIT = 1500
REASON_LIMIT = 300
"""Characters of what is written in words of one's own."""

AT_ONCE = timedelta(hours=24)
"""What would be said later than this before the start does not wait for the end of the quiet hours."""

BREATH = timedelta(hours=6)
"""No reminder follows sooner upon the notice."""


class MeetingKind(StrEnum):
    """The kinds of meetings; a thematic one never replaces the regular one of the month."""

    REGULAR = "regular_meeting"
    THEMATIC = "thematic_meeting"


class Answer(StrEnum):
    """What somebody says to the notice."""

    PRESENT = "present"
    EXCUSED = "excused"


class Item(StrEnum):
    """What of a meeting can change."""

    TIME = "time"
    PLACE = "place"
    AGENDA = "agenda"


class Concern(StrEnum):
    """What is worth a second look before a notice goes out. None of them forbids it."""

    SAME_DAY = "same_day"
    REST_DAY = "rest_day"
    SHORT_NOTICE = "short_notice"


class Closed(StrEnum):
    """Why nothing is taken for a meeting any more."""

    CANCELLED = "cancelled"
    STARTED = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a notice says."""

    kind: MeetingKind
    starts_at: datetime
    place: str
    agenda: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How the members have answered."""

    present: int
    excused: int
    waiting: int

    @property
    def asked(self) -> int:
        """How many were asked."""
        return self.present + self.excused + self.waiting


def changes(old: Plan, new: Plan) -> tuple[Item, ...]:
    """What is different, in the order of a notice."""
    pairs = (
        (Item.TIME, old.starts_at != new.starts_at),
        (Item.PLACE, old.place != new.place),
        (Item.AGENDA, old.agenda != new.agenda),
    )
    return tuple(item for item, differs in pairs if differs)


def closed(*, starts_at: datetime, cancelled_at: datetime | None, now: datetime) -> Closed | None:
    """Why neither replies nor changes are taken any more; None: they are."""
    if cancelled_at is not None:
        return Closed.CANCELLED
    return Closed.STARTED if starts_at <= now else None


def customary_days(ladder: Ladder) -> int:
    """How many days before a meeting its notice is customary: as far ahead as the first reminder."""
    return max((rung.days_before or 0 for rung in ladder.rungs), default=0)


def concerns(
    *, starts_at: datetime, now: datetime, ladder: Ladder, rest: RestCalendar, same_day: bool
) -> tuple[Concern, ...]:
    """What is worth a second look. `same_day`: the cell has another meeting on that day."""
    day = local(starts_at).date()
    pairs = (
        (Concern.SAME_DAY, same_day),
        (Concern.REST_DAY, day in rest.rest_days),
        (Concern.SHORT_NOTICE, (day - local(now).date()).days < customary_days(ladder)),
    )
    return tuple(concern for concern, is_so in pairs if is_so)


def notice_at(*, now: datetime, starts_at: datetime, rest: RestCalendar) -> datetime:
    """When words about a meeting are said: now, or after the quiet hours and days of rest, unless that leaves less
    than `AT_ONCE` to the start."""
    held = hold(now, rest)
    return held if held <= starts_at - AT_ONCE else now


def reminder_after(*, told_at: datetime, starts_at: datetime, ladder: Ladder, rest: RestCalendar) -> Planned | None:
    """The first reminder after words that are said at `told_at`; None when the start is too near."""
    return next_step(due_at=starts_at, ladder=ladder, rest=rest, after=told_at + BREATH)


def tally(asked: Iterable[PersonId], answers: Mapping[PersonId, Answer]) -> Tally:
    """Count who is asked now, and nobody else, by the answers that count."""
    said = [answers.get(person) for person in asked]
    return Tally(present=said.count(Answer.PRESENT), excused=said.count(Answer.EXCUSED), waiting=said.count(None))
