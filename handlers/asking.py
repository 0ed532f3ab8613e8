"""A question of a dialogue as a message: its picks as choices, the ways back and out, the way to the page."""

from bot.chat import Choice, Message
from bot.texts import common
from handlers import moving
from handlers.declare import Gave, Journey, Question, Step
from handlers.moving import TRAIL
from handlers.turn import Turn
from storage.dialogues import Dialogue

VERB = "d"
BACK = "<"
STOP = "x"


def at_of(dialogue: Dialogue) -> int:
    """Which of the screens of its step the dialogue is at."""
    trail_at = dialogue.answers.get("at", 0)
    assert isinstance(trail_at, int)
    return trail_at


def step_of(turn: Turn, journey: Journey, dialogue: Dialogue) -> Step:
    """The step as it is where the person speaks."""
    step = journey.steps[dialogue.step]
    return step if turn.can.buttons or step.typed is None else step.typed


def message_of(turn: Turn, journey: Journey, dialogue: Dialogue, question: Question, *, before: str) -> Message:
    """The question as a message, with the ways back, out and on."""
    stem = f"{VERB}:{dialogue.id}:{dialogue.step}:{at_of(dialogue)}"
    picks = [Choice(pick.label, f"{stem}:{pick.value}", nav=pick.plain) for pick in question.picks]
    picks += moving.page_choice(turn, journey, dialogue)
    if dialogue.answers.get(TRAIL):
        picks.append(Choice(common.BACK, f"{stem}:{BACK}", nav=True))
    picks.append(Choice(common.STOP, f"{stem}:{STOP}", nav=True))
    return Message(
        title=question.title,
        text=f"{before}\n\n{question.text}" if before else question.text,
        choices=tuple(picks),
        paper=question.paper,
        in_place=question.paper is None and not question.apart,
    )


def file_fault(said: Gave, limit: int) -> str:
    """Why a file is not taken; nothing when it is."""
    if not limit:
        return common.write_text()
    if said.file.size == 0 or said.file.content == b"":
        return common.file_empty()
    if said.file.content is None or len(said.file.content) > limit:
        return common.file_too_large(limit)
    return ""
