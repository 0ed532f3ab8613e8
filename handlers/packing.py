"""Several closed questions in one message, as a step of a dialogue where there are no buttons.

    steps={"question": Step(ask=..., take=..., typed=packed_step(sheet=..., then=...))}

As many of the open questions as the channel carries are asked at once, with their numbers; they are answered by "1a 2c
3b" (bot/domain/packed.py). What was understood goes into the draft and is repeated, and only what is missing is asked
again; nothing is recorded before the journey's own summary has been confirmed. The draft is the same as that of the
step with buttons, so that a dialogue may be begun in one place and finished in another.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.chat import Message
from bot.domain.packed import Line, Understood, read_packed
from bot.texts import common
from bot.texts import packed as texts
from bot.texts.packed import Asked
from handlers.declare import Answer, Go, Move, Question, Said, Stay, Step
from handlers.turn import Turn
from storage.dialogues import Dialogue

ROOM = 170
"""Units left for the ways back and out, which the engine adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """One closed question: how it is asked, how its answer is read, and how a value is named when it is repeated."""

    asked: Asked
    line: Line
    name: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is open, in order; `before` are those with an answer, which may be named again."""

    title: str = ""
    lead: str = ""
    questions: Sequence[Closed]
    before: Sequence[Closed] = ()


def packed_step(
    *,
    sheet: Callable[[Turn, Dialogue], Awaitable[Sheet]],
    then: Callable[[Turn, Dialogue, Mapping[int, str]], Awaitable[Move]],
    asks_on: str,
    other: Callable[[Turn, Dialogue, Answer], Awaitable[Move | None]] | None = None,
) -> Step:
    """The step. `then` is given what was understood, by number, and keeps it; while it leads to the step `asks_on`,
    something is missing. `other` may take what is no such answer (words of one's own)."""

    async def ask(turn: Turn, dialogue: Dialogue) -> Question:
        whole = await sheet(turn, dialogue)
        return Question(title=whole.title, text=_text(whole.lead, _fitting(turn, whole)))

    async def take(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
        taken = await other(turn, dialogue, said) if other else None
        if taken is not None:
            return taken
        if not isinstance(said, Said):
            return Stay(common.write_text())
        whole = await sheet(turn, dialogue)
        shown = _fitting(turn, whole)
        read = read_packed(said.text, _lines(shown), also=_lines(whole.before))
        heard = repeat(read, [*whole.questions, *whole.before])
        if not read.given:
            return Stay(texts.nothing_read(heard))
        move = await then(turn, dialogue, read.given)
        if not isinstance(move, Go):
            return move
        return replace(move, said=texts.repeated(heard) if move.step == asks_on else texts.not_read(heard))

    return Step(ask=ask, take=take)


def repeat(read: Understood, questions: Sequence[Closed]) -> texts.Heard:
    """What was understood, in the words of the questions."""
    names = {one.line.number: one.name for one in questions}
    said = [texts.said(number, names[number](value)) for number, value in sorted(read.given.items())]
    return texts.Heard(said=said, unclear=read.unclear, twice=read.twice, unknown=read.unknown)


def _lines(questions: Sequence[Closed]) -> Sequence[Line]:
    return [one.line for one in questions]


def _text(lead: str, questions: Sequence[Closed]) -> str:
    return texts.sheet(lead, [one.asked for one in questions])


def _fitting(turn: Turn, whole: Sheet) -> Sequence[Closed]:
    """As many questions as one message carries, at least one; if not all, rather to the end of a heading."""
    limit = turn.can.text_limit - ROOM

    def fits(count: int) -> bool:
        message = Message(title=whole.title, text=_text(whole.lead, whole.questions[:count]))
        return turn.can.length(message) <= limit

    count = next((count for count in range(len(whole.questions), 1, -1) if fits(count)), 1)
    if count < len(whole.questions):
        following = whole.questions[count].asked.heading
        under = sum(one.asked.heading == following for one in whole.questions[:count])
        if following and count - under >= count / 2:
            count -= under
    return whole.questions[:count]
