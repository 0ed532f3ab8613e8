"""A secretary reads the self-report of one member of their own cell, and every time is written down.

It is what the cell appraises later. Nobody else may: no other leader of the cell, nobody above it
(docs/decisions/0009-who-reads-a-self-report.md).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.chat import Choice
from bot.domain.ids import PersonId
from bot.domain.rights import Right
from bot.domain.self_report import decode_answers
from bot.texts import self_report_list as texts
from bot.texts.self_report_sent import sent_report
from bot.texts.self_report_sheet import sheet
from handlers import choosing
from handlers import dialogue as engine
from handlers.declare import Action, Args, End, Go, Journey, Move
from handlers.registry import Offer
from handlers.self_report_list import list_choice
from handlers.self_report_record import READ, ROUNDS, criteria_sent, leads_as_secretary, sent
from handlers.turn import Refusal, Turn
from storage import audit, self_reports
from storage.dialogues import Dialogue

_WHO = "who"


def offer() -> Offer:
    """The dialogue that chooses whose."""
    return Offer(
        actions=(Action(verb=READ, right=Right.LEAD, over=ROUNDS.over_cell, run=_begin),),
        journeys=(JOURNEY,),
    )


async def _begin(turn: Turn, args: Args) -> None:
    await engine.begin(turn, JOURNEY, ":".join(args[:2]), fresh=True)


async def _start(turn: Turn, subject: str, _old: Mapping[str, Any] | None) -> Go:
    found, cell = await ROUNDS.place(turn.tx, tuple(subject.split(":")))
    if not leads_as_secretary(turn, cell.id):
        raise Refusal(texts.only_secretary())
    lines = await self_reports.report_lines(turn.tx, found, cell.id)
    members = [line.member for line in lines if line.report is not None]
    if not members:
        raise Refusal(texts.nobody_sent())
    return choosing.among_people(_WHO, members)


async def _lead(turn: Turn, dialogue: Dialogue) -> str:
    found, _cell = await ROUNDS.place(turn.tx, tuple(dialogue.subject.split(":")))
    return texts.whose_report(found.period)


async def _chosen(turn: Turn, dialogue: Dialogue, person: PersonId) -> Move:
    found, cell = await ROUNDS.place(turn.tx, tuple(dialogue.subject.split(":")))
    lines = await self_reports.report_lines(turn.tx, found, cell.id)
    line = next((one for one in lines if one.member.person_id == person and one.report is not None), None)
    if not leads_as_secretary(turn, cell.id) or line is None or line.report is None:
        turn.answer(texts.only_secretary() if line else texts.not_in_cell_any_more())
        return End()
    criteria = await criteria_sent(turn, line.report.criteria_hash)
    turn.answer(
        sent_report(
            sheet(criteria, decode_answers(criteria, line.report.answers), turn.house.content.movement),
            sent=await sent(turn, found, line.report),
            who=choosing.name_of(dialogue, _WHO, person),
            choices=(Choice(texts.READ_ANOTHER, f"{READ}:{found.id}:{cell.id}"), list_choice(found, cell.id)),
        )
    )
    await audit.record(
        turn.tx,
        actor=turn.person.person_id,
        action="self_report_read",
        subject=f"person:{person}",
        round=found.id,
        version=line.report.version,
    )
    return End()


JOURNEY = Journey(
    name="report-read",
    right=Right.LEAD,
    over=ROUNDS.over_cell,
    title=texts.READ_TITLE,
    start=_start,
    steps={_WHO: choosing.person_step(text=_lead, then=_chosen)},
    keep=timedelta(days=1),
)
