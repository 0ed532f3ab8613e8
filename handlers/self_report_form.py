"""What the dialogue of a self-report is about, how it begins, and its draft.

The same dialogue for a member's own report (subject `round`) and for one that the leader of a cell records on behalf of
a member (`round:person`). Its version is the hash of the criteria: when they change meanwhile, the answers that still
fit stay. A report that was sent is changed from the answers in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.criteria import CriteriaSet, Criterion
from bot.domain.ids import PersonId, UnitId
from bot.domain.self_report import Answer, Answers, decode_answers, encode_answers, next_unanswered, place_of, question
from bot.texts import self_report as texts
from handlers.declare import Args, Go, number
from handlers.self_report_record import ROUNDS, Owner, Standing, criteria_of, standing
from handlers.turn import Act, Refusal, Turn
from storage import organisation, people, self_reports
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.people import Who
from storage.rounds import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The round, whose report it is (`own`: of who answers), and the questions."""

    round: Round
    owner: Owner
    own: bool
    criteria: CriteriaSet

    @property
    def who(self) -> str:
        """The name to say when it is somebody else's report; empty: the member's own."""
        return "" if self.own else self.owner.name


# ------------------------------------------------------------------------------------ whose it is


def owner_of(who: Who) -> Owner:
    """A member as the owner of a report."""
    assert who.cell_id is not None, "a member has a cell"
    return Owner(person=who.person_id, name=who.full_name, cell=who.cell_id, cell_name=who.cell_name)


async def member_asked(tx: Tx, args: Args) -> tuple[Round, Owner] | None:
    """The round and the member of `round:person`; None unless the member is asked in it today."""
    found, name = await ROUNDS.by_args(tx, args), number(args, 1)
    who = await people.who_is(tx, PersonId(name)) if name is not None else None
    if found is None or who is None or who.cell_id is None or not who.is_member:
        return None
    return (found, owner_of(who)) if found.unit_id in await organisation.path_up(tx, who.cell_id) else None


async def over_member(tx: Tx, args: Args) -> UnitId | None:
    """`over` for what a leader does about a member's report (`round:person`)."""
    found = await member_asked(tx, args)
    return found[1].cell if found else None


async def round_and_owner(turn: Turn, subject: str) -> tuple[Round, Owner]:
    """Round and owner of a subject whose right was checked; without a person it is who spoke."""
    args = tuple(subject.split(":"))
    found = await ROUNDS.by_args(turn.tx, args) if len(args) == 1 else None
    place = (found, owner_of(turn.person)) if found else await member_asked(turn.tx, args)
    assert place is not None, "the journey's right was checked over this subject"
    return place


async def form_of(turn: Turn, subject: str) -> Form:
    """The form of a subject whose right was checked. Refused when the committee has no questions to ask."""
    found, owner = await round_and_owner(turn, subject)
    criteria = await criteria_of(turn, found, owner.cell)
    if criteria is None:
        raise Refusal(texts.no_criteria())
    return Form(round=found, owner=owner, own=":" not in subject, criteria=criteria)


async def version(turn: Turn, subject: str) -> str:
    """The exact questions that are asked now."""
    return (await form_of(turn, subject)).criteria.edition.hash


# -------------------------------------------------------------------------------------- beginning


async def start(turn: Turn, subject: str, old: Mapping[str, Any] | None) -> Go:
    """From the beginning; from a draft with other questions; or from what was sent."""
    form = await form_of(turn, subject)
    if refused := await why_not(turn, form):
        raise refused
    newest = await self_reports.newest_report(turn.tx, form.round.id, form.owner.person)
    after = newest.version if newest else 0
    stored = newest.answers if newest else {}
    if old is not None:
        stored, after = old["given"], old["after"]
    answers = decode_answers(form.criteria, stored)
    if not answers:
        return Go(step="intro", keep={"given": {}, "after": after})
    return onwards(form, answers, after=after)


async def why_not(act: Act, form: Form) -> Refusal | None:
    """Why nothing is taken (any more); None: it is."""
    newest = await self_reports.newest_report(act.tx, form.round.id, form.owner.person)
    match await standing(act, form.round, form.owner):
        case Standing.OVER:
            return Refusal(texts.round_over(period=form.round.period))
        case Standing.CLOSED:
            assert newest is not None, "it is closed because something was sent"
            return Refusal(
                texts.closed(period=form.round.period, due_at=form.round.due_at, sent_at=newest.submitted_at)
            )
        case Standing.OPEN | Standing.LATE:
            if form.own or newest is None or newest.on_behalf:
                return None
            return Refusal(texts.sent_by_themselves(who=form.owner.name, sent_at=newest.submitted_at))


async def open_form(turn: Turn, dialogue: Dialogue) -> Form | None:
    """The form while it is taken; otherwise why it is not any more was said, and the dialogue is to end."""
    form = await form_of(turn, dialogue.subject)
    refused = await why_not(turn, form)
    if refused is None:
        return form
    turn.answer(refused.message)
    return None


async def late(turn: Turn, form: Form) -> list[str]:
    """What to know before answering: that it is late."""
    return [texts.late(form.round.due_at)] if await standing(turn, form.round, form.owner) is Standing.LATE else []


# -------------------------------------------------------------------------------------- the draft


def answers_in(form: Form, dialogue: Dialogue) -> dict[str, Answer]:
    """The answers so far."""
    return decode_answers(form.criteria, dialogue.answers["given"])


def criterion_at(form: Form, dialogue: Dialogue) -> Criterion:
    """The question that the screen is about."""
    criterion = question(form.criteria, int(dialogue.answers["at"]))
    assert criterion is not None, "the draft belongs to these questions"
    return criterion


def onwards(form: Form, answers: Answers, **keep: Any) -> Go:
    """To the first question without an answer, or to the summary; the answers go into the draft."""
    kept = {"given": encode_answers(answers), **keep}
    following = next_unanswered(form.criteria, answers)
    if following is None:
        return Go(step="summary", keep=kept)
    return Go(step="question", at=place_of(form.criteria, following.key).number, keep=kept)
