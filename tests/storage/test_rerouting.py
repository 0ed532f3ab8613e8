"""Rows that move to another address of their person, on both databases: at most one place says them."""

import asyncio
from datetime import timedelta

from bot.chat import Address, Capabilities, OutboxState, Outcome, Priority
from bot.clock import MovableClock
from bot.domain.ids import PersonId
from storage import addresses, lanes, people, quotas, rerouting, service
from storage.database import Database
from storage.due import due_kinds
from tests.storage.letters import PLAIN, claim, letter, put, row_of, settle_in, texts

ONE, OTHER = "one", "other"
SHORT = Capabilities(buttons=False, edit=False, files=False, text_limit=40)


def can(account: str) -> Capabilities:
    """Everything at one account, short texts at the other."""
    return PLAIN if account == ONE else SHORT


async def linked_twice(database: Database, name: str = "an") -> PersonId:
    """A person at both accounts, first at `one`, which they prefer."""
    async with database.write() as tx:
        person = await people.add_person(tx, full_name=name)
        first = await addresses.link(tx, person=person, address=Address(ONE, name))
        await addresses.link(tx, person=person, address=Address(OTHER, name))
        await addresses.prefer(tx, person, first)
    return person


async def moved(database: Database) -> int:
    """Let everything move that is stranded; how many rows did."""
    async with database.write() as tx:
        return await rerouting.reroute(tx, await rerouting.stranded(tx), can=can)


async def close(database: Database, *left: str) -> None:
    """The settings name these accounts only."""
    async with database.write() as tx:
        await service.only(tx, left)


async def test_what_waits_at_a_closed_account_moves_once(database: Database) -> None:
    """The row keeps its number, key and batch; asked again nothing moves; set again, it does not come back."""
    an = await linked_twice(database)
    await close(database, ONE, OTHER)
    notice = letter("giấy mời", chat="an", person_id=an, priority=Priority.NOTICE, unique_key="m:1:1", batch="m:1")
    await put(database, notice, letter("trả lời", chat="an", person_id=an))
    before = await row_of(database, "giấy mời")
    await close(database, OTHER)
    assert await moved(database) == 1
    assert await moved(database) == 0
    row = await row_of(database, "giấy mời")
    assert (row.id, row.account, row.unique_key, row.batch) == (before.id, OTHER, "m:1:1", "m:1")
    assert (await row_of(database, "trả lời")).account == ONE
    await close(database, ONE)
    assert await moved(database) == 0
    assert (await row_of(database, "giấy mời")).account == OTHER


async def test_two_ticks_at_once_move_a_row_once(database: Database) -> None:
    """Whoever comes second finds it moved: it stands at one address, tried at the other once."""
    an = await linked_twice(database)
    await close(database, ONE, OTHER)
    await put(database, letter("giấy mời", chat="an", person_id=an, priority=Priority.NOTICE))
    await close(database, OTHER)
    assert sorted(await asyncio.gather(moved(database), moved(database))) == [0, 1]
    row = await row_of(database, "giấy mời")
    assert (row.account, len(row.tried.split())) == (OTHER, 1)


async def test_a_row_in_flight_or_doubtful_stays(database: Database, clock: MovableClock) -> None:
    """Nobody knows whether it was said: it is said nowhere else."""
    an = await linked_twice(database)
    await close(database, ONE, OTHER)
    await put(database, letter("giấy mời", chat="an", person_id=an, priority=Priority.NOTICE))
    [row] = await claim(database)
    await close(database, OTHER)
    assert await moved(database) == 0
    async with database.write() as tx:
        again = Outcome(id=row.id, state=OutboxState.QUEUED, due_at=clock.now(), failure="no answer", doubtful=True)
        await settle_in(tx, ONE, again)
    assert await moved(database) == 0


async def test_a_refusal_moves_the_row_and_all_behind_it(database: Database) -> None:
    """Blocked for good: what was refused and what waited, in its order; cut to what the other channel can carry."""
    an = await linked_twice(database)
    long = "Kính mời đồng chí dự họp chi bộ.\n\nĐúng 19 giờ 30, tại nhà văn hóa."
    await put(
        database,
        letter(long, chat="an", person_id=an, priority=Priority.NOTICE, unique_key="m:1:1"),
        letter("lời nhắc", chat="an", person_id=an, priority=Priority.NOTICE),
    )
    [row] = await claim(database)
    async with database.write() as tx:
        outcome = Outcome(id=row.id, state=OutboxState.BLOCKED, failure="gone")
        await settle_in(tx, ONE, outcome)
        await rerouting.settled(tx, [outcome], can=can)
    heard: list[str] = []
    while claimed := await claim(database, account=OTHER):
        heard += texts(claimed)
        async with database.write() as tx:
            await settle_in(tx, OTHER, *[Outcome(id=one.id, state=OutboxState.SENT) for one in claimed])
    assert heard == ["Kính mời đồng chí dự họp chi bộ.", "lời nhắc", "Đúng 19 giờ 30, tại nhà văn hóa."]
    async with database.read() as tx:
        assert await addresses.reach(tx, an) == Address(OTHER, "an")


async def test_an_account_that_fails_is_out_after_five_minutes(database: Database, clock: MovableClock) -> None:
    """A short outage moves nothing; a longer one does, and the clock knows that there is something to do."""
    an = await linked_twice(database)
    await put(database, letter("giấy mời", chat="an", person_id=an, priority=Priority.NOTICE))
    failures = [
        (Outcome(id=number, state=OutboxState.QUEUED, failure="no connection", reached=False), f"{number}")
        for number in range(10)
    ]
    async with database.write() as tx:
        await lanes.note(tx, await lanes.lane_of(tx, ONE, to_change=True), failures)
    assert await moved(database) == 0
    clock.move_to(clock.now() + service.PATIENCE)
    async with database.read() as tx:
        assert "stray" in await due_kinds(tx)
        assert await addresses.reach(tx, an) == Address(OTHER, "an")
    assert await moved(database) == 1


async def test_the_last_of_a_month_is_for_notices(database: Database, clock: MovableClock) -> None:
    """From ninety per cent on reminders go elsewhere and notices stay; when all is gone, notices go too; the next
    month nothing does."""
    an = await linked_twice(database)
    notice = letter("giấy mời", chat="an", person_id=an, priority=Priority.NOTICE)
    reminder = letter("lời nhắc", chat="an", person_id=an, priority=Priority.REMINDER)
    await put(database, notice, reminder)
    async with database.write() as tx:
        await quotas.count(tx, ONE, 9, limit=10)
    assert await moved(database) == 1
    assert (await row_of(database, "lời nhắc")).account == OTHER
    async with database.write() as tx:
        await quotas.gone(tx, ONE, limit=10)
    assert await moved(database) == 1
    assert (await row_of(database, "giấy mời")).account == OTHER
    clock.move_to(clock.now() + timedelta(days=31))
    await put(database, letter("lời nhắc tháng sau", chat="an", person_id=an, priority=Priority.REMINDER))
    async with database.read() as tx:
        assert "stray" not in await due_kinds(tx)
    assert await moved(database) == 0


async def test_with_nowhere_to_go_it_waits(database: Database) -> None:
    """One address, or another one that is blocked: the row stays where it is."""
    async with database.write() as tx:
        person = await people.add_person(tx, full_name="Bình")
        await addresses.link(tx, person=person, address=Address(ONE, "binh"))
        blocked = await addresses.link(tx, person=person, address=Address(OTHER, "binh"))
        await rerouting.block(tx, Address(OTHER, "binh"), can=can)
        await addresses.prefer(tx, person, blocked)
    await close(database, ONE, OTHER)
    await put(database, letter("giấy mời", chat="binh", person_id=person, priority=Priority.NOTICE))
    await close(database, OTHER)
    assert await moved(database) == 0
    row = await row_of(database, "giấy mời")
    assert (row.account, row.state, row.tried) == (ONE, "queued", None)
    async with database.read() as tx:
        assert await addresses.reach(tx, person) == Address(ONE, "binh")
