"""Passes onto the page: a hash, for one person, used once. The link or code itself is nowhere here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select, update

from bot.domain.ids import PersonId
from bot.domain.page import PassKind, PassState, state_of
from storage.database import Row, Tx
from storage.schema import page_passes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A pass as it is now; `target` is what is pressed once the person is there, or ""."""

    id: int
    kind: PassKind
    person_id: PersonId
    target: str
    issued_by: PersonId | None
    expires_at: datetime
    state: PassState


_with_hash = select(page_passes).where(page_passes.c.token_hash == bindparam("token_hash"))
_is_live = and_(
    page_passes.c.used_at.is_(None), page_passes.c.revoked_at.is_(None), page_passes.c.expires_at > bindparam("now")
)
_add = insert(page_passes).returning(page_passes.c.id)
_use = update(page_passes).where(page_passes.c.id == bindparam("pass_id"), _is_live).values(used_at=bindparam("now"))
_revoke = (
    update(page_passes)
    .where(page_passes.c.person_id == bindparam("of_person"), _is_live)
    .values(revoked_at=bindparam("now"))
)
_revoke_codes = _revoke.where(page_passes.c.kind == PassKind.CODE.value)
_oldest = (
    select(page_passes.c.id)
    .where(page_passes.c.expires_at <= bindparam("until"))
    .order_by(page_passes.c.expires_at)
    .limit(1)
)
_purge = delete(page_passes).where(page_passes.c.expires_at <= bindparam("until"))


def _to_pass(row: Row, now: datetime) -> Pass:
    return Pass(
        id=row.id,
        kind=PassKind(row.kind),
        person_id=PersonId(row.person_id),
        target=row.target,
        issued_by=None if row.issued_by is None else PersonId(row.issued_by),
        expires_at=row.expires_at,
        state=state_of(used_at=row.used_at, revoked_at=row.revoked_at, expires_at=row.expires_at, now=now),
    )


async def add(
    tx: Tx,
    *,
    token_hash: str,
    kind: PassKind,
    person: PersonId,
    target: str,
    issued_by: PersonId | None,
    expires_at: datetime,
) -> int:
    """A new pass; its id. The unique hash refuses one that was ever given before."""
    values = {
        "token_hash": token_hash,
        "kind": kind.value,
        "person_id": person,
        "target": target,
        "issued_by": issued_by,
        "issued_at": tx.now,
        "expires_at": expires_at,
    }
    return await tx.insert_id(_add, values)


async def with_hash(tx: Tx, token_hash: str) -> Pass | None:
    """The pass with this hash, whatever became of it; None for one that was never given, or is forgotten."""
    row = await tx.first(_with_hash, {"token_hash": token_hash})
    return _to_pass(row, tx.now) if row else None


async def use(tx: Tx, pass_id: int) -> bool:
    """Use the pass up; False when it was used, revoked or has expired. Of two who try, one succeeds."""
    return await tx.run(_use, {"pass_id": pass_id, "now": tx.now}) == 1


async def revoke(tx: Tx, person: PersonId, *, codes_only: bool = False) -> int:
    """Take back what the person could still use (only the codes that were read out to them); how many that were."""
    return await tx.run(_revoke_codes if codes_only else _revoke, {"of_person": person, "now": tx.now})


async def oldest(tx: Tx, *, until: datetime) -> Sequence[int]:
    """The id of the pass that ended first, if it ended at or before `until`."""
    return [row.id for row in await tx.all(_oldest, {"until": until})]


async def purge(tx: Tx, *, until: datetime) -> int:
    """Forget the passes that ended at or before `until`; how many."""
    return await tx.run(_purge, {"until": until})
