"""What is forgotten by itself: drafts that have expired, with what a guest was told; guesses that no longer count."""

from collections.abc import Sequence

from bot.domain.ids import DialogueId
from handlers import guessing
from handlers.registry import Offer
from handlers.tick import Coming, Due
from handlers.turn import Act
from storage import dialogues, forgetting
from storage.database import Tx


def offer() -> Offer:
    """Only dated facts; nobody is told."""
    drafts = Due(name="drafts", find=dialogues.expired, act=_forget, coming=_nothing)
    return Offer(dues=(drafts, guessing.forgetting_due()))


async def _forget(act: Act, draft: int) -> None:
    gone = await dialogues.delete_expired(act.tx, DialogueId(draft))
    if gone is not None and gone.guest:
        await forgetting.forget_guest(act.tx, gone.address)


async def _nothing(_tx: Tx) -> Sequence[Coming]:
    return ()
