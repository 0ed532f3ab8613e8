"""Recording a pledge on behalf of a member who agreed in person or on paper: those who lead the cell, marked so.

The member is told where the bot can reach them. Their word counts: "I have not agreed" makes the record void at once
and tells those who lead the cell. Who recorded it by mistake can take it back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.chat import Choice
from bot.domain.ids import PersonId, PledgeId, UnitId
from bot.domain.reminder import hold
from bot.domain.rights import LEADERS, Right
from bot.texts import common
from bot.texts import pledge_lead as texts
from bot.texts import pledge_list as list_texts
from handlers import choosing, receipts
from handlers import dialogue as engine
from handlers.declare import Action, Answer, Args, Chose, End, Go, Journey, Move, Pick, Question, Stay, Step, number
from handlers.pledge_list import ON_BEHALF, list_choice
from handlers.pledge_record import ROUNDS, record, take_back, text_hash
from handlers.registry import Offer
from handlers.turn import Turn
from storage import people, pledges, rounds
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.organisation import Unit
from storage.people import Member
from storage.pledges import Pledge
from storage.rounds import Round

OBJECT = "pledge-object"
UNDO = "pledge-undo"
_WHO, _SURE = "who", "sure"
_YES, _PAPER, _NO = "yes", "paper", "no"


def offer() -> Offer:
    """The dialogue of the secretary, the member's objection, and the way to take a mistake back."""
    return Offer(
        actions=(
            Action(verb=ON_BEHALF, right=Right.LEAD, over=ROUNDS.over_cell, run=_begin),
            Action(verb=UNDO, right=Right.LEAD, over=_cell_of_pledge, run=_undo),
            Action(verb=OBJECT, right=Right.PERSON, run=_object),
        ),
        journeys=(JOURNEY,),
    )


async def _begin(turn: Turn, args: Args) -> None:
    found, cell = await ROUNDS.place(turn.tx, args)
    if not await ROUNDS.is_current(turn.tx, found, cell.id):
        turn.answer(list_texts.round_over(found.period))
    elif not await _missing(turn, found, cell):
        turn.answer(list_texts.nobody_missing())
    else:
        await engine.begin(turn, JOURNEY, f"{found.id}:{cell.id}", fresh=True)


async def _place(turn: Turn, subject: str) -> tuple[Round, Unit]:
    return await ROUNDS.place(turn.tx, tuple(subject.split(":")))


async def _missing(turn: Turn, found: Round, cell: Unit) -> Sequence[Member]:
    """Who is missing but for who asks: for oneself one reads and signs."""
    missing = await pledges.missing_pledges(turn.tx, found, text_hash=text_hash(turn), unit=cell.id)
    return [member for member in missing if member.person_id != turn.person.person_id]


# --------------------------------------------------------------------------------- the dialogue


async def _start(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    missing = await _missing(turn, *await _place(turn, subject))
    return choosing.among_people(_WHO, missing, keep={"before": ""})


async def _lead(turn: Turn, dialogue: Dialogue) -> str:
    found, _cell = await _place(turn, dialogue.subject)
    before = dialogue.answers["before"]
    asked = texts.for_whom(found.period)
    return f"{before}\n\n{asked}" if before else asked


async def _chosen(_turn: Turn, _dialogue: Dialogue, person: PersonId) -> Move:
    return Go(step=_SURE, keep={"person": person})


def _name(dialogue: Dialogue) -> str:
    return choosing.name_of(dialogue, _WHO, PersonId(dialogue.answers["person"]))


async def _ask_sure(turn: Turn, dialogue: Dialogue) -> Question:
    found, _cell = await _place(turn, dialogue.subject)
    return Question(
        text=texts.has_agreed(_name(dialogue), period=found.period),
        picks=(Pick(texts.AGREED, _YES), Pick(texts.AGREED_ON_PAPER, _PAPER), Pick(texts.NOT_AGREED, _NO)),
    )


async def _take_sure(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    found, cell = await _place(turn, dialogue.subject)
    missing = await _missing(turn, found, cell)
    chosen = next((member for member in missing if member.person_id == dialogue.answers["person"]), None)
    if said.value == _NO or chosen is None:
        why = texts.not_recorded(_name(dialogue)) if chosen else texts.not_missing_any_more(_name(dialogue))
        return choosing.among_people(_WHO, missing, keep={"before": why})
    if not await ROUNDS.is_current(turn.tx, found, cell.id):
        turn.answer(list_texts.round_over(found.period))
        return End()
    await _record(turn, found, chosen, paper=said.value == _PAPER)
    return End()


async def _record(turn: Turn, found: Round, member: Member, *, paper: bool) -> None:
    pledge = await record(turn, found, member.person_id, {}, paper=paper)
    code = receipts.shown(pledge.code)
    choices = (
        Choice(texts.ANOTHER, f"{ON_BEHALF}:{found.id}:{member.cell_id}"),
        list_choice(found, member.cell_id),
        Choice(texts.MISTAKE, f"{UNDO}:{pledge.id}"),
    )
    turn.answer(
        texts.recorded(
            member.full_name, period=found.period, code=code, at=pledge.recorded_at, paper=paper, choices=choices
        )
    )
    told = texts.recorded_for_you(
        by=turn.person.full_name,
        period=found.period,
        code=code,
        at=pledge.recorded_at,
        object_data=f"{OBJECT}:{pledge.id}",
    )
    await turn.tell(member.person_id, told, key=f"pledge-behalf:{pledge.id}", due_at=_not_at_night(turn))


JOURNEY = Journey(
    name="pledge-behalf",
    right=Right.LEAD,
    over=ROUNDS.over_cell,
    title=texts.BEHALF_TITLE,
    start=_start,
    steps={
        _WHO: choosing.person_step(text=_lead, then=_chosen),
        _SURE: Step(ask=_ask_sure, take=_take_sure),
    },
    keep=timedelta(days=1),
)


# --------------------------------------------------------------------------------- taking it back


async def _pledge(tx: Tx, args: Args) -> Pledge | None:
    name = number(args)
    found = await pledges.pledge_by_id(tx, PledgeId(name)) if name is not None else None
    return found if found is not None and found.on_behalf else None


async def _cell_of_pledge(tx: Tx, args: Args) -> UnitId | None:
    pledge = await _pledge(tx, args)
    who = await people.who_is(tx, pledge.person_id) if pledge else None
    return who.cell_id if who else None


async def _undo(turn: Turn, args: Args) -> None:
    pledge = await _pledge(turn.tx, args)
    assert pledge is not None, "the right was checked over its person's cell"
    if not await take_back(turn, pledge):
        turn.answer(texts.void_already())
        return
    period = await _period(turn, pledge)
    who = await people.who_is(turn.tx, pledge.person_id)
    turn.answer(texts.undone(who.full_name if who else "", period=period))
    message = texts.undone_for_you(period=period)
    await turn.tell(pledge.person_id, message, key=f"pledge-undone:{pledge.id}", due_at=_not_at_night(turn))


async def _object(turn: Turn, args: Args) -> None:
    """The person themselves says that they have not agreed."""
    pledge = await _pledge(turn.tx, args)
    if pledge is None or pledge.person_id != turn.person.person_id:
        turn.answer(common.not_valid_any_more())
        return
    if not await take_back(turn, pledge):
        turn.answer(texts.void_already())
        return
    period = await _period(turn, pledge)
    turn.answer(texts.objection_taken(period=period))
    leaders = await people.holders(turn.tx, turn.person.cell_id, LEADERS) if turn.person.cell_id else []
    message = texts.objection(turn.person.full_name, period=period, at=pledge.recorded_at)
    await turn.tell_all(
        list(dict.fromkeys([pledge.recorded_by, *leaders])),
        message,
        key=f"pledge-objected:{pledge.id}",
        due_at=_not_at_night(turn),
    )


def _not_at_night(turn: Turn) -> datetime:
    return hold(turn.now, turn.house.content.calendar.rest)


async def _period(turn: Turn, pledge: Pledge) -> str:
    found = await rounds.round_by_id(turn.tx, pledge.round_id)
    assert found is not None, "a pledge refers to a round"
    return found.period
