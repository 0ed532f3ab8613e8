"""The outbox and addresses that change hands, on both databases: a word for one person never reaches another."""

from datetime import timedelta

from bot.chat import Address, OutboxState, Priority
from bot.clock import MovableClock
from bot.domain.ids import PersonId
from storage import addresses, late, outbox, people
from storage.database import Database
from tests.storage.letters import ACCOUNT, LEASE, claim, letter, put, row_of, settle, states, texts

CHAT = "an"


async def _linked(database: Database, name: str) -> PersonId:
    """A person, linked at the one chat of these tests; who was there before is not any more."""
    here = Address(ACCOUNT, CHAT)
    async with database.write() as tx:
        person = await people.add_person(tx, full_name=name)
        before = await people.who_at(tx, here)
        if before is not None and before.address_id is not None:
            assert await addresses.unlink(tx, before.address_id)
        await addresses.link(tx, person=person, address=here)
    return person


async def test_what_was_written_for_one_person_is_not_said_to_the_next(database: Database) -> None:
    """A notice written while its address was being unlinked is cancelled when its turn comes; the rest goes out."""
    an = await _linked(database, "Nguyễn Thị An")
    binh = await _linked(database, "Phan Văn Bình")
    await put(
        database,
        letter("của đồng chí An", person_id=an, priority=Priority.NOTICE),
        letter("của đồng chí Bình", person_id=binh, priority=Priority.NOTICE),
        letter("không của riêng ai", priority=Priority.NOTICE),
    )
    claimed = await claim(database)
    assert texts(claimed) == ["của đồng chí Bình"]
    await settle(database, claimed, OutboxState.SENT)
    assert texts(await claim(database)) == ["không của riêng ai"]
    assert await states(database) == ["cancelled", "sent", "in_flight"]


async def test_another_try_does_not_reach_who_came_after(database: Database, clock: MovableClock) -> None:
    """A message that failed while its person was still there is not tried again at somebody else's address."""
    an = await _linked(database, "Nguyễn Thị An")
    await put(database, letter("nhắc ký cam kết", person_id=an))
    again = clock.now() + timedelta(seconds=4)
    await settle(database, await claim(database), OutboxState.QUEUED, due_at=again, failure="no connection")
    await _linked(database, "Phan Văn Bình")
    clock.move_to(again)
    assert await claim(database) == []
    row = await row_of(database, "nhắc ký cam kết")
    assert (row.state, row.lease_until, row.finished_at) == ("cancelled", None, again)


async def test_who_has_come_back_hears_what_waited(database: Database) -> None:
    """An address unlinked and linked again to the same person is theirs."""
    an = await _linked(database, "Nguyễn Thị An")
    async with database.write() as tx:
        (link,) = await addresses.addresses_of(tx, an)
        assert await addresses.unlink(tx, link.id)
        await addresses.link(tx, person=an, address=Address(ACCOUNT, CHAT))
    await put(database, letter("lịch họp", person_id=an))
    assert texts(await claim(database)) == ["lịch họp"]


async def missed(database: Database) -> int:
    """Let be missed what is too late; how many messages that were."""
    async with database.write() as tx:
        return len(await late.miss(tx, await late.late_messages(tx)))


async def test_what_was_cancelled_on_its_way_is_not_tried_again(database: Database, clock: MovableClock) -> None:
    """A broadcast is stopped while one message is in flight: said, it is said; failed, it stays unsaid."""
    await put(database, letter("thông báo", batch="broadcast:1"), letter("khác", chat="binh", batch="broadcast:2"))
    claimed = await claim(database)
    async with database.write() as tx:
        await outbox.cancel_batch(tx, "broadcast:1")
    await settle(database, claimed, OutboxState.QUEUED, due_at=clock.now(), failure="no connection")
    assert texts(await claim(database)) == ["khác"]
    assert await missed(database) == 0
    assert await states(database) == ["cancelled", "in_flight"]


async def test_a_lease_that_runs_out_after_a_stop_brings_nothing_back(database: Database, clock: MovableClock) -> None:
    """The sender died with a stopped broadcast's message in flight: nobody says it afterwards."""
    await put(database, letter("thông báo", batch="broadcast:1"))
    await claim(database)
    async with database.write() as tx:
        await outbox.cancel_batch(tx, "broadcast:1")
    clock.move_to(clock.now() + 2 * LEASE)
    assert await claim(database) == []
    assert await missed(database) == 0
    assert await states(database) == ["cancelled"]
