"""The screens of a self-report where everything is typed: all questions at once, then the summary, mended as it is.

The draft is that of handlers/self_report_questions.py. A note is added at the summary, to any answer ("3 còn vắng một
buổi"): nobody is asked for one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.answer import AnswerFault, decode_value, encode_value, read_answer
from bot.domain.criteria import CriteriaSet, Criterion
from bot.domain.free_text import FreeTextFault, read_free_text
from bot.domain.packed import Line, Remark, lettered, read_packed, read_remarks
from bot.domain.self_report import Answer, place_of, question
from bot.domain.words import fold, list_number
from bot.texts import packed as packed_texts
from bot.texts import self_report as texts
from bot.texts.free_text import free_text_fault
from bot.texts.self_report_sheet import good_text, sheet, value_text
from handlers.declare import Answer as Told
from handlers.declare import Chose, End, Go, Move, Pick, Question, Said, Stay, Step
from handlers.packing import Closed, Sheet, packed_step, repeat
from handlers.self_report_form import Form, answers_in, form_of, late, onwards, open_form
from handlers.self_report_send import other_version, send
from handlers.turn import Turn
from storage.dialogues import Dialogue

_SEND = "send"


# -------------------------------------------------------------------------------------- the questions


async def _sheet(turn: Turn, dialogue: Dialogue) -> Sheet:
    """All that have no answer; or the one that was asked for again."""
    form = await form_of(turn, dialogue.subject)
    answers = answers_in(form, dialogue)
    again = question(form.criteria, int(dialogue.answers.get("at", 0)))
    if again is not None and again.key in answers:
        lead = texts.answered_now(form.criteria, again, answers[again.key])
        return Sheet(lead=lead, questions=[_closed(turn, form.criteria, again)])
    items = [item for item in form.criteria.items if item.key not in answers]
    period, before = form.round.period, await late(turn, form)
    if dialogue.step == "question":
        lead = texts.still_open(len(items), period=period, who=form.who)
    elif form.own:
        lead = texts.intro_packed(form.criteria, period=period, due_at=form.round.due_at, before=before)
    else:
        lead = texts.intro_for(
            form.criteria, who=form.owner.name, cell=form.owner.cell_name, period=period, before=before
        )
    return Sheet(
        lead=lead,
        questions=[_closed(turn, form.criteria, item) for item in items],
        before=[_closed(turn, form.criteria, item) for item in form.criteria.items if item.key in answers],
    )


async def _given(turn: Turn, dialogue: Dialogue, given: Mapping[int, str]) -> Move:
    form = await open_form(turn, dialogue)
    return End() if form is None else _with_values(form, answers_in(form, dialogue), given)


async def _remarked(turn: Turn, dialogue: Dialogue, said: Told) -> Move | None:
    """Words about questions that have an answer, or are given one with them; None when there are none."""
    form = await form_of(turn, dialogue.subject)
    if not isinstance(said, Said):
        return None
    lines = [_closed(turn, form.criteria, item).line for item in form.criteria.items]
    packed = read_packed(said.text, lines)
    remarks = None if packed.given and not packed.unclear else read_remarks(said.text, lines)
    if remarks is None or any(one.value is None and not _has_answer(form, dialogue, one.number) for one in remarks):
        return None
    return End() if await open_form(turn, dialogue) is None else _with_remarks(form, dialogue, remarks)


SHEET = packed_step(sheet=_sheet, then=_given, asks_on="question", other=_remarked)


# ----------------------------------------------------------------------------------------- summary


async def _ask_summary(turn: Turn, dialogue: Dialogue) -> Question:
    form = await form_of(turn, dialogue.subject)
    answers = answers_in(form, dialogue)
    text = texts.summary_typed(
        form.criteria,
        sheet(form.criteria, answers, turn.house.content.movement),
        period=form.round.period,
        who=form.who,
        before=[*await late(turn, form), *await other_version(turn, form, dialogue)],
        notes=any(answer.note for answer in answers.values()),
    )
    return Question(title=texts.SUMMARY_TITLE, text=text, picks=(Pick(texts.SEND, _SEND, plain=True),))


async def _take_summary(turn: Turn, dialogue: Dialogue, said: Told) -> Move:
    form = await open_form(turn, dialogue)
    if form is None:
        return End()
    if isinstance(said, Chose) or (isinstance(said, Said) and fold(said.text) in texts.SEND_WORDS):
        return await send(turn, form, dialogue)
    total = len(form.criteria.items)
    if not isinstance(said, Said):
        return Stay(texts.not_sent_yet(total))
    number = list_number(said.text.casefold().removeprefix("câu"))
    if number is not None and question(form.criteria, number):
        return Go(step="question", at=number)
    remarked = await _remarked(turn, dialogue, said)
    if remarked is not None:
        return remarked
    questions = [_closed(turn, form.criteria, item) for item in form.criteria.items]
    read = read_packed(said.text, [one.line for one in questions])
    heard = repeat(read, questions)
    if not read.given:
        return Stay(packed_texts.not_read(heard) or texts.not_sent_yet(total))
    go = _with_values(form, answers_in(form, dialogue), read.given)
    return replace(go, said=packed_texts.corrected(heard))


SUMMARY = Step(ask=_ask_summary, take=_take_summary)


# --------------------------------------------------------------------------------------- the works


def _closed(turn: Turn, criteria: CriteriaSet, item: Criterion) -> Closed:
    number = place_of(criteria, item.key).number
    heading = good_text(turn.house.content.movement.good(item.good))

    def name(value: str) -> str:
        known = decode_value(item, value)
        return value_text(criteria, item, known) if known is not None else value

    if item.points is not None:
        asked = packed_texts.Asked(
            number=number,
            heading=heading,
            text=texts.points_asked(item.text, item.points),
            labels=(),
            example=texts.points_example(item.points),
        )
        return Closed(asked=asked, line=_points_line(criteria, item, number), name=name)
    words = {word.verdict: (word.word, *word.also) for word in criteria.words}
    asked = packed_texts.Asked(
        number=number,
        heading=heading,
        text=item.text,
        labels=tuple(criteria.word(verdict) for verdict in item.verdicts),
    )
    line = lettered(number, [(verdict.value, words[verdict]) for verdict in item.verdicts])
    return Closed(asked=asked, line=line, name=name)


def _points_line(criteria: CriteriaSet, item: Criterion, number: int) -> Line:
    def read(typed: str) -> str | None:
        value = read_answer(criteria, item, typed)
        return None if isinstance(value, AnswerFault) else encode_value(value)

    return Line(number=number, read=read, by_number=True)


def _has_answer(form: Form, dialogue: Dialogue, number: int) -> bool:
    item = question(form.criteria, number)
    return item is not None and item.key in answers_in(form, dialogue)


def _with_values(form: Form, answers: dict[str, Answer], given: Mapping[int, str]) -> Go:
    for number, stored in given.items():
        item = question(form.criteria, number)
        value = decode_value(item, stored) if item else None
        if item is not None and value is not None:
            before = answers.get(item.key)
            answers[item.key] = Answer(value, before.note if before else "")
    return onwards(form, answers)


def _with_remarks(form: Form, dialogue: Dialogue, remarks: Sequence[Remark]) -> Move:
    answers = answers_in(form, dialogue)
    _with_values(form, answers, {one.number: one.value for one in remarks if one.value is not None})
    for one in remarks:
        note = "" if fold(one.words) in texts.DROP_WORDS else read_free_text(one.words)
        if isinstance(note, FreeTextFault):
            return Stay(free_text_fault(note))
        item = question(form.criteria, one.number)
        assert item is not None, "only questions that have an answer are remarked upon"
        answers[item.key] = Answer(answers[item.key].value, note)
    return replace(onwards(form, answers), said=texts.remarked([one.number for one in remarks]))
