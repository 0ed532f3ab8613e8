"""Fills an empty database with the sample commune, as an office would have: people, roles, who has joined.

Everybody in it is invented (bot/content/sample/commune.toml). It uses the same storage as everything else.
"""

from bot.app import App
from bot.chat import Address
from bot.content.commune import Reach, SampleCommune
from bot.domain.ids import PersonId, UnitId
from bot.domain.member import PRESENT
from handlers import issuing
from storage import addresses, organisation, people
from storage.database import Tx


def chat_of(code: str) -> str:
    """The chat on the page of the person with this member code."""
    return code.lower()


async def fill(app: App, commune: SampleCommune, *, account: str) -> None:
    """The whole commune in one transaction: all of it, or nothing."""
    async with app.database.write() as tx:
        units: dict[str, UnitId] = {}
        for unit in commune.units:
            units[unit.key] = await organisation.add_unit(
                tx,
                name=unit.name,
                kind=unit.kind,
                parent=units[unit.parent] if unit.parent else None,
                cell_kind=unit.cell_kind,
                valid_from=unit.valid_from,
            )
        for one in commune.people:
            person = await people.add_person(
                tx,
                full_name=one.full_name,
                birth_year=one.birth_year,
                birth_date=one.birth_date,
                member_code=one.member_code,
                joined_on=one.joined_on,
                official_on=one.official_on,
            )
            for place in one.memberships:
                await people.add_membership(
                    tx,
                    person=person,
                    unit=units[place.unit],
                    status=place.status,
                    valid_from=place.valid_from,
                    valid_to=place.valid_to,
                )
            for role in one.roles:
                await people.add_role(
                    tx, person=person, unit=units[role.unit], role=role.role, valid_from=role.valid_from
                )
            if any(place.valid_to is None and place.status in PRESENT for place in one.memberships) or one.roles:
                await _reach(tx, app, person, one.member_code, one.reach, account=account)


async def _reach(tx: Tx, app: App, person: PersonId, code: str, reach: Reach, *, account: str) -> None:
    match reach:
        case Reach.LINKED:
            await addresses.link(tx, person=person, address=Address(account, chat_of(code)))
        case Reach.INVITED:
            await issuing.issue(tx, app.house, [person], issued_by=None)
        case Reach.NO_PHONE:
            return
