"""/baocao: a member reports on themselves against the four goods, changes it until the deadline, sees it again.

While a round is open the questions are asked; who has sent is shown the receipt, with what they can still do. Nobody
but the member and the secretary of their cell (handlers/self_report_read.py) ever sees the answers of one person.
"""

from collections.abc import Sequence

from bot.domain.rights import Right
from bot.domain.rounds import next_opening
from bot.domain.self_report import decode_answers
from bot.texts import self_report as texts
from bot.texts.self_report_sent import sent_report
from bot.texts.self_report_sheet import sheet
from handlers import dialogue as engine
from handlers.declare import Action, Args, Command, Journey
from handlers.registry import RUN, Offer, Task
from handlers.rounds_of import remind_at
from handlers.self_report_form import form_of, over_member, owner_of, start, version, why_not
from handlers.self_report_questions import STEPS
from handlers.self_report_record import CHANGE, ROUNDS, SHOW, criteria_sent, own_choices, sent
from handlers.self_report_send import show_receipt
from handlers.turn import Turn
from storage import self_reports

COMMAND = "baocao"


def offer() -> Offer:
    """The command, its dialogue, what can be done with what was sent, and what is open for a member."""
    return Offer(
        commands=(Command(name=COMMAND, right=Right.MEMBER, run=_command, about=texts.ABOUT, also=texts.WORDS),),
        actions=(
            Action(verb=SHOW, right=Right.PERSON, over=ROUNDS.over_round, run=_show),
            Action(verb=CHANGE, right=Right.MEMBER, over=ROUNDS.over_round, run=_change),
        ),
        journeys=(OWN,),
        tasks=_tasks,
    )


async def _command(turn: Turn, _rest: str) -> None:
    owner = owner_of(turn.person)
    here = await ROUNDS.over(turn.tx, owner.cell)
    for found in here:
        if await self_reports.newest_report(turn.tx, found.id, owner.person) is None:
            await engine.begin(turn, OWN, str(found.id))
            return
    if here:
        await show_receipt(turn, str(here[0].id))
        return
    rules = [rule for rule in turn.house.content.calendar.rounds if rule.kind is ROUNDS.kind]
    turn.answer(texts.no_round(next_opening(rules, after=turn.now)))


async def _show(turn: Turn, args: Args) -> None:
    """One's own report, as it was sent."""
    found = await ROUNDS.by_args(turn.tx, args)
    assert found is not None, "the right was checked over this round"
    report = await self_reports.newest_report(turn.tx, found.id, turn.person.person_id)
    if report is None:
        turn.answer(texts.nothing_sent(period=found.period))
        return
    criteria = await criteria_sent(turn, report.criteria_hash)
    turn.answer(
        sent_report(
            sheet(criteria, decode_answers(criteria, report.answers), turn.house.content.movement),
            sent=await sent(turn, found, report),
            choices=own_choices(found.id, may_change=turn.now < found.due_at)[1:],
        )
    )


async def _change(turn: Turn, args: Args) -> None:
    refused = await why_not(turn, await form_of(turn, args[0]))
    # The receipt whose button it was stays to be read.
    turn.pressed = None
    if refused is not None:
        turn.answer(refused.message)
    else:
        await engine.begin(turn, OWN, args[0])


async def _tasks(turn: Turn) -> Sequence[Task]:
    if turn.person.cell_id is None or not turn.person.is_member:
        return []
    return [
        Task(
            text=texts.my_task(period=found.period, due_at=found.due_at, is_late=turn.now >= found.due_at),
            choice=texts.report_choice(f"{RUN}:{COMMAND}"),
            remind_at=await remind_at(turn, found),
        )
        for found in await ROUNDS.over(turn.tx, turn.person.cell_id)
        if await self_reports.newest_report(turn.tx, found.id, turn.person.person_id) is None
    ]


OWN = Journey(
    name="report",
    long=True,
    right=Right.MEMBER,
    over=ROUNDS.over_round,
    title=texts.TITLE,
    start=start,
    version=version,
    ended=show_receipt,
    steps=STEPS,
)
ON_BEHALF = Journey(
    name="report-for",
    long=True,
    right=Right.LEAD,
    over=over_member,
    title=texts.TITLE_FOR,
    start=start,
    version=version,
    ended=show_receipt,
    steps=STEPS,
)
