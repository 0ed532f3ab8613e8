"""What typed words mean while choices stand above them: one of those, or an answer to the open dialogue.

A digit, or words as they stand there, answer the newest message with choices. When that came by itself (a notice, a
reminder) while a dialogue was open, and the dialogue could be meant as well, nobody guesses: the person is asked which.
"""

from bot.chat import CHOICE_DATA_LIMIT, Choice
from bot.domain.words import fold, list_number
from bot.texts import common
from bot.texts import elsewhere as texts
from handlers import dialogue as engine
from handlers.asking import VERB
from handlers.turn import Turn
from storage.dialogues import Dialogue
from storage.outbox import Question


def chosen(text: str, choices: tuple[Choice, ...]) -> str | None:
    """The data of the choice that a typed text names: by its number, or by its words however written.

    The first words are enough ("vắng" for "Vắng có lý do") where only one choice begins so. Not in a dialogue: there
    what is typed is an answer, which may happen to begin like a pick."""
    found = _chosen(text, choices)
    return found.data if found else None


async def asked_back(
    turn: Turn, journeys: engine.Journeys, dialogue: Dialogue | None, newest: Question, text: str
) -> bool:
    """Ask which is meant, if that is not sure; whether it was asked."""
    newer = _chosen(text, newest.choices)
    if dialogue is None or newer is None or not newest.unasked:
        return False
    own = _chosen(text, await engine.choices_now(turn, journeys, dialogue))
    number = list_number(text)
    if own is None and number is not None:
        own = Choice(text, engine.typed_data(dialogue, str(number)))
    if own is None or own.data == newer.data:
        return False
    first = Choice(texts.of_open(own.label, journeys[dialogue.journey].title), own.data)
    data = f"{engine.THEN}:{newer.data}"
    second = Choice(texts.of_newer(newer.label), data if len(data.encode()) <= CHOICE_DATA_LIMIT else newer.data)
    turn.answer(texts.which_is_meant(text, choices=(first, second)))
    return True


def _chosen(text: str, choices: tuple[Choice, ...]) -> Choice | None:
    word, place = fold(text), list_number(text)
    if not word:
        return None
    if place is not None:
        numbered = [choice for choice in choices if not choice.nav]
        return numbered[place - 1] if 1 <= place <= len(numbered) else None
    exact = next((choice for choice in choices if common.means(text, (choice.label,))), None)
    length = len(word.split())
    begun = [
        choice
        for choice in choices
        if common.means(text, (" ".join(choice.label.split()[:length]),)) and not choice.data.startswith(f"{VERB}:")
    ]
    return exact or (begun[0] if len(begun) == 1 else None)
