"""Telling people about a meeting: the notice, a change, the cancellation; each in words of their own, each once.

What waits for the end of the quiet hours when something changes is not said any more. So whoever has heard nothing
yet gets one notice, as it is now, and whoever has is told what differs from what they heard. Who has heard nothing of
a meeting hears nothing of its cancellation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat import Choice, Message, Priority
from bot.domain.ids import PersonId
from bot.domain.meeting import changes, notice_at
from bot.texts import meeting_notice as texts
from handlers.meeting_guests import Guest, cell_name, guests_of
from handlers.turn import Act
from storage import meeting_replies, meetings, outbox
from storage.addresses import reach_many
from storage.meetings import Meeting, batch_of

YES = "meeting-yes"
NO = "meeting-no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom words would reach, and the names of those they would not."""

    members: int
    above: int
    unreachable: Sequence[str]

    @property
    def count(self) -> int:
        """How many in all."""
        return self.members + self.above


def reach_of(guests: Sequence[Guest]) -> Reach:
    """Whom of these words would reach."""
    reachable = [guest for guest in guests if guest.reachable]
    return Reach(
        members=sum(not guest.above for guest in reachable),
        above=sum(guest.above for guest in reachable),
        unreachable=[guest.apart for guest in guests if not guest.reachable],
    )


def answer_choices(found: Meeting) -> tuple[Choice, ...]:
    """The buttons to answer; they carry the version, so that an old one can say that the time has changed."""
    here = f"{found.id}:{found.version}"
    return Choice(texts.PRESENT, f"{YES}:{here}"), Choice(texts.EXCUSED, f"{NO}:{here}")


def said_at(act: Act, starts_at: datetime) -> datetime:
    """When words about a meeting with this start are said."""
    return notice_at(now=act.now, starts_at=starts_at, rest=act.house.content.calendar.rest)


def waits_until(act: Act, starts_at: datetime) -> datetime | None:
    """Until when the quiet hours hold words about it back; None: they do not."""
    at = said_at(act, starts_at)
    return at if at > act.now else None


async def tell_called(act: Act, found: Meeting) -> Reach:
    """The notice of a new meeting."""
    guests = await guests_of(act.tx, found.unit_id)
    cell = await cell_name(act.tx, found)
    await _tell(act, found, {guest.person_id: _notice(found, guest, cell) for guest in guests}, key=found.batch)
    return reach_of(guests)


async def tell_changed(act: Act, found: Meeting) -> Reach:
    """What has changed, to who has heard of the meeting; the notice as it is now, to who has not."""
    guests = await guests_of(act.tx, found.unit_id)
    cell = await cell_name(act.tx, found)
    heard = await meeting_replies.heard_of(act.tx, found)
    plans = await meetings.plans_of(act.tx, found)
    await _silence(act, found)
    words = {}
    for guest in guests:
        version = heard.get(guest.person_id)
        changed = changes(plans[version], found.plan) if version else ()
        if version is None or not changed:
            words[guest.person_id] = _notice(found, guest, cell)
            continue
        words[guest.person_id] = texts.change(
            plans[version],
            found.plan,
            changed=changed,
            name=guest.name,
            cell=cell,
            above=guest.above,
            asks_again=version < found.asked_version,
            choices=answer_choices(found),
        )
    await _tell(act, found, words, key=found.batch)
    return reach_of(guests)


async def told_of(act: Act, found: Meeting) -> Sequence[Guest]:
    """Who is invited, has heard of the meeting, and can be reached."""
    heard = await meeting_replies.heard_of(act.tx, found)
    return [guest for guest in await guests_of(act.tx, found.unit_id) if guest.reachable and guest.person_id in heard]


async def tell_cancelled(act: Act, found: Meeting) -> int:
    """The cancellation; to how many."""
    told = await told_of(act, found)
    cell = await cell_name(act.tx, found)
    await _silence(act, found)
    words = {guest.person_id: texts.cancelled(found.plan, name=guest.name, cell=cell) for guest in told}
    await _tell(act, found, words, key=f"meeting:{found.id}:cancelled")
    return len(told)


def about(found: Meeting) -> str:
    """What a message about the meeting asks: see `bot.chat.Message.about`."""
    return f"meeting:{found.id}"


def _notice(found: Meeting, guest: Guest, cell: str) -> Message:
    return texts.notice(found.plan, name=guest.name, cell=cell, above=guest.above, choices=answer_choices(found))


async def _silence(act: Act, found: Meeting) -> None:
    """What still waits to be said about any version is not said."""
    for version in range(1, found.version + 1):
        await outbox.cancel_batch(act.tx, batch_of(found.id, version))


async def _tell(act: Act, found: Meeting, words: Mapping[PersonId, Message], *, key: str) -> None:
    """Say to each their words, as far as they can be reached; nothing after the meeting has begun."""
    at = said_at(act, found.starts_at)
    for person, address in (await reach_many(act.tx, list(words))).items():
        act.letters.append(
            outbox.Letter(
                address=address,
                message=replace(words[person], about=about(found)),
                person_id=person,
                priority=Priority.NOTICE,
                unique_key=f"{key}:{person}",
                batch=found.batch,
                due_at=at,
                expires_at=found.starts_at,
            )
        )
