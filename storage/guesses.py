"""Guesses of codes: whose (as a keyed hash) and when, for as long as they count."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, insert, select

from storage.database import Tx
from storage.schema import code_attempts

_add = insert(code_attempts)
_newest_first = code_attempts.c.at.desc(), code_attempts.c.id.desc()
_nth_in_all = (
    select(code_attempts.c.at)
    .where(code_attempts.c.at > bindparam("since"))
    .order_by(*_newest_first)
    .offset(bindparam("skipped", type_=Integer))
    .limit(1)
)
_nth_of_one = _nth_in_all.where(code_attempts.c.address_hash == bindparam("guesser"))
_old = select(code_attempts.c.id).where(code_attempts.c.at <= bindparam("until")).order_by(code_attempts.c.at).limit(1)
_purge = delete(code_attempts).where(code_attempts.c.at <= bindparam("until"))


async def add(tx: Tx, guesser: str) -> None:
    """Remember a guess made now."""
    await tx.run(_add, {"address_hash": guesser, "at": tx.now})


async def nth_newest(tx: Tx, place: int, *, since: datetime, guesser: str | None = None) -> datetime | None:
    """When the guess was made that is `place` back from the newest (1 is the newest) among those later than
    `since`, of one guesser or of all; None when there are fewer."""
    values = {"skipped": place - 1, "since": since}
    if guesser is None:
        at = await tx.scalar(_nth_in_all, values)
    else:
        at = await tx.scalar(_nth_of_one, {**values, "guesser": guesser})
    assert at is None or isinstance(at, datetime)
    return at


async def oldest(tx: Tx, *, until: datetime) -> Sequence[int]:
    """The id of the oldest guess, if it was made at or before `until`."""
    return [row.id for row in await tx.all(_old, {"until": until})]


async def purge(tx: Tx, *, until: datetime) -> int:
    """Forget the guesses made at or before `until`; how many."""
    return await tx.run(_purge, {"until": until})
