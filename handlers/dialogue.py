"""The dialogue engine: one question a time, a draft after every answer, back, stop, and on again another day.

A dialogue is a row (storage/dialogues.py); nothing about it is kept in memory. A pick's data is
`d:dialogue:step:screen:value`, so a button pressed years later is still understood: the dialogue has ended, or has
moved on, or it is the answer that is waited for. The right of the journey is checked at every answer. A person has one
draft of a thing, wherever they go on with it (handlers/moving.py).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from msgspec import structs

from bot.chat import Choice
from bot.domain.ids import DialogueId
from bot.domain.words import list_number
from bot.texts import common
from bot.texts import elsewhere as elsewhere_texts
from handlers import moving
from handlers.asking import BACK, STOP, VERB, at_of, file_fault, message_of, step_of
from handlers.declare import Answer, Args, Chose, End, Gave, Go, Journey, OnPage, Said, Stay, number
from handlers.moving import TRAIL
from handlers.turn import Turn
from storage import dialogues
from storage.dialogues import Dialogue
from storage.forgetting import forget_guest

RESUME = moving.RESUME
PAGE = moving.PAGE
TYPED = "d-typed"
"""A number that was typed, once it is known to be meant for the dialogue."""
THEN = "d-then"
"""What follows is pressed, then the open dialogue asks again."""
RESTART = "d-restart"

Journeys = Mapping[str, Journey]


async def begin(turn: Turn, journey: Journey, subject: str = "", *, fresh: bool = False) -> None:
    """Open the journey. When there is a draft of it, ask whether to go on or to start again (unless `fresh`)."""
    draft = await moving.draft_of(turn, journey=journey.name, subject=subject)
    if draft is not None and not fresh:
        turn.answer(common.unfinished(journey.title, go_on=f"{RESUME}:{draft.id}", start_again=f"{RESTART}:{draft.id}"))
        return
    if draft is not None:
        await dialogues.end(turn.tx, draft.id)
    await _open(turn, journey, subject, None)


async def resume(turn: Turn, journeys: Journeys, args: Args) -> None:
    """Go on with a draft, here, wherever it was left."""
    dialogue = await _find(turn, args) or await moving.bring_here(turn, DialogueId(number(args) or 0))
    if dialogue is None:
        _say_over(turn)
        return
    journey = journeys[dialogue.journey]
    if not await _may(turn, journey, dialogue.subject):
        await _refuse(turn, dialogue)
    elif await _is_current(turn, journey, dialogue):
        await dialogues.park_open(turn.tx, turn.address)
        dialogue = structs.replace(dialogue, open=False)  # it may have been the one
        await dialogues.save(turn.tx, dialogue, keep=journey.keep)
        await _ask(turn, journey, dialogue)


async def restart(turn: Turn, journeys: Journeys, args: Args) -> None:
    """Drop a draft and begin its journey anew."""
    dialogue = await _find(turn, args) or await moving.bring_here(turn, DialogueId(number(args) or 0))
    if dialogue is None:
        _say_over(turn)
        return
    journey = journeys[dialogue.journey]
    if not await _may(turn, journey, dialogue.subject):
        await _refuse(turn, dialogue)
        return
    await dialogues.end(turn.tx, dialogue.id)
    await _open(turn, journey, dialogue.subject, None)


async def press(turn: Turn, journeys: Journeys, args: Args) -> None:
    """A pick was pressed: `dialogue:step:screen:value`."""
    dialogue = await _find(turn, args)
    if dialogue is None or len(args) != 4:
        await _after_end(turn, journeys, args)
        return
    journey = journeys[dialogue.journey]
    if not await _may(turn, journey, dialogue.subject):
        await _refuse(turn, dialogue)
        return
    if args[3] == STOP:
        await stop(turn, journeys, dialogue)
        return
    if not await _is_current(turn, journey, dialogue):
        return
    if (args[1], number(args, 2)) != (dialogue.step, at_of(dialogue)):
        await _ask(turn, journey, dialogue, before=common.answered_already())
        return
    if args[3] == BACK:
        await _back(turn, journey, dialogue)
        return
    step = step_of(turn, journey, dialogue)
    values = step.values
    if values is None:
        values = frozenset({pick.value for pick in (await step.ask(turn, dialogue)).picks})
    if args[3] not in values:
        await _ask(turn, journey, dialogue, before=common.use_choices())
        return
    await _take(turn, journey, dialogue, Chose(args[3]))


async def answer(turn: Turn, journeys: Journeys, dialogue: Dialogue, said: Answer) -> None:
    """Something typed or a file, while the dialogue is open."""
    journey = journeys[dialogue.journey]
    if not await _may(turn, journey, dialogue.subject):
        await _refuse(turn, dialogue)
        return
    if isinstance(said, Said) and common.means(said.text, common.STOP_WORDS):
        await stop(turn, journeys, dialogue)
        return
    if isinstance(said, Said) and common.means(said.text, elsewhere_texts.PAGE_WORDS) and moving.offers_page(turn):
        await moving.to_page(turn, journey, dialogue)
        return
    if not await _is_current(turn, journey, dialogue):
        return
    if isinstance(said, Said) and common.means(said.text, common.BACK_WORDS):
        await _back(turn, journey, dialogue)
        return
    limit = step_of(turn, journey, dialogue).file_limit
    if isinstance(said, Gave) and (fault := file_fault(said, limit)):
        await _ask(turn, journey, dialogue, before=fault)
        return
    await _take(turn, journey, dialogue, said)


async def ask_again(turn: Turn, journey: Journey, dialogue: Dialogue) -> None:
    """Ask the open dialogue's question anew: it has changed by itself (something was made ready), or something came
    between."""
    await _ask(turn, journey, dialogue)


async def typed(turn: Turn, journeys: Journeys, args: Args) -> None:
    """A number that was typed was meant for the dialogue: `dialogue:step:screen:number`."""
    dialogue = await _find(turn, args)
    place = list_number(args[3]) if len(args) == 4 else None
    if dialogue is None or place is None:
        await _after_end(turn, journeys, args)
    elif (args[1], number(args, 2)) != (dialogue.step, at_of(dialogue)):
        await _ask(turn, journeys[dialogue.journey], dialogue, before=common.answered_already())
    else:
        await answer(turn, journeys, dialogue, Said(args[3]))


def typed_data(dialogue: Dialogue, typed: str) -> str:
    """The data of a choice by which a typed number is given to the dialogue."""
    return f"{TYPED}:{dialogue.id}:{dialogue.step}:{at_of(dialogue)}:{typed}"


async def choices_now(turn: Turn, journeys: Journeys, dialogue: Dialogue) -> tuple[Choice, ...]:
    """What could be answered to the open dialogue by a number or by words; nothing when it is not theirs any more."""
    journey = journeys[dialogue.journey]
    if not await _may(turn, journey, dialogue.subject):
        return ()
    if await journey.version(turn, dialogue.subject) != dialogue.version:
        return ()
    question = await step_of(turn, journey, dialogue).ask(turn, dialogue)
    return message_of(turn, journey, dialogue, question, before="").choices


async def to_page(turn: Turn, journeys: Journeys, args: Args) -> None:
    """The dialogue is to go on on the page."""
    dialogue = await _find(turn, args)
    if dialogue is None or not moving.offers_page(turn):
        await _after_end(turn, journeys, args)
    else:
        await moving.to_page(turn, journeys[dialogue.journey], dialogue)


async def stop(turn: Turn, journeys: Journeys, dialogue: Dialogue) -> None:
    """Put the dialogue aside; the draft stays until it expires."""
    if turn.who is None:
        await _finish(turn, dialogue)
        turn.answer(common.stopped_guest())
        return
    # It may be an old button, of another dialogue than the one that is open.
    await dialogues.park_open(turn.tx, turn.address)
    await dialogues.save(turn.tx, dialogue, keep=journeys[dialogue.journey].keep)
    await dialogues.park_open(turn.tx, turn.address)
    message = common.stopped(journeys[dialogue.journey].title)
    turn.answer(replace(message, choices=(Choice(common.GO_ON, f"{RESUME}:{dialogue.id}"),)))


VERBS: Mapping[str, Callable[[Turn, Journeys, Args], Awaitable[None]]] = {
    VERB: press,
    RESUME: resume,
    RESTART: restart,
    PAGE: to_page,
    TYPED: typed,
}
"""What is pressed in dialogues, by verb."""


# ------------------------------------------------------------------------------------- the works


async def _find(turn: Turn, args: Args) -> Dialogue | None:
    name = number(args)
    return None if name is None else await dialogues.dialogue_by_id(turn.tx, turn.address, DialogueId(name))


async def _after_end(turn: Turn, journeys: Journeys, args: Args) -> None:
    """A button of a dialogue that has ended: the journey says what came of it, or that it is over."""
    name = number(args)
    gone_on = None if name is None else await moving.elsewhere(turn, DialogueId(name))
    if gone_on is not None:
        turn.answer(moving.goes_on_elsewhere(journeys[gone_on[1].journey], gone_on[1].id))
        return
    ended = None if name is None else await dialogues.ended_dialogue(turn.tx, turn.address, DialogueId(name))
    journey = journeys.get(ended[0]) if ended else None
    told = (
        ended
        and journey
        and journey.ended
        and await _may(turn, journey, ended[1])
        and await journey.ended(turn, ended[1])
    )
    if not told:
        _say_over(turn)


def _say_over(turn: Turn) -> None:
    turn.answer(common.dialogue_over() if turn.who else common.over_for_guest())


async def _may(turn: Turn, journey: Journey, subject: str) -> bool:
    if journey.over is None:
        return await turn.may(journey.right)
    unit = await journey.over(turn.tx, tuple(subject.split(":")))
    return unit is not None and await turn.may(journey.right, unit)


async def _refuse(turn: Turn, dialogue: Dialogue) -> None:
    """The right was lost meanwhile: the dialogue is over, so that it neither waits for answers nor stands in /toi."""
    await dialogues.end(turn.tx, dialogue.id)
    turn.answer(common.not_allowed())


async def _open(turn: Turn, journey: Journey, subject: str, old: Mapping[str, Any] | None, *, before: str = "") -> None:
    first = await journey.start(turn, subject, old)
    dialogue = await dialogues.begin(
        turn.tx,
        turn.address,
        person=turn.who.person_id if turn.who else None,
        journey=journey.name,
        subject=subject,
        step=first.step,
        answers={**first.keep, "at": first.at, TRAIL: []},
        version=await journey.version(turn, subject),
        keep=journey.keep,
    )
    await _ask(turn, journey, dialogue, before=before)


async def _is_current(turn: Turn, journey: Journey, dialogue: Dialogue) -> bool:
    """False when the form changed meanwhile: then it was begun anew with what still fits."""
    if await journey.version(turn, dialogue.subject) == dialogue.version:
        return True
    await dialogues.end(turn.tx, dialogue.id)
    await _open(turn, journey, dialogue.subject, dialogue.answers, before=common.form_changed(journey.title))
    return False


async def _take(turn: Turn, journey: Journey, dialogue: Dialogue, said: Answer) -> None:
    before = len(turn.letters)
    move = await step_of(turn, journey, dialogue).take(turn, dialogue, said)
    match move:
        case End():
            await _finish(turn, dialogue)
            await moving.tell_home(turn, journey, dialogue, turn.letters[before:])
        case OnPage(why=why) if moving.offers_page(turn):
            await moving.to_page(turn, journey, dialogue, before=why)
        case OnPage(otherwise=message):
            await _finish(turn, dialogue)
            turn.answer(message)
        case Stay(why=why):
            await _ask(turn, journey, dialogue, before=why)
        case Go():
            trail = [*dialogue.answers[TRAIL], [dialogue.step, at_of(dialogue)]]
            keep = {**move.keep, "at": move.at, TRAIL: trail}
            await _move(turn, journey, dialogue, step=move.step, keep=keep, before=move.said)


async def _finish(turn: Turn, dialogue: Dialogue) -> None:
    """The dialogue is over. Of a guest's, nothing that was said stays: they have not agreed to anything being kept."""
    await dialogues.end(turn.tx, dialogue.id)
    if turn.who is None:
        await forget_guest(turn.tx, turn.address)


async def _back(turn: Turn, journey: Journey, dialogue: Dialogue) -> None:
    trail = list(dialogue.answers[TRAIL])
    if not trail:
        await _ask(turn, journey, dialogue)
        return
    step, at = trail.pop()
    await _move(turn, journey, dialogue, step=step, keep={"at": at, TRAIL: trail})


async def _move(
    turn: Turn, journey: Journey, dialogue: Dialogue, *, step: str, keep: Mapping[str, Any], before: str = ""
) -> None:
    dialogue = structs.replace(dialogue, step=step, answers={**dialogue.answers, **keep})
    # One is open at an address at most: beside this one there is none.
    if not dialogue.open:
        await dialogues.park_open(turn.tx, turn.address)
    await dialogues.save(turn.tx, dialogue, keep=journey.keep)
    await _ask(turn, journey, dialogue, before=before)


async def _ask(turn: Turn, journey: Journey, dialogue: Dialogue, *, before: str = "") -> None:
    step = step_of(turn, journey, dialogue)
    question = await step.ask(turn, dialogue)
    assert step.values is None or step.values == {pick.value for pick in question.picks}, "the step's picks are others"
    turn.answer(message_of(turn, journey, dialogue, question, before=before))
