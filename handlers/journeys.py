"""The list of all journeys. A new one is a file beside this, and a line here."""

from handlers import papers
from handlers.always import Always
from handlers.registry import Offer, Registry, assemble
from handlers.turn import Turn


def make_registry() -> Registry:
    """Everything the bot offers; the order is the order of menus and of /toi."""
    always = Always()
    registry = assemble(
        (
            always.offer(),
            Offer(papers=(papers.STORED_FILES,)),
        ),
        start=always.start,
        other_text=_no_other_text,
    )
    always.registry = registry
    return registry


async def _no_other_text(_turn: Turn, _text: str) -> bool:
    return False
