"""Consents: who agreed to which edition of the text, when, and when they withdrew. Nothing is deleted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from bot.domain.ids import PersonId
from storage.database import Row, Tx
from storage.schema import consents


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent that holds: the edition that was shown, and since when."""

    text_version: str
    text_hash: str
    given_at: datetime


_give = insert(consents)
_in_force = (
    select(consents)
    .where(consents.c.person_id == bindparam("person"), consents.c.withdrawn_at.is_(None))
    .order_by(consents.c.given_at.desc(), consents.c.id.desc())
    .limit(1)
)
_withdraw = (
    update(consents)
    .where(consents.c.person_id == bindparam("of_person"), consents.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("at"))
)


def _to_consent(row: Row) -> Consent:
    return Consent(text_version=row.text_version, text_hash=row.text_hash, given_at=row.given_at)


async def in_force(tx: Tx, person: PersonId) -> Consent | None:
    """The person's newest consent that was not withdrawn."""
    row = await tx.first(_in_force, {"person": person})
    return _to_consent(row) if row else None


async def give(tx: Tx, person: PersonId, *, text_version: str, text_hash: str) -> None:
    """The person agreed, now, to this edition; an older consent to the same edition that still holds is enough."""
    held = await in_force(tx, person)
    if held is None or held.text_hash != text_hash:
        values = {"person_id": person, "text_version": text_version, "text_hash": text_hash, "given_at": tx.now}
        await tx.run(_give, values)


async def withdraw(tx: Tx, person: PersonId) -> bool:
    """No consent of the person holds from now on; False when none did."""
    return await tx.run(_withdraw, {"of_person": person, "at": tx.now}) > 0
