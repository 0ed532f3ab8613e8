"""What the rehearsal's page asks about everybody at once; in service nobody may."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.domain.ids import PersonId
from storage.database import Tx
from storage.organisation import today, valid_on
from storage.schema import addresses, memberships, people, unit_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePerson:
    """Somebody of the sample: the member code names their chat."""

    person_id: PersonId
    full_name: str
    member_code: str
    cell_name: str
    joined: bool


_people = (
    select(people.c.id, people.c.full_name, people.c.member_code, unit_versions.c.name, memberships.c.unit_id)
    .select_from(people)
    .outerjoin(memberships, (memberships.c.person_id == people.c.id) & valid_on(memberships, bindparam("day")))
    .outerjoin(
        unit_versions, (unit_versions.c.unit_id == memberships.c.unit_id) & valid_on(unit_versions, bindparam("day"))
    )
    .where(people.c.member_code.is_not(None))
    .order_by(memberships.c.unit_id.is_not(None), memberships.c.unit_id, people.c.id)
)
_linked = select(addresses.c.person_id).where(
    addresses.c.account == bindparam("account"), addresses.c.unlinked_at.is_(None)
)


async def sample_people(tx: Tx, *, account: str) -> Sequence[SamplePerson]:
    """Everybody with a member code, once: those without a cell first, then cell by cell."""
    linked = {row.person_id for row in await tx.all(_linked, {"account": account})}
    found: dict[int, SamplePerson] = {}
    for row in await tx.all(_people, {"day": today(tx)}):
        found.setdefault(
            row.id,
            SamplePerson(
                person_id=PersonId(row.id),
                full_name=row.full_name,
                member_code=row.member_code,
                cell_name=row.name or "",
                joined=row.id in linked,
            ),
        )
    return list(found.values())
