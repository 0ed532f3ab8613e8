"""Events that failed: kept with what was said, and handled once more when the cause is gone (`bot.py replay`).

Handled again, an event is one transaction like any other, at its address: the letter is used up in it, so that of two
replays one does it, and whatever fails leaves it as it was. The person hears first that this is the earlier matter.

It is not handled when the address has ceased to be its person's. Nor are typed words or a file when the conversation
has gone on since: they would answer another question. A command and a button say themselves what they are about.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from hashlib import sha256

from bot.chat import Address, FileSent, Incoming, Payload, Text
from bot.domain.secrecy import classification_of
from bot.texts import common
from handlers.turn import House, Turn
from storage import dead_letters, dialogues, events, outbox
from storage.database import Tx
from storage.people import who_at

Do = Callable[[Turn, Payload], Awaitable[None]]


class Again(StrEnum):
    """What became of an event that was handled once more. `SOMEBODY_ELSE`: the address is not its person's any more;
    `GONE_ON`: what was typed then would answer something else now."""

    DONE = "done"
    DONE_BEFORE = "done before"
    FAILED = "failed again"
    SOMEBODY_ELSE = "somebody else"
    GONE_ON = "gone on"


async def keep_failed(turn: Turn, incoming: Incoming, *, incident: str, error: Exception) -> None:
    """Keep the event in the transaction that apologises for it; of words that are marked as classified only that it
    failed."""
    if not _is_classified(incoming.payload):
        await dead_letters.keep(
            turn.tx,
            incoming,
            incident=incident,
            person=turn.who.person_id if turn.who else None,
            context=await _context(turn.tx, incoming.address),
            error=type(error).__name__,
        )
    await events.mark_incident(turn.tx, account=incoming.address.account, event_id=incoming.event_id, incident=incident)


async def handled_again(tx: Tx, house: House, incident: str, do: Do) -> Again:
    """Handle the event in this transaction, as if it came now; the second time does nothing."""
    letter = await dead_letters.letter_of(tx, incident)
    if letter is None or letter.payload is None:
        return Again.DONE_BEFORE
    who = await who_at(tx, letter.address)
    if (who.person_id if who else None) != letter.person_id:
        return Again.SOMEBODY_ELSE
    if _answers_something(letter.payload) and letter.context != await _context(tx, letter.address):
        return Again.GONE_ON
    if not await dead_letters.claim(tx, letter.id):
        return Again.DONE_BEFORE
    turn = Turn(tx, house, address=letter.address, who=who)
    turn.answer(common.handled_late(letter.failed_at))
    await do(turn, letter.payload)
    await turn.flush()
    return Again.DONE


def _is_classified(payload: Payload) -> bool:
    return isinstance(payload, Text) and classification_of(payload.text) is not None


def _answers_something(payload: Payload) -> bool:
    """Whether what it means depends on what was asked: a command and a button say it themselves."""
    match payload:
        case Text(text=text):
            return not text.lstrip().startswith("/")
        case FileSent():
            return True
        case _:
            return False


async def _context(tx: Tx, address: Address) -> str:
    """What typed words answer now: the question of the open dialogue, and the choices that were heard last."""
    found = await dialogues.open_dialogue(tx, address)
    asked = [f"{found.id}:{found.step}:{found.answers.get('at', 0)}"] if found else []
    choices = [choice.data for choice in await outbox.newest_choices(tx, address)]
    return sha256("\n".join([*asked, *choices]).encode()).hexdigest()[:16]
