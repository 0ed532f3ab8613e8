"""The stage of the rehearsal: the sample's people, and a clock that runs with the real one and can be moved ahead.

Implements `bot.channels.web.ports.Rehearsal` over the real program. How far the clock is ahead is kept in the
database, so that a restart changes nothing.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.advance import advance, next_instant
from bot.app import App
from bot.channels.web.ports import (
    Advance,
    ClockView,
    Command,
    FirstStep,
    Player,
    StepKind,
    Upcoming,
)
from bot.chat import Address, OutboxState
from bot.clock import MovableClock, instant_of, local
from bot.content.commune import Reach, SampleCommune
from bot.domain.calendar import Calendar
from bot.domain.invitation import invitation_code
from bot.domain.rights import LEADERS
from bot.domain.rounds import rounds_open
from bot.menus import menu_of
from bot.sample import chat_of
from bot.texts.members import role_text, status_text
from storage import invitations, kept, outbox
from storage.people import Who, who_is
from storage.sample import SamplePerson, sample_people

AHEAD = "rehearsal_ahead"
RUN = "rehearsal_run"
SHOWN_EVENTS = 6
OPENING_TIME = time(9, 0)
SATURDAY = 5
SETTLED_CHECK_SECONDS = 0.02


class Stage:
    """The rehearsal as its page asks for it."""

    def __init__(self, *, app: App, clock: MovableClock, commune: SampleCommune, account: str) -> None:
        self._app = app
        self._clock = clock
        self._commune = commune
        self._account = account

    async def run_id(self) -> str:
        async with self._app.database.read() as tx:
            return await kept.get(tx, RUN) or ""

    async def players(self) -> Sequence[Player]:
        reachable = {one.member_code for one in self._commune.people if one.reach is not Reach.NO_PHONE}
        async with self._app.database.read() as tx:
            people = [one for one in await sample_people(tx, account=self._account) if one.member_code in reachable]
            live = await invitations.live_of(tx, [one.person_id for one in people if not one.joined])
            codes = {
                person: invitation_code(invitation.seed, pepper=self._app.house.pepper).grouped
                for person, invitation in live.items()
            }
            found = [(one, who) for one in people if (who := await who_is(tx, one.person_id))]
        units = list(dict.fromkeys(one.cell_name for one, _ in found))
        found.sort(key=lambda pair: (units.index(pair[0].cell_name), not pair[1].roles))
        return [self._player(one, who, codes.get(one.person_id)) for one, who in found]

    def _player(self, one: SamplePerson, who: Who, code: str | None) -> Player:
        return Player(
            chat=chat_of(one.member_code),
            name=one.full_name,
            unit=one.cell_name or self._commune.units[0].name,
            role=_role(who),
            joined=one.joined,
            invitation=code,
        )

    async def first_steps(self) -> Sequence[FirstStep]:
        member, secretary = (chat_of(code) for code in self._commune.first_chats)
        return [
            FirstStep(kind=StepKind.PLEDGE, chat=member, types="/camket"),
            FirstStep(kind=StepKind.MISSING, chat=secretary, types="/dscamket"),
            FirstStep(kind=StepKind.MEETING, chat=secretary, types="/hop"),
            FirstStep(kind=StepKind.ANSWER, chat=member),
            FirstStep(kind=StepKind.CLOCK, chat=member),
        ]

    async def menu(self, chat: str) -> Sequence[Command]:
        """The commands of who sits at this chat: `bot.channels.web.ports.Menus`."""
        async with self._app.database.read() as tx:
            listed = await menu_of(tx, self._app.registry, Address(self._account, chat))
        return [Command(f"/{name}", does) for name, does in listed]

    async def clock(self) -> ClockView:
        coming = await self._app.ticker.coming()
        now = self._clock.now()
        async with self._app.database.read() as tx:
            counts = await outbox.counts(tx)
        upcoming = [Upcoming(thing.at, thing.what) for thing in coming if thing.at > now]
        return ClockView(now=now, upcoming=upcoming[:SHOWN_EVENTS], outbox=counts)

    async def advance(self, step: Advance) -> None:
        to = await self._target(step)
        if to is None:
            return
        await advance(self._app, self._clock, to=to)
        async with self._app.database.write() as tx:
            await kept.put(tx, AHEAD, str(self._clock.offset.total_seconds()))
        await self._until_said()

    async def _target(self, step: Advance) -> datetime | None:
        match step:
            case Advance.HOUR:
                return self._clock.now() + timedelta(hours=1)
            case Advance.DAY:
                return self._clock.now() + timedelta(days=1)
            case Advance.NEXT:
                return await next_instant(self._app)

    async def _until_said(self) -> None:
        """The sender runs beside this: wait for what it has in flight."""
        while True:
            async with self._app.database.read() as tx:
                counts = await outbox.counts(tx)
                waiting = await outbox.next_due(tx)
            if not counts.get(OutboxState.IN_FLIGHT) and (waiting is None or waiting > self._clock.now()):
                return
            await asyncio.sleep(SETTLED_CHECK_SECONDS)


def opening_night(calendar: Calendar, *, after: datetime) -> datetime:
    """The next working morning on which most kinds of rounds are open for a week yet: something to do for everybody."""
    days = [local(after).date() + timedelta(days=day) for day in range(1, 367)]
    mornings = [instant_of(day, OPENING_TIME) for day in days if day.weekday() < SATURDAY]

    def open_kinds(at: datetime) -> int:
        found = rounds_open(calendar.rounds, at=at)
        return len({opening.kind for opening in found if opening.due_at - at >= timedelta(days=7)})

    return max(mornings, key=open_kinds)


def _role(who: Who) -> str:
    """Their first role in words, leaders' first; otherwise their kind of membership."""
    roles = sorted(who.roles, key=lambda held: held.role not in LEADERS)
    if roles:
        return role_text(roles[0].role)
    return status_text(who.status) if who.status else ""
