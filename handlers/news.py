"""What became known on the way out is told to whom it concerns, in the transaction in which it did.

The outbox calls this and knows no words; who is told what stands with the journeys.
"""

from collections.abc import Sequence

from bot.chat import Address
from bot.outgoing import AccountHealed, AccountPaused, AddressLost, News, QuotaReached
from bot.texts import accounts as texts
from handlers import accounts
from handlers.links import tell_who_leads
from handlers.turn import Act, House, Turn
from storage import addresses, rerouting
from storage.database import Tx
from storage.people import who_at


class Herald:
    """Tells the news of this house."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def tell(self, tx: Tx, news: Sequence[News]) -> None:
        """Put into the outbox what is to be said of these. Implements `storage.sending.Tell`."""
        act = Act(tx, self._house)
        for one in news:
            match one:
                case AddressLost():
                    await address_lost(act, one.address)
                case AccountPaused():
                    await accounts.paused(act, one)
                case AccountHealed():
                    await accounts.healed(act, one)
                case QuotaReached():
                    await accounts.quota_reached(act, one)
        await act.flush()


async def has_blocked(turn: Turn) -> None:
    """Somebody has blocked the bot, as the messenger tells."""
    if await rerouting.block(turn.tx, turn.address, can=turn.house.can):
        await address_lost(turn, turn.address)


async def address_lost(act: Act, address: Address) -> None:
    """Somebody has blocked the bot, or is gone. Who leads their cell is told once, if nothing reaches them any more."""
    who = await who_at(act.tx, address)
    if who is None or await addresses.reach(act.tx, who.person_id) is not None:
        return
    message = texts.cannot_be_reached(name=who.full_name, cell=who.cell_name)
    await tell_who_leads(act, who, message, key=f"lost:{who.address_id}:{act.now.isoformat()}")
