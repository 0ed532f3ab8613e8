"""Messages that wait at a bot which cannot say them now, while their person has another address: they go there.

The bot is gone from the settings, fails for some minutes, or has used up its month (of which the last part is kept for
notices). What was refused because somebody blocked the bot moves at once, where that is written down.
"""

from collections.abc import Sequence

from handlers.registry import Offer
from handlers.tick import Coming, Due
from handlers.turn import Act
from storage import rerouting
from storage.database import Tx

KIND = "stray"


def offer() -> Offer:
    """The strays as dated facts."""
    return Offer(dues=(Due(name=KIND, find=rerouting.stranded, act=_move, coming=_nothing),))


async def _move(act: Act, row: int) -> None:
    await rerouting.reroute(act.tx, [row], can=act.house.can)


async def _nothing(_tx: Tx) -> Sequence[Coming]:
    return ()
