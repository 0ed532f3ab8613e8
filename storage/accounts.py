"""Our accounts as those who run the installation see them: who is linked there, what waits, who is to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, literal_column, select

from bot.chat import Address
from bot.domain.ids import PersonId
from bot.domain.rights import Role
from storage import lanes
from storage.database import Tx
from storage.lanes import Lane
from storage.organisation import today, valid_on
from storage.schema import addresses, outbox, roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The messages of an account that are due and not said yet; `patient` are reminders and broadcasts."""

    rows: int = 0
    patient: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account: how many people are linked there, what waits, and its way out. `closed_until`: nothing goes out
    before then."""

    key: str
    people: int
    waiting: Waiting
    lane: Lane
    closed_until: datetime | None


_linked = addresses.c.unlinked_at.is_(None)
_people = select(func.count(addresses.c.person_id.distinct())).where(
    _linked, addresses.c.account == bindparam("account")
)
_people_by_account = (
    select(addresses.c.account, func.count(addresses.c.person_id.distinct()).label("people"))
    .where(_linked)
    .group_by(addresses.c.account)
)
_waiting = (
    select(
        outbox.c.account,
        func.count().label("rows"),
        func.sum(case((outbox.c.priority >= 2, 1), else_=0)).label("patient"),
    )
    .where(outbox.c.state == literal_column("'queued'"), outbox.c.due_at <= bindparam("now"))
    .group_by(outbox.c.account)
)
_administrators = (
    select(roles.c.person_id)
    .where(roles.c.role == Role.ADMINISTRATOR.value, valid_on(roles, bindparam("day")))
    .group_by(roles.c.person_id)
    .order_by(roles.c.person_id)
)


async def people_at(tx: Tx, account: str) -> int:
    """How many people are linked at the account."""
    return int(await tx.scalar(_people, {"account": account}))


async def waiting(tx: Tx) -> Mapping[str, Waiting]:
    """What is due and not said yet, by account."""
    return {row.account: Waiting(rows=row.rows, patient=row.patient) for row in await tx.all(_waiting, {"now": tx.now})}


async def overview(tx: Tx) -> Sequence[Account]:
    """Every account that has people or a kept way out, by its key."""
    people = {row.account: row.people for row in await tx.all(_people_by_account)}
    ways = {lane.account: lane for lane in await lanes.all_lanes(tx)}
    due = await waiting(tx)
    return [
        Account(
            key=key,
            people=people.get(key, 0),
            waiting=due.get(key, Waiting()),
            lane=(lane := ways.get(key, Lane(account=key))),
            closed_until=lane.closed_until(tx.now),
        )
        for key in sorted(people.keys() | ways.keys() | due.keys())
    ]


async def administrators(tx: Tx) -> Sequence[PersonId]:
    """Everybody who is an administrator of anything today."""
    return [PersonId(row.person_id) for row in await tx.all(_administrators, {"day": today(tx)})]


def elsewhere(theirs: Sequence[Address], account: str) -> Address | None:
    """The first of somebody's addresses that is not at this account."""
    return next((address for address in theirs if address.account != account), None)
