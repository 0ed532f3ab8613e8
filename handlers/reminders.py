"""Reminders to members: of the pledge and of the self-report, only to who is still missing now.

A step goes over those who are missing some at a time, so that one part of it costs the same however many a round asks.
Who has asked to be reminded later ("nhắc lại sau") is left in peace until then. A step that was missed is told to the
secretaries of the cells in which somebody is still missing, and to nobody else; so is what was put off too late.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat import Choice, Message, Priority
from bot.domain.broadcast import Audience, AudienceKind
from bot.domain.calendar import ReminderKind
from bot.domain.ids import PersonId, RoundId, SayingId, SnoozeId, UnitId
from bot.domain.period import read_period
from bot.domain.reminder import Planned, say_at, snoozed_until
from bot.domain.rights import LEADERS, Right
from bot.domain.rounds import RoundKind
from bot.template import Template
from bot.texts import rounds as texts
from handlers.declare import Action, Args, number
from handlers.elsewhere import about_round
from handlers.pledge_record import text_hash
from handlers.registry import RUN, Offer
from handlers.rounds import Prompt, Saying, step_key
from handlers.telling import Word, tell_each, tell_same
from handlers.tick import Coming, Due
from handlers.turn import Act, Turn
from storage import missed, people, rounds, sayings, snoozes, walks
from storage.addresses import reach_holders, reach_many
from storage.database import Tx
from storage.rounds import DueRounds, Round

IsMissing = Callable[[Act, Round, PersonId], Awaitable[bool]]
SNOOZE = "snooze"
OPEN = "open"
MISSING = {RoundKind.PLEDGE: AudienceKind.MISSING_PLEDGE, RoundKind.SELF_REPORT: AudienceKind.MISSING_REPORT}
"""Whom a step of a round is for."""
CELLS = 100
"""Cells whose leaders are told of a missed step in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A kind of round that asks the members: whether somebody is missing, and the command and the label to do it."""

    is_missing: IsMissing
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
            dues=(
                Due(name="snooze", find=snoozes.due_snoozes, act=self._wake, coming=_coming),
                Due(name="saying", find=sayings.due_sayings, act=self._go_on, coming=_coming_sayings, goes_on=True),
            ),
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

    async def _say(self, act: Act, said: DueRounds, saying: Saying) -> None:
        for found in said.units:
            await sayings.begin(
                act.tx,
                found,
                step=saying.step,
                planned_at=saying.planned_at,
                due_at=saying.due_at,
                expires_at=saying.expires_at,
            )

    async def _missed(self, act: Act, late: DueRounds, missed: Sequence[Planned]) -> None:
        for found in late.units:
            for planned in missed:
                await sayings.begin(
                    act.tx, found, step=planned.step, planned_at=planned.at, due_at=None, expires_at=None
                )

    async def _go_on(self, act: Act, fact: int) -> None:
        """Some more people (or cells) of a step."""
        step = await sayings.claim_due(act.tx, SayingId(fact))
        found = await rounds.round_by_id(act.tx, step.round_id) if step else None
        if step is None or found is None:
            return
        audience = Audience(kind=MISSING[found.kind], unit=found.unit_id, round_id=found.id)
        last, ended = await (self._tell_leaders if step.due_at is None else self._tell_members)(
            act, found, step, audience
        )
        if ended:
            await sayings.end(act.tx, step.id)
        else:
            await sayings.move_on(act.tx, step.id, window_at=last, next_due_at=act.now)

    async def _tell_members(self, act: Act, found: Round, step: sayings.Saying, audience: Audience) -> tuple[int, bool]:
        part = await walks.next_people(act.tx, audience, text_hash=text_hash(act), after=step.window_at)
        later = await snoozes.snoozing(act.tx, part.people, kind=found.kind.value, subject=found.id)
        key = step_key(found.kind, found.id, step.step)
        await tell_same(
            act,
            await reach_many(act.tx, [person for person in part.people if person not in later]),
            self._message(act, found, opening=step.step == OPEN),
            key=key,
            priority=Priority.REMINDER,
            batch=key,
            due_at=step.due_at,
            expires_at=step.expires_at,
        )
        return part.last, part.ended

    async def _tell_leaders(self, act: Act, found: Round, step: sayings.Saying, audience: Audience) -> tuple[int, bool]:
        cells, last, ended = await walks.next_cells(act.tx, found.unit_id, after=step.window_at, size=CELLS)
        counts = await walks.counts_by_cell(act.tx, audience, cells, text_hash=text_hash(act))
        leaders = await reach_holders(act.tx, list(counts), LEADERS)
        words = [
            Word(
                person,
                address,
                f"{_missed_key(found, step.step, cell)}:{person}",
                Template(self._missed_text(found, step.planned_at, count)),
            )
            for cell, count in counts.items()
            for person, address in leaders.get(cell, {}).items()
        ]
        await tell_each(act, words)
        return last, ended

    def _missed_text(self, found: Round, planned_at: datetime, missing: int) -> Message:
        period = read_period(found.period)
        return texts.missed(kind=found.kind, period=period, planned_at=planned_at, missing=missing)

    async def _wake(self, act: Act, fact: int) -> None:
        taken = await snoozes.take_due(act.tx, SnoozeId(fact))
        if taken is None:
            return
        found = await rounds.round_by_id(act.tx, RoundId(taken.subject_id))
        if found is None or not await self._is_missing(act, found, taken.person_id):
            return
        calendar = act.house.content.calendar
        planned = Planned(SNOOZE, taken.next_due_at)
        at = say_at(
            planned,
            now=act.now,
            due_at=found.due_at,
            rest=calendar.rest,
            allowed=calendar.ladder(ReminderKind(found.kind.value)).allowed_lateness,
        )
        if at is None:
            await self._miss_snooze(act, found, planned, taken.person_id)
            return
        await act.tell(
            taken.person_id,
            self._message(act, found, opening=False),
            priority=Priority.REMINDER,
            key=f"{SNOOZE}:{taken.id}",
            due_at=at,
        )

    async def _miss_snooze(self, act: Act, found: Round, planned: Planned, person: PersonId) -> None:
        """Too late to be said: written down, and told to those who lead the cell, once for all who wanted it then."""
        await missed.add_missed(act.tx, found.kind.value, [(found.id, planned)])
        act.missed[SNOOZE] += 1
        who = await people.who_is(act.tx, person)
        if who is None or who.cell_id is None:
            return
        audience = Audience(kind=MISSING[found.kind], unit=found.unit_id, round_id=found.id)
        counts = await walks.counts_by_cell(act.tx, audience, [who.cell_id], text_hash=text_hash(act))
        await act.tell_all(
            await people.holders(act.tx, who.cell_id, LEADERS),
            self._missed_text(found, planned.at, counts.get(who.cell_id, 0)),
            key=_missed_key(found, f"{SNOOZE}:{planned.at:%Y%m%dT%H%M}", who.cell_id),
        )

    async def _is_missing(self, act: Act, found: Round, person: PersonId) -> bool:
        return await self._asked[found.kind].is_missing(act, found, person)

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
            message = texts.round_opened(kind=found.kind, period=period, due_at=found.due_at, choices=choices)
        else:
            message = texts.round_reminder(
                kind=found.kind, period=period, due_at=found.due_at, now=act.now, choices=choices
            )
        return replace(message, about=about_round(found))


def _missed_key(found: Round, step: str, cell: UnitId) -> str:
    return f"missed:{found.id}:{step}:{cell}"


async def _coming_sayings(tx: Tx) -> Sequence[Coming]:
    at = await sayings.coming_saying(tx)
    return [Coming(at=at, what=texts.coming_saying())] if at else []


async def _unit_of(tx: Tx, args: Args) -> UnitId | None:
    round_id = number(args)
    found = await rounds.round_by_id(tx, RoundId(round_id)) if round_id is not None else None
    return found.unit_id if found else None


async def _coming(tx: Tx) -> Sequence[Coming]:
    at = await snoozes.coming_snooze(tx)
    return [Coming(at=at, what=texts.coming_snooze())] if at else []
