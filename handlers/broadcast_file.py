"""The file of a broadcast, for those who read it where no file goes: asked for by its number, had on our own page.

Only who was told the broadcast gets it, and where files go it is simply sent.
"""

from bot.domain.ids import BroadcastId
from bot.domain.rights import Right
from bot.texts import broadcast as texts
from handlers import papers
from handlers.declare import Action, Args, number
from handlers.registry import Offer
from handlers.turn import Turn
from storage import broadcasts, outbox
from storage.organisation import unit_of

FILE = "broadcast-file"


def offer() -> Offer:
    """What readers of a broadcast are offered."""
    return Offer(actions=(Action(verb=FILE, right=Right.PERSON, run=_send),))


async def _send(turn: Turn, args: Args) -> None:
    name = number(args)
    found = await broadcasts.broadcast_by_id(turn.tx, BroadcastId(name)) if name is not None else None
    told = found and await outbox.said(turn.tx, [f"{found.batch}:{turn.person.person_id}"])
    if not found or not told or found.file_id is None:
        turn.answer(texts.no_file())
        return
    unit = await unit_of(turn.tx, found.unit_id)
    turn.answer(texts.its_file(unit=unit.name if unit else "", paper=papers.stored(found.file_id)))
