"""Where people can be reached: linked addresses, those of accounts in service before others, the preferred one first.

What is said to a person goes to the first of them; the choice is the person's, as long as it can be had.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from bot.chat import Address
from bot.domain.ids import AddressId, PersonId, UnitId
from bot.domain.page import ACCOUNT
from bot.domain.rights import Role
from storage import service
from storage.database import Row, Tx
from storage.lists import padded
from storage.organisation import today, valid_on
from storage.schema import addresses, roles

_AT_ONCE = 512
"""People asked for in one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAddress:
    """An address linked to a person. `in_service`: our account there can speak now, as far as is known."""

    id: AddressId
    person_id: PersonId
    address: Address
    linked_at: datetime
    blocked: bool
    preferred: bool = False
    in_service: bool = True


_linked = select(addresses).where(addresses.c.unlinked_at.is_(None))
# Nobody looks at the page unasked: a messenger that was linked earlier goes before it.
_page_last = addresses.c.account == ACCOUNT
_of_person = _linked.where(addresses.c.person_id == bindparam("person")).order_by(
    addresses.c.blocked_at.is_not(None),
    addresses.c.preferred.desc(),
    _page_last,
    addresses.c.linked_at.desc(),
    addresses.c.id.desc(),
)
_of_many = _linked.where(addresses.c.person_id.in_(bindparam("persons", expanding=True))).order_by(
    addresses.c.person_id,
    addresses.c.preferred.desc(),
    _page_last,
    addresses.c.linked_at.desc(),
    addresses.c.id.desc(),
)
_open_of_many = _of_many.with_only_columns(addresses.c.person_id, addresses.c.account, addresses.c.chat).where(
    addresses.c.blocked_at.is_(None)
)
_of_holders = (
    _linked.join(roles, roles.c.person_id == addresses.c.person_id)
    .with_only_columns(roles.c.unit_id, roles.c.person_id, addresses.c.account, addresses.c.chat)
    .where(
        addresses.c.blocked_at.is_(None),
        roles.c.unit_id.in_(bindparam("units", expanding=True)),
        roles.c.role.in_(bindparam("held", expanding=True)),
        valid_on(roles, bindparam("day")),
    )
    .order_by(roles.c.id, addresses.c.preferred.desc(), _page_last, addresses.c.linked_at.desc(), addresses.c.id.desc())
)
_by_id = _linked.where(addresses.c.id == bindparam("address_id"))
_with_roles = (
    select(addresses.c.account, addresses.c.chat)
    .where(
        addresses.c.unlinked_at.is_(None),
        addresses.c.account == bindparam("account"),
        addresses.c.person_id.in_(select(roles.c.person_id).where(valid_on(roles, bindparam("day")))),
    )
    .order_by(addresses.c.id)
)
_prefer = (
    update(addresses)
    .where(addresses.c.person_id == bindparam("person"), addresses.c.unlinked_at.is_(None))
    .values(preferred=addresses.c.id == bindparam("address_id"))
)
_link = insert(addresses).returning(addresses.c.id)
_unlink = (
    update(addresses)
    .where(addresses.c.id == bindparam("address_id"), addresses.c.unlinked_at.is_(None))
    .values(unlinked_at=bindparam("at"))
)
_unblock = (
    update(addresses)
    .where(
        addresses.c.account == bindparam("of_account"),
        addresses.c.chat == bindparam("of_chat"),
        addresses.c.unlinked_at.is_(None),
        addresses.c.blocked_at.is_not(None),
    )
    .values(blocked_at=None)
)


def _to_address(row: Row, out: Collection[str] = ()) -> LinkedAddress:
    return LinkedAddress(
        id=AddressId(row.id),
        person_id=PersonId(row.person_id),
        address=Address(row.account, row.chat),
        linked_at=row.linked_at,
        blocked=row.blocked_at is not None,
        preferred=row.preferred,
        in_service=row.account not in out,
    )


async def addresses_of(tx: Tx, person: PersonId) -> Sequence[LinkedAddress]:
    """All linked addresses of the person: those that can be reached first, the preferred before the newest."""
    out = await service.out(tx)
    found = [_to_address(row, out) for row in await tx.all(_of_person, {"person": person})]
    return sorted(found, key=lambda one: (one.blocked, not one.in_service))


async def reach(tx: Tx, person: PersonId) -> Address | None:
    """The address to speak to the person at; None when there is none that is not blocked."""
    for linked in await addresses_of(tx, person):
        if not linked.blocked:
            return linked.address
    return None


async def reach_many(tx: Tx, persons: Sequence[PersonId]) -> Mapping[PersonId, Address]:
    """The address to speak to each of these people at; those who cannot be reached are left out."""
    out = await service.out(tx)
    found: dict[PersonId, Address] = {}
    for start in range(0, len(persons), _AT_ONCE):
        for row in await tx.all(_open_of_many, {"persons": padded(persons[start : start + _AT_ONCE])}):
            before = found.get(row.person_id)
            if before is None or (before.account in out and row.account not in out):
                found[row.person_id] = Address(row.account, row.chat)
    return found


async def reach_holders(
    tx: Tx, units: Collection[UnitId], held: frozenset[Role]
) -> dict[UnitId, dict[PersonId, Address]]:
    """Who holds one of the roles over each of these units today and can be reached, and the address to speak to them
    at, in one query; units with nobody are left out."""
    found: dict[UnitId, dict[PersonId, Address]] = {}
    if units:
        out = await service.out(tx)
        values = {"units": padded(units), "held": sorted(role.value for role in held), "day": today(tx)}
        for unit, person, account, chat in await tx.all(_of_holders, values):
            reached = found.setdefault(unit, {})
            before = reached.get(person)
            if before is None or (before.account in out and account not in out):
                reached[person] = Address(account, chat)
    return found


async def all_of(tx: Tx, persons: Sequence[PersonId]) -> Mapping[PersonId, Sequence[LinkedAddress]]:
    """All linked addresses of each of these people who has any, in the order of `addresses_of`."""
    out = await service.out(tx)
    found: dict[PersonId, list[LinkedAddress]] = {}
    for start in range(0, len(persons), _AT_ONCE):
        for row in await tx.all(_of_many, {"persons": list(persons[start : start + _AT_ONCE])}):
            found.setdefault(PersonId(row.person_id), []).append(_to_address(row, out))
    for theirs in found.values():
        theirs.sort(key=lambda one: (one.blocked, not one.in_service))
    return found


async def prefer(tx: Tx, person: PersonId, address_id: AddressId) -> None:
    """From now on the person is spoken to at this address of theirs, as far as it can be reached."""
    await tx.run(_prefer, {"person": person, "address_id": address_id})


async def address_by_id(tx: Tx, address_id: AddressId) -> LinkedAddress | None:
    """A linked address by its id."""
    row = await tx.first(_by_id, {"address_id": address_id})
    return _to_address(row) if row else None


async def link(tx: Tx, *, person: PersonId, address: Address) -> AddressId:
    """Link the address to the person. The unique index refuses an address that is linked already."""
    values = {
        "account": address.account,
        "chat": address.chat,
        "person_id": person,
        "linked_at": tx.now,
        "preferred": False,
    }
    return AddressId(await tx.insert_id(_link, values))


async def unlink(tx: Tx, address_id: AddressId) -> bool:
    """Undo a link; False when it was not linked (any more)."""
    return await tx.run(_unlink, {"address_id": address_id, "at": tx.now}) == 1


async def unblock(tx: Tx, address: Address) -> None:
    """The person came back."""
    await tx.run(_unblock, {"of_account": address.account, "of_chat": address.chat})


async def addresses_with_roles(tx: Tx, account: str) -> Sequence[Address]:
    """The linked addresses of the account whose people hold a role today."""
    rows = await tx.all(_with_roles, {"account": account, "day": today(tx)})
    return [Address(row.account, row.chat) for row in rows]
