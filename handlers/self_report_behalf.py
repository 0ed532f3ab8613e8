"""Recording a self-report on behalf of a member who told it in person or on paper: those who lead the cell, marked so.

Only for who has sent none of their own; what was recorded on behalf can be corrected until the deadline. The member is
told where the bot can reach them, and may change it themselves.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.domain.ids import PersonId
from bot.domain.rights import Right
from bot.texts import self_report_list as texts
from handlers import choosing
from handlers import dialogue as engine
from handlers.declare import Action, Args, End, Go, Journey, Move
from handlers.registry import Offer
from handlers.self_report import ON_BEHALF
from handlers.self_report_form import member_asked
from handlers.self_report_record import BEHALF, ROUNDS
from handlers.turn import Turn
from storage import self_reports
from storage.dialogues import Dialogue
from storage.organisation import Unit
from storage.people import Member
from storage.rounds import Round

_WHO = "who"


def offer() -> Offer:
    """The dialogue that chooses for whom, and the questions."""
    return Offer(
        actions=(Action(verb=BEHALF, right=Right.LEAD, over=ROUNDS.over_cell, run=_begin),),
        journeys=(JOURNEY, ON_BEHALF),
    )


async def _begin(turn: Turn, args: Args) -> None:
    found, cell = await ROUNDS.place(turn.tx, args)
    if not await ROUNDS.is_current(turn.tx, found, cell.id):
        turn.answer(texts.round_over(found.period))
    elif not await _candidates(turn, found, cell):
        turn.answer(texts.nobody_to_record())
    else:
        await engine.begin(turn, JOURNEY, f"{found.id}:{cell.id}", fresh=True)


async def _candidates(turn: Turn, found: Round, cell: Unit) -> Mapping[PersonId, tuple[Member, str]]:
    """For whom something can be recorded, with a note: who is missing, and until the deadline whose report was
    recorded on behalf. For oneself one reports."""
    may_correct = turn.now < found.due_at
    return {
        line.member.person_id: (line.member, texts.RECORDED if line.report else "")
        for line in await self_reports.report_lines(turn.tx, found, cell.id)
        if line.member.person_id != turn.person.person_id
        and (line.report is None or (line.report.on_behalf and may_correct))
    }


async def _start(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    candidates = await _candidates(turn, *await ROUNDS.place(turn.tx, tuple(subject.split(":"))))
    return choosing.among_people(
        _WHO,
        [member for member, _note in candidates.values()],
        notes={person: note for person, (_member, note) in candidates.items()},
    )


async def _lead(turn: Turn, dialogue: Dialogue) -> str:
    found, _cell = await ROUNDS.place(turn.tx, tuple(dialogue.subject.split(":")))
    return texts.for_whom(found.period)


async def _chosen(turn: Turn, dialogue: Dialogue, person: PersonId) -> Move:
    found, cell = await ROUNDS.place(turn.tx, tuple(dialogue.subject.split(":")))
    subject = f"{found.id}:{person}"
    asked = await member_asked(turn.tx, tuple(subject.split(":")))
    if asked is None or asked[1].cell != cell.id:
        turn.answer(texts.not_asked_any_more())
    else:
        await engine.begin(turn, ON_BEHALF, subject)
    return End()


JOURNEY = Journey(
    name="report-who",
    right=Right.LEAD,
    over=ROUNDS.over_cell,
    title=texts.WHO_TITLE,
    start=_start,
    steps={_WHO: choosing.person_step(text=_lead, then=_chosen)},
    keep=timedelta(days=1),
)
