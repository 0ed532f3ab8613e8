"""Ticking "đã ký bản giấy", the second fact beside the confirmation: one after another or all at once, by those who
lead the cell. A tick can be taken back. Only who has confirmed is listed: for others there is recording on behalf.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.ids import PersonId
from bot.domain.rights import Right
from bot.texts import common
from bot.texts import pledge_lead as texts
from handlers import choosing
from handlers import dialogue as engine
from handlers.declare import Action, Answer, Args, Chose, End, Go, Journey, Move, Pick, Question, Stay, Step
from handlers.pledge_list import PAPER, show_cell
from handlers.pledge_record import ROUNDS, text_hash, tick_paper, untick_paper
from handlers.registry import Offer
from handlers.turn import Turn
from storage import pledges
from storage.dialogues import Dialogue
from storage.organisation import Unit
from storage.people import Member
from storage.pledges import Pledge
from storage.rounds import Round

_WHO, _ALL, _UNTICK = "who", "all", "untick"
_YES, _NO, _DONE = "yes", "no", "done"


def offer() -> Offer:
    """The dialogue of the secretary."""
    return Offer(
        actions=(Action(verb=PAPER, right=Right.LEAD, over=ROUNDS.over_cell, run=_begin),),
        journeys=(JOURNEY,),
    )


async def _begin(turn: Turn, args: Args) -> None:
    if await _confirmed(turn, ":".join(args[:2])):
        await engine.begin(turn, JOURNEY, ":".join(args[:2]), fresh=True)
    else:
        turn.answer(texts.nobody_confirmed())


async def _place(turn: Turn, subject: str) -> tuple[Round, Unit]:
    return await ROUNDS.place(turn.tx, tuple(subject.split(":")))


async def _confirmed(turn: Turn, subject: str) -> Sequence[tuple[Member, Pledge]]:
    found, cell = await _place(turn, subject)
    lines = await pledges.pledge_lines(turn.tx, found, text_hash=text_hash(turn), unit=cell.id)
    return [(line.member, line.pledge) for line in lines if line.pledge is not None]


async def _list(turn: Turn, subject: str, *, told: str = "", at: int = 0) -> Go:
    confirmed = await _confirmed(turn, subject)
    signed = {member.person_id: texts.PAPER_SIGNED for member, pledge in confirmed if pledge.paper_signed_at}
    keep = {"told": told, "ticked": len(signed), "confirmed": len(confirmed)}
    go = choosing.among_people(_WHO, [member for member, _pledge in confirmed], notes=signed, keep=keep)
    return replace(go, at=at)


async def _start(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    return await _list(turn, subject)


async def _lead(turn: Turn, dialogue: Dialogue) -> str:
    found, _cell = await _place(turn, dialogue.subject)
    return texts.whose_paper(
        period=found.period,
        confirmed=dialogue.answers["confirmed"],
        ticked=dialogue.answers["ticked"],
        before=dialogue.answers["told"],
    )


async def _chosen(turn: Turn, dialogue: Dialogue, person: PersonId) -> Move:
    pledge, page = await _find(turn, dialogue, person), choosing.page_of(dialogue)
    name = choosing.name_of(dialogue, _WHO, person)
    if pledge is None:
        return Stay(texts.not_confirmed(name))
    if pledge.paper_signed_at is not None:
        return Go(step=_UNTICK, keep={"person": person, "back": page})
    await tick_paper(turn, person, pledge.id)
    return await _list(turn, dialogue.subject, told=texts.ticked(name), at=page)


async def _find(turn: Turn, dialogue: Dialogue, person: PersonId) -> Pledge | None:
    confirmed = await _confirmed(turn, dialogue.subject)
    return next((pledge for member, pledge in confirmed if member.person_id == person), None)


async def _picked(turn: Turn, dialogue: Dialogue, value: str) -> Move:
    if value == _DONE:
        await show_cell(turn, *await _place(turn, dialogue.subject))
        return End()
    return Go(step=_ALL) if await _unsigned(turn, dialogue) else Stay(texts.all_ticked_already())


# ------------------------------------------------------------------------------------ all at once


async def _unsigned(turn: Turn, dialogue: Dialogue) -> Sequence[tuple[Member, Pledge]]:
    confirmed = await _confirmed(turn, dialogue.subject)
    return [(member, pledge) for member, pledge in confirmed if pledge.paper_signed_at is None]


async def _ask_all(turn: Turn, dialogue: Dialogue) -> Question:
    unsigned = await _unsigned(turn, dialogue)
    return Question(text=texts.tick_all(len(unsigned)), picks=(Pick(texts.YES_ALL, _YES), Pick(common.NO, _NO)))


async def _take_all(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    if said.value == _NO:
        return await _list(turn, dialogue.subject)
    done = [await tick_paper(turn, member.person_id, pledge.id) for member, pledge in await _unsigned(turn, dialogue)]
    return await _list(turn, dialogue.subject, told=texts.all_ticked(sum(done)))


# ----------------------------------------------------------------------------------- taking it back


async def _ask_untick(_turn: Turn, dialogue: Dialogue) -> Question:
    name = choosing.name_of(dialogue, _WHO, PersonId(dialogue.answers["person"]))
    return Question(text=texts.untick(name), picks=(Pick(texts.UNTICK, _YES), Pick(texts.KEEP, _NO)))


async def _take_untick(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    person = PersonId(dialogue.answers["person"])
    pledge = await _find(turn, dialogue, person)
    told = ""
    if said.value == _YES and pledge is not None and await untick_paper(turn, person, pledge.id):
        told = texts.unticked(choosing.name_of(dialogue, _WHO, person))
    return await _list(turn, dialogue.subject, told=told, at=dialogue.answers["back"])


JOURNEY = Journey(
    name="pledge-paper",
    right=Right.LEAD,
    over=ROUNDS.over_cell,
    title=texts.PAPER_TITLE,
    start=_start,
    steps={
        _WHO: choosing.person_step(
            text=_lead,
            then=_chosen,
            picks=(Pick(texts.ALL, _ALL, plain=True), Pick(texts.DONE, _DONE, plain=True)),
            picked=_picked,
        ),
        _ALL: Step(ask=_ask_all, take=_take_all),
        _UNTICK: Step(ask=_ask_untick, take=_take_untick),
    },
    keep=timedelta(days=1),
)
