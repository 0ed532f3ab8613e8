"""The screens of a self-report: the introduction, one criterion at a time, a note where it is wanted, the summary.

After "đạt" or points the next question follows at once; after anything less, something may be added. From the summary
every answer is reached by its number, and leads back to it.
"""

from collections.abc import Mapping

from bot.domain.answer import AnswerFault, read_answer
from bot.domain.criteria import Criterion, Value, Verdict
from bot.domain.free_text import LIMIT, FreeTextFault, read_free_text
from bot.domain.self_report import Answer, place_of
from bot.domain.self_report import question as numbered
from bot.domain.words import fold
from bot.texts import common
from bot.texts import self_report as texts
from bot.texts.free_text import free_text_fault
from bot.texts.self_report_sheet import sheet
from handlers import self_report_typed as typed_steps
from handlers.declare import Answer as Told
from handlers.declare import Chose, End, Go, Move, Pick, Question, Said, Stay, Step
from handlers.self_report_form import Form, answers_in, criterion_at, form_of, late, onwards, open_form
from handlers.self_report_send import other_version, send
from handlers.turn import Turn
from storage.dialogues import Dialogue

_BEGIN, _NOTE, _SKIP, _DROP, _SEND = "begin", "note", "skip", "drop", "send"


# ----------------------------------------------------------------------------------- introduction


async def _ask_intro(turn: Turn, dialogue: Dialogue) -> Question:
    form = await form_of(turn, dialogue.subject)
    before = await late(turn, form)
    period = form.round.period
    if form.own:
        text = texts.intro(form.criteria, period=period, due_at=form.round.due_at, before=before)
    else:
        text = texts.intro_for(
            form.criteria, who=form.owner.name, cell=form.owner.cell_name, period=period, before=before
        )
    return Question(text=text, picks=(Pick(texts.BEGIN, _BEGIN),))


async def _take_intro(turn: Turn, dialogue: Dialogue, said: Told) -> Move:
    form = await open_form(turn, dialogue)
    if form is None:
        return End()
    return onwards(form, answers_in(form, dialogue)) if isinstance(said, Chose) else Stay(common.use_choices())


# --------------------------------------------------------------------------------------- questions


async def _ask_question(turn: Turn, dialogue: Dialogue) -> Question:
    form = await form_of(turn, dialogue.subject)
    criterion = criterion_at(form, dialogue)
    now = answers_in(form, dialogue).get(criterion.key)
    picks = [Pick(form.criteria.word(verdict), verdict.value) for verdict in criterion.verdicts]
    if now is not None:
        picks.append(Pick(texts.CHANGE_NOTE if now.note else texts.ADD_NOTE, _NOTE, plain=True))
    return Question(
        title=texts.question_title(form.criteria, criterion, turn.house.content.movement.good(criterion.good)),
        text=texts.question(form.criteria, criterion, now=now, who=form.who),
        picks=tuple(picks),
    )


async def _take_question(turn: Turn, dialogue: Dialogue, said: Told) -> Move:
    form = await open_form(turn, dialogue)
    if form is None:
        return End()
    criterion = criterion_at(form, dialogue)
    number = place_of(form.criteria, criterion.key).number
    if isinstance(said, Chose) and said.value == _NOTE:
        return Go(step="note", at=number)
    value = _value(form, criterion, said)
    if isinstance(value, AnswerFault):
        return Stay(texts.answer_fault(value, criterion))
    answers = answers_in(form, dialogue)
    before = answers.get(criterion.key)
    answers[criterion.key] = Answer(value, before.note if before else "")
    go = onwards(form, answers)
    wants_note = value in (Verdict.PARTLY, Verdict.NOT_MET) or answers[criterion.key].note
    return Go(step="note", at=number, keep=go.keep) if wants_note else go


def _value(form: Form, criterion: Criterion, said: Told) -> Value | AnswerFault:
    match said:
        case Chose(value=value):
            return Verdict(value)
        case Said(text=typed):
            return read_answer(form.criteria, criterion, typed)
        case _:
            return AnswerFault.NOT_A_CHOICE


# ------------------------------------------------------------------------------------------ notes


async def _ask_note(turn: Turn, dialogue: Dialogue) -> Question:
    form = await form_of(turn, dialogue.subject)
    criterion = criterion_at(form, dialogue)
    answer = answers_in(form, dialogue)[criterion.key]
    skip = Pick(texts.KEEP_NOTE if answer.note else texts.SKIP, _SKIP)
    return Question(
        title=texts.question_title(form.criteria, criterion, turn.house.content.movement.good(criterion.good)),
        text=texts.want_note(form.criteria, criterion, answer, limit=LIMIT),
        picks=(skip, Pick(texts.DROP_NOTE, _DROP)) if answer.note else (skip,),
    )


async def _take_note(turn: Turn, dialogue: Dialogue, said: Told) -> Move:
    form = await open_form(turn, dialogue)
    if form is None:
        return End()
    answers = answers_in(form, dialogue)
    criterion = criterion_at(form, dialogue)
    answer = answers[criterion.key]
    match said:
        case Chose(value=value):
            note: str | FreeTextFault = "" if value == _DROP else answer.note
        case Said(text=typed) if fold(typed) in texts.NOTHING_TO_ADD:
            note = answer.note
        case Said(text=typed) if fold(typed) in texts.SOMETHING_TO_ADD or fold(typed).isdecimal():
            return Stay(texts.write_note())
        case Said(text=typed):
            note = read_free_text(typed)
        case _:
            return Stay(texts.write_note())
    if isinstance(note, FreeTextFault):
        return Stay(free_text_fault(note))
    return onwards(form, {**answers, criterion.key: Answer(answer.value, note)})


# ---------------------------------------------------------------------------------------- summary


async def _ask_summary(turn: Turn, dialogue: Dialogue) -> Question:
    form = await form_of(turn, dialogue.subject)
    listed = sheet(form.criteria, answers_in(form, dialogue), turn.house.content.movement)
    before = [*await late(turn, form), *await other_version(turn, form, dialogue)]
    text = texts.summary(listed, period=form.round.period, who=form.who, before=before)
    # Digits change answers here, so that no number can send by mistake.
    return Question(title=texts.SUMMARY_TITLE, text=text, picks=(Pick(texts.SEND, _SEND, plain=True),))


async def _take_summary(turn: Turn, dialogue: Dialogue, said: Told) -> Move:
    form = await open_form(turn, dialogue)
    if form is None:
        return End()
    match said:
        case Chose():
            return await send(turn, form, dialogue)
        case Said(text=typed) if fold(typed) in texts.SEND_WORDS:
            return await send(turn, form, dialogue)
        case Said(text=typed) if (number := _number(typed)) and numbered(form.criteria, number):
            return Go(step="question", at=number)
        case _:
            return Stay(texts.no_such_question(len(form.criteria.items)))


def _number(typed: str) -> int:
    """The question that was typed: "3", "câu 3"; 0 when it is none."""
    word = fold(typed).removeprefix("cau ")
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 4 else 0


STEPS: Mapping[str, Step] = {
    "intro": Step(ask=_ask_intro, take=_take_intro, typed=typed_steps.SHEET),
    "question": Step(ask=_ask_question, take=_take_question, typed=typed_steps.SHEET),
    "note": Step(ask=_ask_note, take=_take_note),
    "summary": Step(ask=_ask_summary, take=_take_summary, typed=typed_steps.SUMMARY),
}
