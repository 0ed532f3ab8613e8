"""Sending a self-report, and the receipt: to the member, and to who recorded it on their behalf."""

from bot.chat import Choice
from bot.domain.reminder import hold
from bot.domain.rounds import next_opening
from bot.domain.self_report import is_complete
from bot.texts import self_report as form_texts
from bot.texts import self_report_sent as texts
from handlers.declare import End, Go, Move
from handlers.elsewhere import done_in_round
from handlers.self_report_form import Form, answers_in, onwards, round_and_owner
from handlers.self_report_record import BEHALF, KIND, LIST, ROUNDS, Owner, own_choices, record, sent
from handlers.turn import Act, Turn
from storage import self_reports
from storage.dialogues import Dialogue
from storage.rounds import Round
from storage.self_reports import SelfReport


async def send(turn: Turn, form: Form, dialogue: Dialogue) -> Move:
    """Keep the report and say the receipt. When another version came between, it is shown first."""
    answers = answers_in(form, dialogue)
    if not is_complete(form.criteria, answers):
        return onwards(form, answers)
    report = await record(
        turn, form.round, form.owner, criteria=form.criteria, answers=answers, after=dialogue.answers["after"]
    )
    if report is None:
        newest = await self_reports.newest_report(turn.tx, form.round.id, form.owner.person)
        assert newest is not None, "it came between"
        return Go(step="summary", keep={"after": newest.version, "between": newest.version})
    if form.own:
        await _own_receipt(turn, form.round, report)
        await done_in_round(turn, form.round)
    else:
        await _receipt_for(turn, form.round, form.owner, report)
        await _tell_owner(turn, form.round, report)
    return End()


async def other_version(act: Act, form: Form, dialogue: Dialogue) -> list[str]:
    """What to know before sending: a version came between and would be replaced."""
    newest = await self_reports.newest_report(act.tx, form.round.id, form.owner.person)
    if newest is None or newest.version != dialogue.answers.get("between"):
        return []
    what = await sent(act, form.round, newest)
    return [form_texts.other_version(sent_at=what.sent_at, by=what.by)]


# --------------------------------------------------------------------------------------- receipts


async def show_receipt(turn: Turn, subject: str) -> bool:
    """Show the receipt of a subject again; False when nothing was sent."""
    found, owner = await round_and_owner(turn, subject)
    report = await self_reports.newest_report(turn.tx, found.id, owner.person)
    if report is None:
        return False
    if owner.person == turn.person.person_id:
        await _own_receipt(turn, found, report, again=True)
    else:
        await _receipt_for(turn, found, owner, report)
    return True


async def _own_receipt(turn: Turn, found: Round, report: SelfReport, *, again: bool = False) -> None:
    may_change = turn.now < found.due_at
    rules = [rule for rule in turn.house.content.calendar.rounds if rule.kind is ROUNDS.kind]
    turn.answer(
        texts.receipt(
            await sent(turn, found, report),
            choices=own_choices(found.id, may_change=may_change),
            may_change=may_change,
            again=again,
            coming=next_opening(rules, after=turn.now) if again and not may_change else None,
        )
    )


async def _receipt_for(turn: Turn, found: Round, owner: Owner, report: SelfReport) -> None:
    here = f"{found.id}:{owner.cell}"
    turn.answer(
        texts.receipt_for(
            await sent(turn, found, report),
            who=owner.name,
            choices=(
                Choice(texts.BEHALF_AGAIN, f"{BEHALF}:{here}"),
                Choice(texts.SEE_LIST, f"{LIST}:{here}:0"),
            ),
        )
    )


async def _tell_owner(turn: Turn, found: Round, report: SelfReport) -> None:
    may_change = turn.now < found.due_at
    message = texts.told_owner(
        await sent(turn, found, report),
        choices=own_choices(found.id, may_change=may_change),
        may_change=may_change,
    )
    await turn.tell(
        report.person_id,
        message,
        key=f"{KIND}-behalf:{found.id}:{report.person_id}:{report.version}",
        due_at=hold(turn.now, turn.house.content.calendar.rest),
    )
