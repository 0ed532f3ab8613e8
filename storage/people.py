"""People, their memberships and roles on a day, and who somebody is at an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import FromClause, Select, and_, bindparam, exists, insert, literal, select

from bot.chat import Address
from bot.domain.ids import AddressId, PersonId, UnitId
from bot.domain.member import ASKED, PRESENT, Status
from bot.domain.organisation import UnitKind
from bot.domain.rights import Role
from bot.domain.words import fold
from storage.database import Row, Tx
from storage.organisation import subtree, today, valid_on
from storage.schema import addresses, memberships, people, roles, unit_versions
from storage.standing import standing


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role over a unit; both are valid today."""

    role: Role
    unit_id: UnitId
    unit_kind: UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A linked person as the bot knows them today. `cell_id` is where they are asked and counted, or
    belong, and `above_id` what is right above it; None for somebody without a membership (an officer of another
    place)."""

    person_id: PersonId
    full_name: str
    address_id: AddressId | None
    cell_id: UnitId | None
    cell_name: str
    above_id: UnitId | None
    status: Status | None
    roles: tuple[HeldRole, ...]

    @property
    def is_member(self) -> bool:
        """Whether they are asked and counted in a cell today."""
        return self.status in ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A membership as lists show it. `reachable`: linked at an address that is not blocked."""

    person_id: PersonId
    full_name: str
    birth_year: int | None
    cell_id: UnitId
    cell_name: str
    status: Status
    linked: bool
    reachable: bool


def _linked(*conditions: Any) -> Any:
    return exists().where(addresses.c.person_id == people.c.id, addresses.c.unlinked_at.is_(None), *conditions)


def members_select(*, statuses: frozenset[Status] = ASKED) -> Select[Any]:
    """Members at or below a unit on a day (bind parameters `unit`, `day`), cell by cell, as they were added. Callers
    narrow it with `.where(...)` on `people` and `memberships`: "who is still missing now" is always such a query."""
    return (
        select(
            people.c.id.label("person_id"),
            people.c.full_name,
            people.c.birth_year,
            memberships.c.unit_id.label("cell_id"),
            unit_versions.c.name.label("cell_name"),
            memberships.c.status,
            _linked().label("linked"),
            _linked(addresses.c.blocked_at.is_(None)).label("reachable"),
        )
        .select_from(people)
        .join(memberships, memberships.c.person_id == people.c.id)
        .join(unit_versions, unit_versions.c.unit_id == memberships.c.unit_id)
        .where(
            valid_on(memberships, bindparam("day")),
            valid_on(unit_versions, bindparam("day")),
            memberships.c.status.in_([status.value for status in statuses]),
            memberships.c.unit_id.in_(select(subtree().c.id)),
        )
        .order_by(memberships.c.unit_id, people.c.id)
    )


_place, _over = unit_versions.alias("place"), unit_versions.alias("over")


def _who(*conditions: Any, address: Any, of: FromClause) -> Select[Any]:
    """People, with every membership and every role of theirs that is valid on the day: a row for each pair."""
    return (
        select(
            address.label("address_id"),
            people.c.id.label("person_id"),
            people.c.full_name,
            memberships.c.id.label("membership_id"),
            memberships.c.unit_id.label("cell_id"),
            memberships.c.status,
            _place.c.name.label("cell_name"),
            _place.c.parent_id.label("above_id"),
            roles.c.id.label("role_id"),
            roles.c.role,
            roles.c.unit_id,
            _over.c.kind,
        )
        .select_from(of)
        .outerjoin(memberships, and_(memberships.c.person_id == people.c.id, valid_on(memberships, bindparam("day"))))
        .outerjoin(_place, and_(_place.c.unit_id == memberships.c.unit_id, valid_on(_place, bindparam("day"))))
        .outerjoin(roles, and_(roles.c.person_id == people.c.id, valid_on(roles, bindparam("day"))))
        .outerjoin(_over, and_(_over.c.unit_id == roles.c.unit_id, valid_on(_over, bindparam("day"))))
        .where(*conditions)
    )


_at_address = standing(
    _who(
        addresses.c.account == bindparam("account"),
        addresses.c.chat == bindparam("chat"),
        addresses.c.unlinked_at.is_(None),
        address=addresses.c.id,
        of=addresses.join(people, people.c.id == addresses.c.person_id),
    )
)
_person = _who(people.c.id == bindparam("person"), address=literal(None), of=people)
_named = _who(people.c.name_key == bindparam("name_key"), address=literal(None), of=people).order_by(people.c.id)
_members = members_select()
_all_members = members_select(statuses=PRESENT)
_one_member = members_select(statuses=PRESENT).where(people.c.id == bindparam("person"))
_holders = (
    select(roles.c.person_id)
    .where(
        roles.c.unit_id == bindparam("unit"),
        roles.c.role.in_(bindparam("roles", expanding=True)),
        valid_on(roles, bindparam("day")),
    )
    .order_by(roles.c.id)
)
_members_with_roles = (
    select(roles.c.person_id)
    .where(
        valid_on(roles, bindparam("day")),
        roles.c.person_id.in_(
            select(memberships.c.person_id).where(
                valid_on(memberships, bindparam("day")), memberships.c.unit_id.in_(select(subtree().c.id))
            )
        ),
    )
    .distinct()
    .order_by(roles.c.person_id)
)
_add_person = insert(people).returning(people.c.id)
_add_membership = insert(memberships)
_add_role = insert(roles)


def _to_who(rows: Sequence[Row]) -> Who:
    """Somebody, from all rows of theirs."""
    someone = rows[0]
    # Where a unit is not there (any more) on the day, nobody is in it and nobody leads it.
    places = sorted(
        {
            (row.membership_id, row.cell_id, row.cell_name, row.above_id, row.status)
            for row in rows
            if row.cell_name is not None
        }
    )
    held = sorted({(row.role_id, row.role, row.unit_id, row.kind) for row in rows if row.kind is not None})
    places = [place for place in places if Status(place[-1]) in ASKED] or places
    _, cell, cell_name, above, status = places[0] if places else (None, None, "", None, None)
    return Who(
        person_id=PersonId(someone.person_id),
        full_name=someone.full_name,
        address_id=AddressId(someone.address_id) if someone.address_id is not None else None,
        cell_id=UnitId(cell) if cell is not None else None,
        cell_name=cell_name,
        above_id=UnitId(above) if above is not None else None,
        status=Status(status) if status is not None else None,
        roles=tuple(HeldRole(Role(role), UnitId(unit), UnitKind(kind)) for _, role, unit, kind in held),
    )


async def who_at(tx: Tx, address: Address) -> Who | None:
    """Who is linked at this address today; None for a guest."""
    day = today(tx)
    key = (address.account, address.chat, day)
    found: Who | None = tx.standing.get(key)
    if found is None:
        rows = await tx.all(_at_address, {"account": address.account, "chat": address.chat, "day": day})
        if rows:
            tx.standing.keep(key, found := _to_who(rows))
    return found


async def who_is(tx: Tx, person: PersonId) -> Who | None:
    """The person as they are today, at no particular address."""
    rows = await tx.all(_person, {"person": person, "day": today(tx)})
    return _to_who(rows) if rows else None


async def people_named(tx: Tx, name: str) -> Sequence[Who]:
    """Everybody of this name, however it is written (case, diacritics), as they are today."""
    rows = await tx.all(_named, {"name_key": fold(name), "day": today(tx)})
    return [_to_who(list(theirs)) for _, theirs in groupby(rows, key=attrgetter("person_id"))]


def to_member(row: Row) -> Member:
    """A row of `members_select` as a value."""
    return Member(
        person_id=PersonId(row.person_id),
        full_name=row.full_name,
        birth_year=row.birth_year,
        cell_id=UnitId(row.cell_id),
        cell_name=row.cell_name,
        status=Status(row.status),
        linked=bool(row.linked),
        reachable=bool(row.reachable),
    )


async def members_of(tx: Tx, unit: UnitId, *, everybody: bool = False) -> Sequence[Member]:
    """Who is asked and counted at or below the unit today; with `everybody` also exempt, suspended and
    temporarily absent members."""
    statement = _all_members if everybody else _members
    return [to_member(row) for row in await tx.all(statement, {"unit": unit, "day": today(tx)})]


async def member_of(tx: Tx, unit: UnitId, person: PersonId) -> Member | None:
    """The person as a member at or below the unit today, of any status; None when they are not."""
    row = await tx.first(_one_member, {"unit": unit, "day": today(tx), "person": person})
    return to_member(row) if row else None


async def members_with_roles(tx: Tx, unit: UnitId) -> Sequence[Who]:
    """Who of those at or below the unit today, of any status, also holds a role, over whatever unit."""
    rows = await tx.all(_members_with_roles, {"unit": unit, "day": today(tx)})
    found = [await who_is(tx, PersonId(row.person_id)) for row in rows]
    return [who for who in found if who is not None]


async def holders(tx: Tx, unit: UnitId, held: frozenset[Role]) -> Sequence[PersonId]:
    """Who holds one of the roles over exactly this unit today, each once."""
    rows = await tx.all(_holders, {"unit": unit, "roles": sorted(role.value for role in held), "day": today(tx)})
    return list(dict.fromkeys(PersonId(row.person_id) for row in rows))


async def add_person(
    tx: Tx,
    *,
    full_name: str,
    birth_year: int | None = None,
    birth_date: date | None = None,
    member_code: str | None = None,
    joined_on: date | None = None,
    official_on: date | None = None,
) -> PersonId:
    """A new person, without membership or role."""
    values = {
        "full_name": full_name,
        "name_key": fold(full_name),
        "birth_year": birth_year,
        "birth_date": birth_date,
        "member_code": member_code,
        "joined_on": joined_on,
        "official_on": official_on,
        "created_at": tx.now,
    }
    return PersonId(await tx.insert_id(_add_person, values))


async def add_membership(
    tx: Tx,
    *,
    person: PersonId,
    unit: UnitId,
    status: Status,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> None:
    """The person belongs to the cell from today or a given day on (and until another, for what is history). The
    unique indexes refuse a second home cell."""
    values = {
        "person_id": person,
        "unit_id": unit,
        "status": status.value,
        "valid_from": valid_from or today(tx),
        "valid_to": valid_to,
    }
    await tx.run(_add_membership, values)


async def add_role(tx: Tx, *, person: PersonId, unit: UnitId, role: Role, valid_from: date | None = None) -> None:
    """The person holds the role over the unit from today or a given day on."""
    values = {"person_id": person, "unit_id": unit, "role": role.value, "valid_from": valid_from or today(tx)}
    await tx.run(_add_role, values)
