"""Invitations: a hash and a seed of a code, for one person, used once. The code itself is nowhere here.

At most one process at a time issues to a person or lets them join: `hold` locks the person's row. That exactly one of
two addresses gets in with a code is decided by `use`, one atomic update.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, insert, select, update

from bot.domain.ids import InvitationId, PersonId
from bot.domain.invitation import InvitationState, state_of
from storage.database import Row, Tx
from storage.schema import invitations, people


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation as it is now."""

    id: InvitationId
    person_id: PersonId
    full_name: str
    seed: str
    code_hash: str
    issued_by: PersonId | None
    issued_at: datetime
    expires_at: datetime
    state: InvitationState


_select = select(invitations, people.c.full_name).join(people, people.c.id == invitations.c.person_id)
_by_hash = _select.where(invitations.c.code_hash == bindparam("code_hash"))
_by_ids = _select.where(invitations.c.id.in_(bindparam("ids", expanding=True))).order_by(invitations.c.id)
_is_live = and_(
    invitations.c.used_at.is_(None), invitations.c.revoked_at.is_(None), invitations.c.expires_at > bindparam("now")
)
_live_of = _select.where(invitations.c.person_id.in_(bindparam("persons", expanding=True)), _is_live).order_by(
    invitations.c.id
)
_add = insert(invitations).returning(invitations.c.id)
_use = update(invitations).where(invitations.c.id == bindparam("invitation"), _is_live).values(used_at=bindparam("now"))
_revoke = (
    update(invitations)
    .where(invitations.c.person_id.in_(bindparam("persons", expanding=True)), _is_live)
    .values(revoked_at=bindparam("now"))
    .returning(invitations.c.person_id)
)
_hold = (
    select(people.c.id)
    .where(people.c.id.in_(bindparam("persons", expanding=True)))
    .order_by(people.c.id)
    .with_for_update()
)


def _to_invitation(row: Row, now: datetime) -> Invitation:
    return Invitation(
        id=InvitationId(row.id),
        person_id=PersonId(row.person_id),
        full_name=row.full_name,
        seed=row.seed,
        code_hash=row.code_hash,
        issued_by=PersonId(row.issued_by) if row.issued_by is not None else None,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        state=state_of(used_at=row.used_at, revoked_at=row.revoked_at, expires_at=row.expires_at, now=now),
    )


async def hold(tx: Tx, persons: Iterable[PersonId]) -> None:
    """Until this transaction ends, no other issues to these people or lets them join."""
    await tx.all(_hold, {"persons": sorted(persons)})


async def add(
    tx: Tx, *, person: PersonId, seed: str, code_hash: str, issued_by: PersonId | None, expires_at: datetime
) -> InvitationId:
    """A new invitation. The unique hash refuses a code that was ever given before."""
    values = {
        "person_id": person,
        "seed": seed,
        "code_hash": code_hash,
        "issued_by": issued_by,
        "issued_at": tx.now,
        "expires_at": expires_at,
    }
    return InvitationId(await tx.insert_id(_add, values))


async def with_hash(tx: Tx, code_hash: str) -> Invitation | None:
    """The invitation with this code, whatever became of it; None for a code that was never given."""
    row = await tx.first(_by_hash, {"code_hash": code_hash})
    return _to_invitation(row, tx.now) if row else None


async def by_ids(tx: Tx, ids: Sequence[InvitationId]) -> Sequence[Invitation]:
    """These invitations, in the order in which they were issued."""
    return [_to_invitation(row, tx.now) for row in await tx.all(_by_ids, {"ids": list(ids)})]


async def live_of(tx: Tx, persons: Iterable[PersonId]) -> Mapping[PersonId, Invitation]:
    """The invitation of each of these people that can be used now; who has none is left out."""
    rows = await tx.all(_live_of, {"persons": list(persons), "now": tx.now})
    return {PersonId(row.person_id): _to_invitation(row, tx.now) for row in rows}


async def use(tx: Tx, invitation: InvitationId) -> bool:
    """Use the invitation up; False when it was used, revoked or has expired. Of two who try, one succeeds."""
    return await tx.run(_use, {"invitation": invitation, "now": tx.now}) == 1


async def revoke(tx: Tx, persons: Iterable[PersonId]) -> Sequence[PersonId]:
    """Revoke what these people could still use; whose invitations that were."""
    return [PersonId(row.person_id) for row in await tx.all(_revoke, {"persons": list(persons), "now": tx.now})]
