"""Answers that are claimed as they are written, and handed to the sender after the commit."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import insert, select, update

from bot.chat import Address, Claimed, Outcome, Priority, RateLimited, TransientFailure
from bot.clock import MovableClock
from bot.delivery import Sender
from bot.outgoing import Batch, Offer, Terms, Wish
from storage import handing_over, outbox, schema, settling
from storage.compiled import Statements
from storage.database import Database
from storage.handing_over import can_be_handed_over, put_claimed
from storage.outbox import Letter
from storage.sending import StoredOutbox, release_leases
from tests.fakes.handling import stop
from tests.storage.letters import ACCOUNT, LEASE, PLAIN, Mouth, claim, letter, put, row_of, states
from tests.storage.test_sender import no_papers, sender_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OFFER = Offer(LEASE, keeps_chats=False)
IN_PACE = Offer(LEASE, keeps_chats=True)


async def answer(database: Database, desk: Sender, text: str, *, fails: bool = False) -> bool:
    """Somebody is answered, as the router does it; whether it was handed over. Then it fails, if asked to."""
    async with database.write() as tx:
        one = letter(text)
        offer = desk.offer(one.address)
        claimed = await put_claimed(tx, one, offer) if offer else None
        if claimed is None:
            await outbox.put(tx, one)
        else:
            tx.after.append(partial(desk.hand, claimed))
        if fails:
            raise LookupError(text)
    return claimed is not None


async def claimed_now(database: Database, one: Letter, offer: Offer = OFFER) -> Claimed | None:
    """What comes of writing it as claimed."""
    async with database.write() as tx:
        return await put_claimed(tx, one, offer)


@asynccontextmanager
async def at_work(sender: Sender) -> AsyncIterator[None]:
    """The sender runs, and knows already that nothing is wrong with its account."""
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(5):
        while sender.offer(Address(ACCOUNT, "an")) is None:
            await asyncio.sleep(0.001)
    yield
    await stop(running)


async def until(database: Database, holds: Callable[[Sequence[str]], bool]) -> None:
    """Wait until this holds of the states of all rows."""
    async with asyncio.timeout(5):
        while not holds(await states(database)):
            await asyncio.sleep(0.01)


async def test_an_answer_is_said_after_its_commit_without_being_looked_for(
    database: Database, clock: MovableClock
) -> None:
    """It is on its way as soon as it is kept, and written down as said like any other."""
    mouth = Mouth()
    sender = sender_of(database, clock, mouth)
    async with at_work(sender):
        assert await answer(database, sender, "một")
        assert (await row_of(database, "một")).attempts == 1
        await mouth.until_tried(1)
        await until(database, lambda all_of_them: all_of_them == ["sent"])
    assert mouth.texts() == ["một"]


async def test_who_answers_at_once_is_answered_at_once(database: Database, clock: MovableClock) -> None:
    """What is said and not yet written down holds up nobody, and the order stays."""
    mouth = Mouth()
    sender = sender_of(database, clock, mouth)
    async with at_work(sender):
        for number in range(20):
            assert await answer(database, sender, f"{number}")
            await mouth.until_tried(number + 1)
        await until(database, lambda all_of_them: all_of_them == ["sent"] * 20)
    assert mouth.texts() == [f"{number}" for number in range(20)]


async def test_nothing_overtakes_what_is_on_its_way(database: Database, clock: MovableClock) -> None:
    """While the one before it is being said, the next answer waits in the outbox, and comes after it."""
    mouth = Mouth()
    mouth.gates = {"an": asyncio.Event()}
    sender = sender_of(database, clock, mouth)
    async with at_work(sender):
        assert await answer(database, sender, "một")
        await mouth.until_tried(1)
        assert not await answer(database, sender, "hai")
        sender.wake()
        mouth.gates["an"].set()
        await mouth.until_tried(2)
    assert mouth.texts() == ["một", "hai"]


async def test_a_failed_answer_holds_back_the_next(database: Database, clock: MovableClock) -> None:
    """What is to be tried again goes first."""
    mouth = Mouth()
    mouth.fails["an"] = [TransientFailure("no answer")]
    sender = sender_of(database, clock, mouth)
    async with at_work(sender):
        assert await answer(database, sender, "một")
        await mouth.until_tried(1)
        assert not await answer(database, sender, "hai")
        await until(database, lambda all_of_them: all_of_them == ["queued", "queued"])
        assert not await answer(database, sender, "ba")
    assert mouth.texts() == []


@pytest.mark.parametrize(
    ("before", "goes_first"),
    [
        (letter("một"), True),
        (letter("một", priority=Priority.NOTICE), False),
        (letter("một", chat="binh"), False),
    ],
    ids=["an answer", "a notice", "somebody else's"],
)
async def test_what_waits_in_the_chat_goes_first(database: Database, before: Letter, *, goes_first: bool) -> None:
    """An answer that waits does; what waits behind answers, or for others, does not."""
    await put(database, before)
    assert (await claimed_now(database, letter("hai")) is None) is goes_first


async def test_what_is_planned_for_later_holds_up_nothing(database: Database, clock: MovableClock) -> None:
    """A reminder of tomorrow does not."""
    await put(database, letter("mai", due_at=clock.now() + timedelta(days=1)))
    assert await claimed_now(database, letter("hai")) is not None


async def test_what_is_in_flight_holds_up_unless_it_is_said(database: Database) -> None:
    """Whether it is said only its sender knows."""
    await put(database, letter("một"))
    [first] = await claim(database)
    assert await claimed_now(database, letter("hai")) is None
    assert await claimed_now(database, letter("hai"), OFFER._replace(said=first.id - 1)) is None
    assert await claimed_now(database, letter("hai"), OFFER._replace(said=first.id)) is not None


async def test_a_chat_with_a_pace_keeps_it(database: Database, clock: MovableClock) -> None:
    """Who was spoken to just now is spoken to when their chat is free."""
    async with database.write() as tx:
        values = {"account": ACCOUNT, "chat": "an", "next_at": clock.now() + timedelta(seconds=1)}
        await tx.run(insert(schema.lane_chats), values)
    assert await claimed_now(database, letter("một"), IN_PACE) is None
    assert await claimed_now(database, letter("một", chat="binh"), IN_PACE) is not None
    clock.move_to(clock.now() + timedelta(seconds=1))
    assert await claimed_now(database, letter("một"), IN_PACE) is not None


async def test_what_was_written_for_somebody_who_left_is_not_claimed(database: Database, clock: MovableClock) -> None:
    """Between the event and its answer the address may have ceased to be theirs."""
    async with database.write() as tx:
        person = await tx.insert_id(
            insert(schema.people).returning(schema.people.c.id),
            {"full_name": "Nguyễn Văn Mẫu", "name_key": "nguyen van mau", "created_at": tx.now},
        )
        values = {"account": ACCOUNT, "chat": "an", "person_id": person, "linked_at": tx.now}
        await tx.run(insert(schema.addresses), values)
    assert await claimed_now(database, letter("một", person_id=person)) is not None
    assert await claimed_now(database, letter("một", chat="binh", person_id=person)) is None
    async with database.write() as tx:
        await tx.run(update(schema.addresses).values(unlinked_at=tx.now))
        await tx.run(update(schema.outbox).values(state="sent", finished_at=tx.now))
    assert await claimed_now(database, letter("hai", person_id=person)) is None


async def test_only_what_somebody_waits_for_is_handed_over(database: Database, clock: MovableClock) -> None:
    """What has a key, a time or a batch goes its usual way."""
    assert can_be_handed_over(letter("một"))
    assert await claimed_now(database, letter("một")) is not None
    for other in (
        letter("một", priority=Priority.NOTICE),
        letter("một", unique_key="k"),
        letter("một", batch="b"),
        letter("một", due_at=clock.now()),
        letter("một", expires_at=clock.now()),
    ):
        assert not can_be_handed_over(other)


async def test_what_is_rolled_back_is_not_said(database: Database, clock: MovableClock) -> None:
    """Nothing is handed over that is not kept."""
    mouth = Mouth()
    sender = sender_of(database, clock, mouth)
    async with at_work(sender):
        with pytest.raises(LookupError):
            await answer(database, sender, "một", fails=True)
        assert await answer(database, sender, "hai")
        await mouth.until_tried(1)
    assert mouth.texts() == ["hai"]


async def test_who_gave_up_waiting_is_answered_all_the_same(database: Database, clock: MovableClock) -> None:
    """Whoever waited for the commit may be gone when it comes: what was kept is said."""
    mouth = Mouth()
    sender = sender_of(database, clock, mouth)
    async with at_work(sender):
        answering = asyncio.create_task(answer(database, sender, "một"))
        # Past its statements, and before its commit, which is in another thread.
        for _ in range(3):
            await asyncio.sleep(0)
        answering.cancel()
        await asyncio.wait([answering])
        assert answering.cancelled()
        await until(database, lambda all_of_them: all_of_them == ["sent"])
    assert mouth.texts() == ["một"]


async def test_a_program_that_ends_before_says_it_later(database: Database, clock: MovableClock) -> None:
    """A row that was claimed and not handed over is said by the next program, or after its lease."""
    assert await claimed_now(database, letter("một")) is not None
    assert await claim(database) == []
    await release_leases(database)
    mouth = Mouth()
    await sender_of(database, clock, mouth).drain()
    assert mouth.texts() == ["một"]


async def test_a_closed_account_is_offered_nothing_and_gives_back(database: Database, clock: MovableClock) -> None:
    """When the messenger asked everybody to wait, what is handed over meanwhile goes back, and was no try."""
    mouth = Mouth()
    mouth.fails["an"] = [RateLimited(3600)]
    sender = sender_of(database, clock, mouth)
    async with at_work(sender):
        claimed = await claimed_now(database, letter("muộn", chat="binh"))
        assert claimed is not None
        assert await answer(database, sender, "một")
        await mouth.until_tried(1)
        await until(database, lambda all_of_them: "queued" in all_of_them)
        assert sender.offer(Address(ACCOUNT, "an")) is None
        sender.hand(claimed)
        await until(database, lambda all_of_them: all_of_them == ["queued", "queued"])
    assert (await row_of(database, "muộn")).attempts == 0
    assert mouth.texts() == []


async def test_nothing_is_offered_for_a_month_that_is_counted_or_by_who_does_not_run(
    database: Database, clock: MovableClock
) -> None:
    """What is counted is counted as it is claimed; who does not run would keep it in hand."""
    assert sender_of(database, clock, Mouth()).offer(Address(ACCOUNT, "an")) is None
    assert sender_of(database, clock, Mouth()).offer(Address("nobody's", "an")) is None
    mouth = Mouth(capabilities=replace(PLAIN, monthly_quota=10))
    sender = sender_of(database, clock, mouth)
    await put(database, letter("một"))
    running = asyncio.create_task(sender.run())
    await mouth.until_tried(1)
    await until(database, lambda all_of_them: all_of_them == ["sent"])
    assert sender.offer(Address(ACCOUNT, "an")) is None
    await stop(running)


async def test_what_the_outbox_is_told_of_holds_for_whatever_it_claims_beside(
    database: Database, clock: MovableClock
) -> None:
    """A notice that is claimed while the answer before it is written down is not overtaken by the next answer."""
    told = asyncio.Event()

    class Watched(StoredOutbox):
        async def exchange(self, terms: Terms, outcomes: Callable[[], Sequence[Outcome]], wish: Wish | None) -> Batch:
            def taken() -> Sequence[Outcome]:
                ended = outcomes()
                if ended:
                    told.set()
                    assert sender.offer(Address(ACCOUNT, "an")) == Offer(LEASE, keeps_chats=False, said=0)
                return ended

            return await super().exchange(terms, taken, wish)

    mouth = Mouth()
    sender = Sender(outbox=Watched(database), channels={ACCOUNT: mouth}, make_file=no_papers, clock=clock)
    async with at_work(sender):
        assert await answer(database, sender, "một")
        await asyncio.wait_for(told.wait(), 5)
    async with database.read() as tx:
        assert await tx.scalar(select(schema.outbox.c.state)) == "sent"


async def test_what_is_no_transaction_of_the_only_process_hands_nothing_over(database: Database) -> None:
    """As on PostgreSQL, where others send as well."""
    async with database.read() as tx:
        assert await put_claimed(tx, letter("một"), OFFER) is None


async def test_a_row_is_written_without_a_table_beside_it(database: Database) -> None:
    """SQLite makes one for whatever is a list of more than two in a check, at every row, which costs as much as the
    row."""
    compiled, kept = Statements(), [f"to_{name}" for name in handing_over._KEPT]
    of_whom = ["of_account", "of_chat", "of_person"]
    texts = [
        compiled.of(statement, names).bound(dict.fromkeys(names))[0]
        for statement, names in (
            (handing_over._claimed, [*of_whom, *kept, "now", "until", "said"]),
            (settling._settle_sent, ["row", "to_external", "to_finished"]),
        )
    ]
    async with database.read() as tx:
        for text in texts:
            steps = [step[1] for step in await tx.sql(f"EXPLAIN {text}", [None] * text.count("?"))]
            assert "Insert" in steps or "IdxInsert" in steps
            assert not {"OpenEphemeral", "OpenAutoindex", "SorterOpen"} & set(steps)
