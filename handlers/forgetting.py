"""What is forgotten by itself: drafts that have expired, with what a guest was told; guesses that no longer count;
events that failed and were not handled in time."""

from collections.abc import Sequence

from bot.domain.ids import DeadLetterId, DialogueId
from handlers import guessing
from handlers.registry import Offer
from handlers.tick import Coming, Due
from handlers.turn import Act
from storage import dead_letters, dialogues, forgetting
from storage.database import Tx


def offer() -> Offer:
    """Only dated facts; nobody is told."""
    drafts = Due(name="drafts", find=dialogues.expired, act=_forget, coming=_nothing)
    letters = Due(name="letters", find=dead_letters.too_old, act=_drop, coming=_nothing)
    return Offer(dues=(drafts, guessing.forgetting_due(), letters))


async def _forget(act: Act, draft: int) -> None:
    gone = await dialogues.delete_expired(act.tx, DialogueId(draft))
    if gone is not None and gone.guest:
        await forgetting.forget_guest(act.tx, gone.address)


async def _drop(act: Act, letter: int) -> None:
    await dead_letters.drop(act.tx, DeadLetterId(letter))


async def _nothing(_tx: Tx) -> Sequence[Coming]:
    return ()
