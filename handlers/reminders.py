"""Reminders to members: of the pledge and of the self-report, only to who is still missing now.

Who has asked to be reminded later ("nhắc lại sau") is left in peace until then. A step that was missed is told to the
secretaries of the cells in which somebody is still missing, and to nobody else.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Choice, Message, Priority
from bot.domain.calendar import ReminderKind
from bot.domain.ids import PersonId, RoundId, SnoozeId, UnitId
from bot.domain.period import read_period
from bot.domain.reminder import Planned, say_at, snoozed_until
from bot.domain.rights import LEADERS, Right
from bot.domain.rounds import RoundKind
from bot.texts import rounds as texts
from handlers.declare import Action, Args, number
from handlers.registry import RUN, Offer
from handlers.rounds import Prompt, Saying
from handlers.tick import Coming, Due
from handlers.turn import Act, Turn
from storage import people, rounds, snoozes
from storage.database import Tx
from storage.people import Member
from storage.rounds import Round

Missing = Callable[[Act, Round], Awaitable[Sequence[Member]]]
SNOOZE = "snooze"
OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A kind of round that asks the members: who is missing, and the command and the label to do it."""

    missing: Missing
    command: str
    label: str


class Reminders:
    """The prompts of the rounds that ask members, and their snoozes."""

    def __init__(self, asked: Mapping[RoundKind, Asked]) -> None:
        self._asked = asked

    def offer(self) -> Offer:
        """The snooze buttons, and the snoozes as dated facts."""
        return Offer(
            actions=(Action(verb=SNOOZE, right=Right.MEMBER, over=_unit_of, run=self.put_off),),
            dues=(Due(name="snooze", find=snoozes.due_snoozes, act=self._wake, coming=_coming),),
        )

    def prompts(self) -> Mapping[RoundKind, Prompt]:
        """What these kinds of rounds say."""
        return {kind: Prompt(say=self._say, missed=self._missed) for kind in self._asked}

    async def put_off(self, turn: Turn, args: Args) -> None:
        """Remind me of this round later: `round:days`."""
        round_id, days = number(args), number(args, 1)
        found = await rounds.round_by_id(turn.tx, RoundId(round_id or 0))
        calendar = turn.house.content.calendar
        assert found is not None
        name = texts.round_text(found.kind, read_period(found.period))
        if days not in calendar.snooze.days or found.kind not in self._asked:
            turn.answer(texts.nothing_to_remind(name))
            return
        if not await self._is_missing(turn, found, turn.person.person_id):
            turn.answer(texts.nothing_to_remind(name))
            return
        until = snoozed_until(now=turn.now, days=days, at=calendar.snooze.at, due_at=found.due_at, rest=calendar.rest)
        if until is None:
            turn.answer(texts.snooze_too_late(name, due_at=found.due_at))
            return
        await snoozes.put_off(
            turn.tx, person=turn.person.person_id, kind=found.kind.value, subject=found.id, until=until
        )
        turn.answer(texts.snoozed(name, until=until))

    # ------------------------------------------------------------------------------- the clock

    async def _say(self, act: Act, found: Round, saying: Saying) -> None:
        missing = await self._asked[found.kind].missing(act, found)
        later = await snoozes.snoozing(act.tx, kind=found.kind.value, subject=found.id)
        await act.tell_all(
            [member.person_id for member in missing if member.person_id not in later],
            self._message(act, found, opening=saying.step == OPEN),
            key=saying.key,
            priority=Priority.REMINDER,
            batch=saying.key,
            due_at=saying.due_at,
            expires_at=saying.expires_at,
        )

    async def _missed(self, act: Act, found: Round, planned: Planned) -> None:
        missing = await self._asked[found.kind].missing(act, found)
        for cell, count in Counter(member.cell_id for member in missing).items():
            message = texts.missed(
                kind=found.kind, period=read_period(found.period), planned_at=planned.at, missing=count
            )
            leaders = await people.holders(act.tx, UnitId(cell), LEADERS)
            await act.tell_all(leaders, message, key=f"missed:{found.id}:{planned.step}:{cell}")

    async def _wake(self, act: Act, fact: int) -> None:
        taken = await snoozes.take_due(act.tx, SnoozeId(fact))
        if taken is None:
            return
        found = await rounds.round_by_id(act.tx, RoundId(taken.subject_id))
        if found is None or found.due_at <= act.now or not await self._is_missing(act, found, taken.person_id):
            return
        calendar = act.house.content.calendar
        at = say_at(
            Planned(SNOOZE, taken.next_due_at),
            now=act.now,
            due_at=found.due_at,
            rest=calendar.rest,
            allowed=calendar.ladder(ReminderKind(found.kind.value)).allowed_lateness,
        )
        if at is None:
            # Too late to be said: the ladder's next step will find the person again.
            return
        await act.tell(
            taken.person_id,
            self._message(act, found, opening=False),
            priority=Priority.REMINDER,
            key=f"{SNOOZE}:{taken.id}",
            due_at=at,
        )

    async def _is_missing(self, act: Act, found: Round, person: PersonId) -> bool:
        return any(member.person_id == person for member in await self._asked[found.kind].missing(act, found))

    def _until(self, act: Act, found: Round, days: int) -> datetime | None:
        calendar = act.house.content.calendar
        return snoozed_until(now=act.now, days=days, at=calendar.snooze.at, due_at=found.due_at, rest=calendar.rest)

    def _message(self, act: Act, found: Round, *, opening: bool) -> Message:
        asked = self._asked[found.kind]
        period = read_period(found.period)
        # Only what still makes sense: nothing is put off past the deadline.
        days = [day for day in act.house.content.calendar.snooze.days if self._until(act, found, day)]
        choices = [
            Choice(asked.label, f"{RUN}:{asked.command}"),
            *(Choice(texts.snooze_label(day), f"{SNOOZE}:{found.id}:{day}") for day in days),
        ]
        if opening:
            return texts.round_opened(kind=found.kind, period=period, due_at=found.due_at, choices=choices)
        return texts.round_reminder(kind=found.kind, period=period, due_at=found.due_at, now=act.now, choices=choices)


async def _unit_of(tx: Tx, args: Args) -> UnitId | None:
    round_id = number(args)
    found = await rounds.round_by_id(tx, RoundId(round_id)) if round_id is not None else None
    return found.unit_id if found else None


async def _coming(tx: Tx) -> Sequence[Coming]:
    at = await snoozes.coming_snooze(tx)
    return [Coming(at=at, what=texts.coming_snooze())] if at else []
