"""A draft that goes on at another address of the same person: one draft, moved and never copied.

Where there are no buttons, a long form offers to go on on our own page (`Journey.long`); anybody may ask for it in any
dialogue. The link is for that person, once, until an instant (handlers/page_pass.py), and what it presses is "go on
with this draft": wherever a person does that, the draft comes to them, with what was answered. Once it is over, the
chat that it was begun in hears what came of it.
"""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from bot.chat import Address, Choice, Link, Message, Priority
from bot.domain.ids import DialogueId
from bot.domain.page import ACCOUNT, LINK_VALID
from bot.texts import elsewhere as texts
from handlers.declare import Journey
from handlers.page_pass import issue_page_link
from handlers.turn import Turn
from storage import addresses, dialogues
from storage.dialogues import Dialogue
from storage.outbox import Letter

PAGE = "d-page"
RESUME = "d-resume"
TRAIL = "_trail"
"""Under what the engine keeps the way back in a draft."""
_HOME = "_home"
_PERSON = "a person"
"""No account is called so: the turn of a person, after that of the address."""


def offers_page(turn: Turn) -> bool:
    """Whether whoever speaks could go on on the page."""
    return bool(turn.house.page) and turn.who is not None and turn.address.account != ACCOUNT


def page_choice(turn: Turn, journey: Journey, dialogue: Dialogue) -> tuple[Choice, ...]:
    """The way to the page, where it is worth words: at the beginning of a long form where there are no buttons, and
    where a file is wanted and none goes. It can be typed at any time."""
    begins_long = journey.long and not dialogue.answers.get(TRAIL)
    wants_file = journey.steps[dialogue.step].file_limit > 0
    worth = (begins_long and not turn.can.buttons) or (wants_file and not turn.can.files)
    if not worth or not offers_page(turn):
        return ()
    return (Choice(texts.ON_PAGE, f"{PAGE}:{dialogue.id}", nav=True),)


async def draft_of(turn: Turn, *, journey: str, subject: str) -> Dialogue | None:
    """The person's draft of this journey on this subject: here, or at another address of theirs. Whoever is told that
    there is none may begin one: nobody else begins it for this person meanwhile."""
    if turn.who is not None:
        await dialogues.take_turn(turn.tx, Address(_PERSON, str(turn.who.person_id)))
    found = await dialogues.draft_of(turn.tx, turn.address, journey=journey, subject=subject)
    if found is not None or turn.who is None:
        return found
    for one in await addresses.addresses_of(turn.tx, turn.who.person_id):
        found = await dialogues.draft_of(turn.tx, one.address, journey=journey, subject=subject)
        if found is not None and found.person_id == turn.who.person_id:
            return found
    return None


async def drafts(turn: Turn) -> Sequence[Dialogue]:
    """What the person left to go on with: put aside here, or begun at another address of theirs."""
    found = await dialogues.parked_at(turn.tx, turn.address)
    if turn.who is None:
        return found
    for one in await addresses.addresses_of(turn.tx, turn.who.person_id):
        if one.address != turn.address:
            there = await dialogues.open_dialogue(turn.tx, one.address)
            found += [there] if there else []
            found += await dialogues.parked_at(turn.tx, one.address)
    return [one for one in found if one.person_id == turn.who.person_id]


async def elsewhere(turn: Turn, dialogue: DialogueId) -> tuple[Address, Dialogue] | None:
    """A dialogue of who speaks that is at another address of theirs."""
    found = await dialogues.dialogue_anywhere(turn.tx, dialogue)
    if found is None or turn.who is None or found[0] == turn.address:
        return None
    return found if found[1].person_id == turn.who.person_id else None


async def bring_here(turn: Turn, dialogue: DialogueId) -> Dialogue | None:
    """Let a dialogue of who speaks go on here; None when it is none of theirs, or over."""
    found = await elsewhere(turn, dialogue)
    if found is None:
        return None
    await dialogues.take_turn(turn.tx, found[0])
    found = await elsewhere(turn, dialogue)  # somebody may have answered it there meanwhile
    if found is None:
        return None
    there, draft = found
    await dialogues.move(turn.tx, draft.id, to=turn.address)
    home = draft.answers.get(_HOME) or [there.account, there.chat]
    return structs.replace(draft, open=False, answers={**draft.answers, _HOME: home})


async def to_page(turn: Turn, journey: Journey, dialogue: Dialogue, *, before: str = "") -> None:
    """Say the link with which this dialogue goes on on the page, and put it aside here."""
    url = await issue_page_link(turn.tx, turn.house, turn.person.person_id, target=f"{RESUME}:{dialogue.id}")
    assert url is not None, "the page was there when it was offered"
    await dialogues.park_open(turn.tx, turn.address)
    message = texts.go_to_page(journey.title, valid=LINK_VALID, before=before)
    # The address lets its reader in: it is not kept once it is sent.
    turn.answer(replace(message, link=Link(texts.OPEN, url)), forget=True)


def goes_on_elsewhere(journey: Journey, dialogue: DialogueId) -> Message:
    """To a button of a dialogue that has moved on to another address."""
    return texts.goes_on_elsewhere(journey.title, choice=Choice(texts.GO_ON_HERE, f"{RESUME}:{dialogue}"))


async def tell_home(turn: Turn, journey: Journey, dialogue: Dialogue, said: Sequence[Letter]) -> None:
    """The dialogue is over: what was said here at the end is said once where it was begun, if that is still theirs."""
    home = dialogue.answers.get(_HOME)
    answers = [one for one in said if one.address == turn.address and one.priority is Priority.ANSWER]
    if home is None or turn.who is None or not answers or Address(*home) == turn.address:
        return
    message = texts.over_elsewhere(journey.title, answers[-1].message, on_page=turn.address.account == ACCOUNT)
    await turn.follow(turn.who.person_id, Address(*home), message)
