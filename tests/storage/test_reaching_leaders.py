"""Where those who lead a cell are told things, on both databases: each at one address, as if they were asked alone."""

from sqlalchemy import bindparam, update

from bot.chat import Address
from bot.domain.ids import PersonId, UnitId
from bot.domain.rights import LEADERS, Role
from storage import addresses, outbox, people, service
from storage.database import Database, Tx
from storage.organisation import today
from storage.schema import roles
from tests.storage.report_rounds import commune

_end = update(roles).where(roles.c.unit_id == bindparam("of")).values(valid_to=bindparam("day"))


async def _leader(tx: Tx, cell: UnitId, *at: Address, role: Role = Role.SECRETARY) -> PersonId:
    person = await people.add_person(tx, full_name="Nguyễn Thị An")
    await people.add_role(tx, person=person, unit=cell, role=role)
    for address in at:
        await addresses.link(tx, person=person, address=address)
    return person


async def test_each_is_reached_where_they_would_be_reached_alone(database: Database) -> None:
    """At the address that they prefer, or the newest; not where they blocked the bot, nor through an account that is
    out of service while there is another."""
    one, two, three, gone = (Address(account, "1") for account in ("one", "two", "three", "gone"))
    async with database.write() as tx:
        _, [cell, other, nobody] = await commune(tx, cells=3)
        await service.only(tx, ["gone"])
        await service.only(tx, ["one", "two", "three"])
        prefers = await _leader(tx, cell, one, Address("two", "2"))
        await addresses.prefer(tx, prefers, (await addresses.addresses_of(tx, prefers))[1].id)
        newest = await _leader(tx, cell, Address("one", "3"), two, gone, role=Role.DEPUTY_SECRETARY)
        blocked = await _leader(tx, other, three, Address("three", "4"))
        await outbox.block(tx, Address("three", "4"))
        await _leader(tx, nobody)
        await _leader(tx, nobody, Address("three", "5"), role=Role.COMMITTEE_OFFICER)
        found = await addresses.reach_holders(tx, [cell, other, nobody], LEADERS)
        alone = await addresses.reach_many(tx, [prefers, newest, blocked])
        assert await addresses.reach_holders(tx, [], LEADERS) == {}
    assert found == {cell: {prefers: one, newest: two}, other: {blocked: three}}
    assert {person: at for reached in found.values() for person, at in reached.items()} == alone


async def test_who_leads_twice_is_one_person_and_who_led_is_none(database: Database) -> None:
    """Secretary and deputy in one; a role that has ended today."""
    here = Address("one", "1")
    async with database.write() as tx:
        _, [cell, other] = await commune(tx, cells=2)
        both = await _leader(tx, cell, here)
        await people.add_role(tx, person=both, unit=cell, role=Role.DEPUTY_SECRETARY)
        await _leader(tx, other, Address("one", "2"))
        await tx.run(_end, {"of": other, "day": today(tx)})
        assert await addresses.reach_holders(tx, [cell, other], LEADERS) == {cell: {both: here}}
