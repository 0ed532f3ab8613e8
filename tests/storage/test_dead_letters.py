"""Dead letters on both databases: kept as they were, used up once, forgotten in time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.chat import Address, FileSent, Incoming, Payload, Pressed, Text
from bot.clock import MovableClock
from bot.domain.ids import PersonId
from handlers.replaying import Again
from storage import dead_letters, forgetting, people
from storage.database import Database
from storage.dead_letters import KEPT, DeadLetter
from tests.world import ACCOUNT, World

HERE, THERE = Address("telegram", "1"), Address("telegram", "2")


async def keep(
    database: Database, incident: str, payload: Payload, *, at: Address = HERE, person: PersonId | None = None
) -> DeadLetter:
    """An event that failed."""
    async with database.write() as tx:
        failed = Incoming(address=at, event_id=incident, payload=payload)
        await dead_letters.keep(tx, failed, incident=incident, person=person, context="c", error="KeyError")
        found = await dead_letters.letter_of(tx, incident)
    assert found is not None
    return found


async def waiting(database: Database) -> list[str]:
    """The numbers of what can be replayed."""
    async with database.read() as tx:
        return [letter.incident for letter in await dead_letters.waiting(tx)]


async def test_it_is_kept_as_it_was_and_used_up_once(database: Database, clock: MovableClock) -> None:
    """Its bytes come back; once claimed, nothing of what was said is left, and nobody claims it again."""
    sent = FileSent("danh sách.xlsx", 3, b"\x00\xff\n")
    letter = await keep(database, "0001-0001", sent)
    assert (letter.payload, letter.failed_at, letter.tries) == (sent, clock.now(), 0)
    async with database.write() as tx:
        await dead_letters.failed_again(tx, letter.id, error="ValueError")
        assert await dead_letters.letter_of(tx, letter.incident) == replace(letter, tries=1, error="ValueError")
        assert await dead_letters.claim(tx, letter.id)
        assert not await dead_letters.claim(tx, letter.id)
        used = await dead_letters.letter_of(tx, letter.incident)
    assert used is not None and (used.payload, used.replayed_at) == (None, clock.now())
    assert await waiting(database) == []


async def test_they_are_named_in_the_order_in_which_they_failed(database: Database) -> None:
    """Whatever their numbers are; a dropped one is gone."""
    letters = [await keep(database, number, Text("x")) for number in ("9999-0001", "0000-0002", "5555-0003")]
    async with database.write() as tx:
        assert await dead_letters.drop(tx, letters[1].id)
        assert not await dead_letters.drop(tx, letters[1].id)
    assert await waiting(database) == ["9999-0001", "5555-0003"]


async def test_they_go_with_the_address_and_with_the_guest(database: Database) -> None:
    """A guest's are forgotten without the member's; an address's all."""
    async with database.write() as tx:
        person = await people.add_person(tx, full_name="Nguyễn Thị An")
    await keep(database, "0000-0001", Text("khách"))
    await keep(database, "0000-0002", Text("đảng viên"), person=person)
    await keep(database, "0000-0003", Text("nơi khác"), at=THERE)
    async with database.write() as tx:
        await forgetting.forget_guest(tx, HERE)
    assert await waiting(database) == ["0000-0002", "0000-0003"]
    async with database.write() as tx:
        await dead_letters.forget_at(tx, HERE)
    assert await waiting(database) == ["0000-0003"]


async def test_they_are_too_old_in_time(database: Database, clock: MovableClock) -> None:
    """Used up or not, and not a moment before."""
    old = await keep(database, "0000-0001", Text("x"))
    clock.move_to(clock.now() + timedelta(hours=1))
    await keep(database, "0000-0002", Text("x"))
    clock.move_to(old.failed_at + KEPT - timedelta(seconds=1))
    async with database.write() as tx:
        assert await dead_letters.claim(tx, old.id)
        assert await dead_letters.too_old(tx) == []
    clock.move_to(old.failed_at + KEPT)
    async with database.read() as tx:
        assert await dead_letters.too_old(tx) == [old.id]


async def test_of_two_processes_one_handles_it(database: Database, database_url: str) -> None:
    """Two operators replay the same incident at one instant: it is handled once, and said once."""
    one, other = await World.open(database_url), await World.open(database_url)
    try:
        an = await one.member("Nguyễn Thị An")
        letter = await keep(
            database, "4827-1935", Pressed("run:trogiup"), at=Address(ACCOUNT, an.chat), person=an.person_id
        )
        ends = await asyncio.gather(*(world.app.router.handle_again(letter) for world in (one, other)))
        assert sorted(ends) == [Again.DONE, Again.DONE_BEFORE]
        async with database.read() as tx:
            ((said,),) = await tx.sql("SELECT count(*) FROM outbox")
        assert said == 2, "that it is the earlier matter, and the answer"
    finally:
        await one.close()
        await other.close()
