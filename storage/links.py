"""Links of people to addresses as history: since when, until when, and what was recorded meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from bot.chat import Address
from bot.domain.ids import AddressId, PersonId
from storage.database import Tx
from storage.schema import addresses, meeting_replies, pledges, self_reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link, whether it still holds (`unlinked_at` None) or not."""

    id: AddressId
    person_id: PersonId
    address: Address
    linked_at: datetime
    unlinked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """How much a person recorded for themself."""

    pledges: int
    self_reports: int
    replies: int


def _count(person: ColumnElement[Any], recorder: ColumnElement[Any], at: ColumnElement[Any]) -> Any:
    who: ColumnElement[Any] = bindparam("person")
    return select(func.count()).where(person == who, recorder == who, at >= bindparam("since")).scalar_subquery()


_link = select(addresses).where(addresses.c.id == bindparam("link"))
_recorded = select(
    _count(pledges.c.person_id, pledges.c.recorded_by, pledges.c.recorded_at).label("pledges"),
    _count(self_reports.c.person_id, self_reports.c.submitted_by, self_reports.c.submitted_at).label("self_reports"),
    _count(meeting_replies.c.person_id, meeting_replies.c.recorded_by, meeting_replies.c.at).label("replies"),
)


async def link_of(tx: Tx, link: AddressId) -> Link | None:
    """The link with this id, past or present."""
    row = await tx.first(_link, {"link": link})
    if row is None:
        return None
    return Link(
        id=AddressId(row.id),
        person_id=PersonId(row.person_id),
        address=Address(row.account, row.chat),
        linked_at=row.linked_at,
        unlinked_at=row.unlinked_at,
    )


async def recorded_since(tx: Tx, person: PersonId, since: datetime) -> Recorded:
    """What the person recorded for themself, at whatever address, since an instant."""
    row = await tx.first(_recorded, {"person": person, "since": since})
    assert row is not None
    return Recorded(pledges=row.pledges, self_reports=row.self_reports, replies=row.replies)
