"""What is taken back when an address no longer belongs to anybody, or never did."""

from sqlalchemy import bindparam, delete, update

from bot.chat import Address
from storage.database import Tx
from storage.schema import dead_letters, outbox

_here = (outbox.c.account == bindparam("of_account"), outbox.c.chat == bindparam("of_chat"))
_said_to_guest = delete(outbox).where(
    *_here, outbox.c.person_id.is_(None), outbox.c.state.not_in(["queued", "in_flight"])
)
_waiting_for_guest = (
    update(outbox)
    .where(*_here, outbox.c.person_id.is_(None), outbox.c.state.in_(["queued", "in_flight"]))
    .values(forget=True)
)
_failed_of_guest = delete(dead_letters).where(
    dead_letters.c.account == bindparam("of_account"),
    dead_letters.c.chat == bindparam("of_chat"),
    dead_letters.c.person_id.is_(None),
)
_cancel_waiting = (
    update(outbox)
    .where(*_here, outbox.c.state == "queued", outbox.c.finished_at.is_(None))
    .values(state="cancelled", finished_at=bindparam("at"))
)


def _of(address: Address) -> dict[str, str]:
    return {"of_account": address.account, "of_chat": address.chat}


async def forget_guest(tx: Tx, address: Address) -> None:
    """Delete what was said here to somebody who is not linked, and what they said that failed; what is just on its way
    is deleted once it is sent."""
    await tx.run(_failed_of_guest, _of(address))
    await tx.run(_said_to_guest, _of(address))
    await tx.run(_waiting_for_guest, _of(address))


async def cancel_waiting(tx: Tx, address: Address) -> int:
    """Cancel everything that waits to be said here; how many rows that were."""
    return await tx.run(_cancel_waiting, {**_of(address), "at": tx.now})
