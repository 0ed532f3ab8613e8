"""Which events were seen: `(account, event_id)` is unique, so a repeat does nothing."""

from sqlalchemy import bindparam, update

from storage.database import Tx, insert_new
from storage.schema import events

_see = insert_new(events, "account", "event_id").values(
    account=bindparam("account"), event_id=bindparam("event_id"), seen_at=bindparam("seen_at")
)
_mark = (
    update(events)
    .where(events.c.account == bindparam("of_account"), events.c.event_id == bindparam("of_event"))
    .values(incident=bindparam("the_incident"))
)


async def see(tx: Tx, *, account: str, event_id: str) -> bool:
    """Remember the event; False when it was seen before."""
    return await tx.run(_see, {"account": account, "event_id": event_id, "seen_at": tx.now}) == 1


async def mark_incident(tx: Tx, *, account: str, event_id: str, incident: str) -> None:
    """Write down that handling this event ended in an incident."""
    await tx.run(_mark, {"of_account": account, "of_event": event_id, "the_incident": incident})
