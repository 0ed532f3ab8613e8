"""/rutlui: consent can be withdrawn at any time, by the person alone.

All addresses of the person are unlinked, or only the one that speaks; drafts are deleted, what waits is cancelled,
unused codes are revoked, and whoever leads the cell is told, so that paper takes over. What was signed and sent, and
the roster, stay; this is said before the press.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.domain.rights import Right
from bot.texts import common
from bot.texts import links as texts
from handlers import dialogue as engine
from handlers import links
from handlers.declare import Answer, Chose, Command, End, Go, Journey, Move, Pick, Question, Stay, Step
from handlers.registry import Offer
from handlers.turn import Turn
from storage import addresses, invitations
from storage.dialogues import Dialogue

_ALL = "all"
_HERE = "here"
_STAY = "stay"


def offer() -> Offer:
    """The command and its dialogue."""
    return Offer(
        commands=(
            Command(name="rutlui", right=Right.PERSON, run=_command, about=texts.ABOUT_LEAVE, also=texts.LEAVE_WORDS),
        ),
        journeys=(_JOURNEY,),
    )


async def _command(turn: Turn, _rest: str) -> None:
    await engine.begin(turn, _JOURNEY, fresh=True)


async def _start(_turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    return Go(step="confirm")


async def _ask(turn: Turn, _dialogue: Dialogue) -> Question:
    accounts = len(await addresses.addresses_of(turn.tx, turn.person.person_id))
    picks = [Pick(texts.LEAVE, _ALL), Pick(texts.STAY, _STAY)]
    if accounts > 1:
        picks.insert(1, Pick(texts.ONLY_HERE, _HERE))
    return Question(text=texts.leave_question(accounts=accounts), picks=tuple(picks))


async def _take(turn: Turn, _dialogue: Dialogue, said: Answer) -> Move:
    match said:
        case Chose(value="all"):
            await _leave(turn)
        case Chose(value="here"):
            await _leave_here(turn)
        case Chose():
            turn.answer(texts.stays())
        case _:
            return Stay(common.use_choices())
    return End()


async def _leave(turn: Turn) -> None:
    who = turn.person
    await invitations.hold(turn.tx, [who.person_id])
    for linked in await addresses.addresses_of(turn.tx, who.person_id):
        await links.unlink(turn, linked, actor=who.person_id)
        if linked.address != turn.address:
            turn.say_at(linked.address, texts.left_there())
    await invitations.revoke(turn.tx, [who.person_id])
    await links.tell_who_leads(
        turn,
        who,
        texts.has_left(name=who.full_name, cell=who.cell_name),
        key=f"left:{who.person_id}:{turn.now.isoformat()}",
    )
    turn.who = None
    turn.answer(texts.left())


async def _leave_here(turn: Turn) -> None:
    who = turn.person
    for linked in await addresses.addresses_of(turn.tx, who.person_id):
        if linked.address == turn.address:
            await links.unlink(turn, linked, actor=who.person_id)
    turn.who = None
    turn.answer(texts.left_here())


_JOURNEY = Journey(
    name="leave",
    right=Right.PERSON,
    title=texts.LEAVE_TITLE,
    start=_start,
    steps={"confirm": Step(ask=_ask, take=_take)},
    keep=timedelta(days=1),
)
