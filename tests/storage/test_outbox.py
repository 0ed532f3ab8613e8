"""The outbox, on both databases: who goes first, one row a chat, every row once, and what becomes of it."""

import asyncio
from datetime import timedelta

from bot.chat import Address, Choice, Message, OutboxState, Priority
from bot.clock import MovableClock
from storage import addresses, late, outbox, people
from storage.database import Database
from storage.sending import StoredOutbox, release_leases
from tests.storage.letters import ACCOUNT, LEASE, claim, letter, put, row_of, settle, states, terms, texts, wish

SECOND = timedelta(seconds=1)


async def test_what_somebody_waits_for_goes_first(database: Database) -> None:
    """Answers go before notices, these before reminders, these before broadcasts, however long they have waited."""
    for priority in reversed(Priority):
        await put(database, letter(priority.name, chat=priority.name, priority=priority))
    assert texts(await claim(database)) == ["ANSWER", "NOTICE", "REMINDER", "BROADCAST"]


async def test_an_answer_goes_before_a_thousand_broadcasts(database: Database) -> None:
    """Whoever speaks while a broadcast is under way is answered with the next claim."""
    async with database.write() as tx:
        await outbox.put_many(tx, [letter(f"tin {n}", chat=f"c{n}", priority=Priority.BROADCAST) for n in range(1000)])
    await claim(database, size=32)
    await put(database, letter("trả lời", chat="c999"))
    assert texts(await claim(database, size=2)) == ["trả lời", "tin 32"]


async def test_a_chat_has_one_message_on_its_way(database: Database) -> None:
    """What follows in a chat is claimed when the one before it is written down, in the order of writing."""
    await put(database, letter("1"), letter("2"), letter("khác", chat="binh"), letter("3"))
    first = await claim(database)
    assert texts(first) == ["1", "khác"]
    assert await claim(database) == []
    await settle(database, first, OutboxState.SENT)
    second = await claim(database)
    assert texts(second) == ["2"]
    await settle(database, second, OutboxState.SENT)
    assert texts(await claim(database)) == ["3"]


async def test_what_waits_for_another_try_holds_back_what_follows(database: Database, clock: MovableClock) -> None:
    """Nothing of the same urgency overtakes it; an answer does, and so does every other chat."""
    await put(database, letter("1", priority=Priority.NOTICE), letter("2", priority=Priority.NOTICE))
    again = clock.now() + 4 * SECOND
    await settle(database, await claim(database), OutboxState.QUEUED, due_at=again, failure="no connection")
    assert await claim(database) == []
    await put(database, letter("trả lời"), letter("khác", chat="binh"))
    answers = await claim(database)
    assert texts(answers) == ["trả lời", "khác"]
    await settle(database, answers, OutboxState.SENT)
    clock.move_to(again)
    assert texts(await claim(database)) == ["1"]


async def test_what_is_due_later_holds_nothing_back(database: Database, clock: MovableClock) -> None:
    """A word that waits for the morning lets those pass that may be said now, and goes when its time has come."""
    later = clock.now() + timedelta(hours=9)
    await put(database, letter("sáng mai", due_at=later), letter("bây giờ"))
    now = await claim(database)
    assert texts(now) == ["bây giờ"]
    await settle(database, now, OutboxState.SENT)
    async with database.read() as tx:
        assert await outbox.next_due(tx) == later
    clock.move_to(later - SECOND)
    assert await claim(database) == []
    clock.move_to(later)
    assert texts(await claim(database)) == ["sáng mai"]


async def test_senders_at_once_claim_every_row_once(database: Database, database_url: str, clock: MovableClock) -> None:
    """However four processes meet, no row is claimed twice and none is left."""
    processes = [Database(database_url, clock=clock) for _ in range(4)]
    async with database.write() as tx:
        await outbox.put_many(tx, [letter(f"{n}", chat=f"c{n}") for n in range(300)])
    claimed: list[int] = []

    async def empties(mine: Database) -> None:
        sender = StoredOutbox(mine)
        while rows := (await sender.exchange(terms(sender=str(mine)), tuple, wish(7))).rows:
            claimed.extend(row.id for row in rows)

    await asyncio.gather(*[empties(process) for process in processes])
    for process in processes:
        await process.close()
    assert len(claimed) == 300
    assert len(set(claimed)) == 300


async def test_a_sender_claims_for_its_own_accounts(database: Database) -> None:
    """What is to be said through another account stays."""
    await put(database, letter("ở đây"), letter("ở kia", account="two"))
    assert texts(await claim(database)) == ["ở đây"]
    assert texts(await claim(database, account="two")) == ["ở kia"]


async def test_what_has_a_key_is_said_once(database: Database) -> None:
    """The second letter with a key is not put, alone or among many, whatever became of the first."""
    async with database.write() as tx:
        assert await outbox.put(tx, letter("1", unique_key="round:1:an"))
        assert not await outbox.put(tx, letter("1 lần nữa", unique_key="round:1:an"))
    await settle(database, await claim(database), OutboxState.SENT)
    async with database.write() as tx:
        await outbox.put_many(
            tx,
            [
                letter("1 lần thứ ba", unique_key="round:1:an"),
                letter("2", chat="binh", unique_key="round:1:binh"),
                letter("không có khóa", chat="cuong"),
                letter("không có khóa", chat="cuong"),
            ],
        )
        assert await outbox.said(tx, ["round:1:an", "round:1:binh", "round:1:dung"]) == {"round:1:an", "round:1:binh"}
        await outbox.put_many(tx, [])
    assert await states(database) == ["sent", "queued", "queued", "queued"]


async def test_two_processes_that_put_the_same_key_at_once_put_one_row(database: Database) -> None:
    """Ticks of several processes may find the same reminder; one of them writes it."""

    async def puts() -> bool:
        async with database.write() as tx:
            return await outbox.put(tx, letter("nhắc", unique_key="round:1:an:T-7"))

    assert sorted(await asyncio.gather(*[puts() for _ in range(6)])) == [False] * 5 + [True]
    assert await states(database) == ["queued"]


async def test_a_word_waits_until_it_would_be_too_late(database: Database, clock: MovableClock) -> None:
    """Up to its end it is said, after it it is never said, and the next tick lets it be missed."""
    end = clock.now() + timedelta(hours=2)
    await put(database, letter("kịp", chat="an", expires_at=end), letter("trễ", chat="binh", expires_at=end))
    clock.move_to(end)
    assert len(await claim(database, size=1)) == 1
    clock.move_to(end + SECOND)
    assert await claim(database) == []
    async with database.write() as tx:
        assert len(await late.miss(tx, await late.late_messages(tx))) == 1
        assert await late.late_messages(tx) == []
    assert await states(database) == ["in_flight", "missed"]
    assert (await row_of(database, "trễ")).finished_at == clock.now()


async def test_a_lease_that_runs_out_brings_the_row_back(database: Database, clock: MovableClock) -> None:
    """A sender that died leaves its row for another one, who knows that it may have been said; it was no try, so
    however many died, the pause after the first failure is short."""
    await put(database, letter("1"))
    (first,) = await claim(database)
    clock.move_to(clock.now() + LEASE)
    assert await claim(database) == []
    clock.move_to(clock.now() + SECOND)
    (second,) = await claim(database)
    assert (first.attempts, first.doubtful) == (1, False)
    assert (second.id, second.attempts, second.doubtful) == (first.id, 1, True)


async def test_at_the_start_of_the_only_process_nothing_waits_for_a_lease(database: Database) -> None:
    """On SQLite what an earlier run had on its way goes out at once; on PostgreSQL it may be somebody else's."""
    await put(database, letter("1"))
    await claim(database)
    await release_leases(database)
    assert await states(database) == ["queued" if database.is_sqlite else "in_flight"]


async def test_what_became_of_a_row_is_written_once(database: Database, clock: MovableClock) -> None:
    """A second outcome changes nothing, and marks nobody as gone."""
    await put(database, letter("1"), letter("2"))
    claimed = await claim(database)
    await settle(database, claimed, OutboxState.SENT, external_id="77")
    sent_at = clock.now()
    clock.move_to(sent_at + SECOND)
    await settle(database, claimed, OutboxState.BLOCKED, failure="gone")
    row = await row_of(database, "1")
    assert (row.state, row.external_id, row.failure, row.finished_at) == ("sent", "77", None, sent_at)
    assert await states(database) == ["sent", "queued"]


async def test_only_what_was_a_try_is_counted(database: Database) -> None:
    """A row that was given back, or met a limit, has as many tries as before; a doubt about it stays."""
    await put(database, letter("1"))
    tries = []
    for counts, doubtful in ((True, True), (False, False), (False, False), (True, False)):
        claimed = await claim(database)
        tries.append((claimed[0].attempts, claimed[0].doubtful))
        await settle(database, claimed, OutboxState.QUEUED, counts=counts, doubtful=doubtful)
    assert tries == [(1, False), (2, True), (2, True), (2, True)]
    assert (await row_of(database, "1")).attempts == 2


async def test_who_blocked_the_bot_is_spoken_to_no_more(database: Database) -> None:
    """The address is marked and nothing waits for it any more; others, and what was said, stay as they are."""
    async with database.write() as tx:
        an, binh = [await people.add_person(tx, full_name=name) for name in ("An", "Bình")]
        for person, chat in ((an, "an"), (binh, "binh")):
            await addresses.link(tx, person=person, address=Address(ACCOUNT, chat))
    await put(database, letter("0"))
    await settle(database, await claim(database), OutboxState.SENT)
    await put(database, letter("1"), letter("2"), letter("khác", chat="binh"), letter("ở kia", account="two"))
    claimed = [one for one in await claim(database) if one.address.chat == "an"]
    await settle(database, claimed, OutboxState.BLOCKED, failure="blocked")
    assert await states(database) == ["sent", "blocked", "blocked", "in_flight", "queued"]
    async with database.write() as tx:
        assert await addresses.reach(tx, binh) == Address(ACCOUNT, "binh")
        gone = await addresses.addresses_of(tx, an)
        assert [one.blocked for one in gone] == [True]
        await addresses.unblock(tx, Address(ACCOUNT, "an"))
        assert await addresses.reach(tx, an) == Address(ACCOUNT, "an")


async def test_digits_answer_the_newest_question_that_was_said(database: Database, clock: MovableClock) -> None:
    """Not one that is still on its way, nor a sentence without choices; a moving message is no new question."""
    here = Address(ACCOUNT, "an")

    async def says(message: Message, priority: Priority = Priority.ANSWER) -> None:
        await put(database, letter("", message=message, priority=priority))
        clock.move_to(clock.now() + SECOND)
        await settle(database, await claim(database), OutboxState.SENT, external_id="9")

    async def newest() -> tuple[Choice, ...]:
        async with database.read() as tx:
            return await outbox.newest_choices(tx, here)

    first, second = (Choice("Có", "yes:1"),), (Choice("Có mặt", "yes:2"), Choice("Vắng", "no:2"))
    assert await newest() == ()
    moving = Message(text="Đã gửi 1/2.", choices=(Choice("Dừng", "stop"),), slot="broadcast:1")
    await says(moving, Priority.NOTICE)
    await says(Message(text="Hỏi 1", choices=first))
    await says(Message(text="Cảm ơn đồng chí."))
    assert await newest() == first
    await says(moving, Priority.NOTICE)
    assert await newest() == first
    await put(database, letter("", message=Message(text="Hỏi 2", choices=second)))
    assert await newest() == first
    await settle(database, await claim(database), OutboxState.UNCERTAIN)
    assert await newest() == second


async def test_what_is_not_to_be_kept_is_deleted_when_it_was_said(database: Database) -> None:
    """While it waits for another try it stays; once sent, blocked or failed it is gone."""
    for state in (OutboxState.SENT, OutboxState.FAILED, OutboxState.BLOCKED):
        await put(database, letter("mã", forget=True))
        claimed = await claim(database)
        await settle(database, claimed, OutboxState.QUEUED)
        assert await states(database) == ["queued"]
        await settle(database, await claim(database), state)
        assert await states(database) == []


async def test_what_still_waits_of_a_broadcast_can_be_stopped(database: Database) -> None:
    """Also the further parts of its long messages; what is on its way, and another's, is not touched."""
    parts = outbox.further_parts("broadcast:1")
    await put(
        database,
        letter("trên đường", batch="broadcast:1"),
        letter("phần sau", batch=parts),
        letter("chờ", chat="binh", batch="broadcast:1", priority=Priority.BROADCAST),
        letter("tin khác", chat="binh", batch="broadcast:12", priority=Priority.BROADCAST),
    )
    await claim(database, size=1)
    async with database.write() as tx:
        await outbox.cancel_batch(tx, "broadcast:1")
        assert await outbox.batch_counts(tx, "broadcast:1") == {OutboxState.IN_FLIGHT: 1, OutboxState.CANCELLED: 1}
        assert await outbox.batch_counts(tx, parts) == {OutboxState.CANCELLED: 1}
        assert await outbox.counts(tx) == {OutboxState.IN_FLIGHT: 1, OutboxState.CANCELLED: 2, OutboxState.QUEUED: 1}
    assert texts(await claim(database)) == ["tin khác"]


async def test_a_message_that_moves_replaces_the_newest_of_its_slot(database: Database) -> None:
    """In the same chat only; the first one is new, and one that answers a press replaces what was pressed."""
    for text, chat in (("1", "an"), ("2", "an"), ("khác", "binh")):
        moving = Message(text=text, slot="broadcast:1")
        await put(database, letter("", chat=chat, message=moving, priority=Priority.NOTICE))
    replaced = {}
    while claimed := await claim(database):
        for one in claimed:
            replaced[one.message.text] = one.replaces
            await settle(database, [one], OutboxState.SENT, external_id=f"m{one.message.text}")
    assert replaced == {"1": None, "2": "m1", "khác": None}
    pressed = Message(text="3", slot="broadcast:1", in_place=True)
    await put(database, letter("", message=pressed, replaces="m0"))
    assert [one.replaces for one in await claim(database)] == ["m0"]


async def test_what_a_moving_message_said_earlier_does_not_replace_a_later_answer(
    database: Database, clock: MovableClock
) -> None:
    """The figures were on their way and not delivered; meanwhile somebody asked and was answered with newer ones. The
    old figures are not said any more; newer ones move the answer."""
    moving = [Message(text=text, slot="meeting:1") for text in ("1 có mặt", "2 có mặt", "3 có mặt")]
    await put(database, letter("", message=moving[0], priority=Priority.NOTICE))
    on_its_way = await claim(database)
    await put(database, letter("", message=moving[1], priority=Priority.ANSWER))
    assert await claim(database) == [], "one message of a chat at a time"
    again = clock.now() + timedelta(seconds=2)
    await settle(database, on_its_way, OutboxState.QUEUED, due_at=again, failure="no connection")
    answered = await claim(database)
    assert (texts(answered), answered[0].replaces) == (["2 có mặt"], None)
    await settle(database, answered, OutboxState.SENT, external_id="m2")
    clock.move_to(again)
    assert await claim(database) == []
    assert await states(database) == ["cancelled", "sent"]
    await put(database, letter("", message=moving[2], priority=Priority.NOTICE))
    (newest,) = await claim(database)
    assert (newest.message.text, newest.replaces) == ("3 có mặt", "m2")


async def test_an_answer_does_not_join_a_message_that_is_on_its_way(database: Database, clock: MovableClock) -> None:
    """An answer with the slot of a message in flight waits until that has landed, and stands below it, not in it."""
    moving = [Message(text=text, slot="meeting:1") for text in ("1 có mặt", "2 có mặt")]
    await put(database, letter("", message=moving[0], priority=Priority.NOTICE))
    on_its_way = await claim(database)
    await put(database, letter("", message=moving[1], priority=Priority.ANSWER))
    assert await claim(database) == []
    await settle(database, on_its_way, OutboxState.SENT, external_id="m1")
    (answer,) = await claim(database)
    assert (answer.message.text, answer.replaces) == ("2 có mặt", None)
