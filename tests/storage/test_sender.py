"""The sender over the real outbox: order, pace, one account beside another, and how it stops."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot import delivery, lane
from bot.chat import (
    Capabilities,
    File,
    Message,
    OutboxState,
    Outcome,
    Paper,
    PermanentFailure,
    Priority,
    TransientFailure,
)
from bot.clock import MovableClock, Timer
from bot.delivery import Sender
from bot.lane import WIDTH
from bot.outgoing import CHAT_BURST, Batch, OutboxUnavailable, Terms, Wish
from storage import late, outbox
from storage.database import Database
from storage.sending import StoredOutbox
from tests.fakes.handling import stop
from tests.fakes.timers import ClockTimer, MovingTimer
from tests.storage.letters import LEASE, PLAIN, Mouth, claim, letter, put, row_of, states

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def no_papers(_paper: Paper) -> File:
    """For what is said without papers."""
    raise PermanentFailure("no papers here")


def sender_of(database: Database, clock: MovableClock, *mouths: Mouth, timer: Timer | None = None) -> Sender:
    """A sender that speaks through these channels."""
    channels = {mouth.account: mouth for mouth in mouths}
    return Sender(
        outbox=StoredOutbox(database),
        channels=channels,
        make_file=no_papers,
        clock=clock,
        timer=timer,
    )


async def test_everybody_hears_everything_in_order(database: Database, clock: MovableClock) -> None:
    """Within a chat nothing overtakes, and every message is written down with its id."""
    mouth = Mouth()
    await put(database, *[letter(f"{n}", chat=chat) for n in range(8) for chat in ("an", "binh", "cuong")])
    assert await sender_of(database, clock, mouth).drain() == 24
    for chat in ("an", "binh", "cuong"):
        assert [one.message.text for one in mouth.said if one.chat == chat] == [f"{n}" for n in range(8)]
    assert set(await states(database)) == {"sent"}
    async with database.read() as tx:
        assert await outbox.counts(tx) == {OutboxState.SENT: 24}


async def test_an_answer_overtakes_a_broadcast_under_way(database: Database, clock: MovableClock) -> None:
    """Of a thousand messages that wait, only those already on their way are said before it."""
    mouth = Mouth()
    everybody = [letter(f"tin {n}", chat=f"c{n}", priority=Priority.BROADCAST) for n in range(1000)]
    mouth.gates = {one.address.chat: asyncio.Event() for one in everybody}
    async with database.write() as tx:
        await outbox.put_many(tx, everybody)
    sender = sender_of(database, clock, mouth)
    running = asyncio.create_task(sender.run())
    await mouth.until_tried(WIDTH)
    await put(database, letter("trả lời", chat="an"))
    sender.wake()
    mouth.gates[mouth.tried[0].chat].set()
    await mouth.until_tried(WIDTH + 1)
    assert mouth.tried[WIDTH].message.text == "trả lời"
    for gate in mouth.gates.values():
        gate.set()
    await mouth.until_tried(1001)
    await stop(running)
    assert len(mouth.said) == 1001


async def test_an_account_that_hangs_delays_no_other(database: Database, clock: MovableClock) -> None:
    """While one messenger does not answer, everybody at the other one hears everything."""
    hangs, speaks = Mouth(account="one"), Mouth(account="two")
    hangs.gates = {f"c{n}": asyncio.Event() for n in range(50)}
    await put(database, *[letter("treo", chat=f"c{n}") for n in range(50)])
    await put(database, *[letter(f"{n}", account="two") for n in range(50)])
    running = asyncio.create_task(sender_of(database, clock, hangs, speaks).run())
    await speaks.until_tried(50)
    assert speaks.texts() == [f"{n}" for n in range(50)]
    assert len(hangs.tried) == WIDTH
    assert hangs.said == []
    for gate in hangs.gates.values():
        gate.set()
    await stop(running)


async def test_no_faster_than_the_messenger_allows(database: Database, clock: MovableClock) -> None:
    """An account keeps its pace over all chats, to the millisecond and a little more."""
    mouth = Mouth(clock=clock, capabilities=replace(PLAIN, per_second=20.0))
    await put(database, *[letter("tin", chat=f"c{n}") for n in range(100)])
    await sender_of(database, clock, mouth, timer=MovingTimer(clock)).drain()
    gaps = [later - earlier for earlier, later in pairwise(mouth.times)]
    assert len(mouth.said) == 100
    assert all(0.05 <= gap < 0.0505 for gap in gaps)


async def test_what_nobody_waits_for_is_said_a_few_at_once(database: Database, clock: MovableClock) -> None:
    """Three at a time, a tenth of a second apart, each in its place or a little after it: the pace is the same, and the
    machine wakes up less often."""
    mouth = Mouth(clock=clock, capabilities=replace(PLAIN, per_second=30.0))
    await put(database, *[letter("tin", chat=f"c{n}", priority=Priority.BROADCAST) for n in range(90)])
    await sender_of(database, clock, mouth, timer=MovingTimer(clock)).drain()
    firsts, lasts = mouth.times[::3], mouth.times[2::3]
    assert all(last - first < 0.001 for first, last in zip(firsts, lasts, strict=True))
    assert all(0.1 <= later - earlier < 0.102 for earlier, later in pairwise(firsts))
    assert all(later - first >= 1.0 for first, later in zip(mouth.times, mouth.times[30:], strict=False))


async def test_a_chat_is_not_flooded(database: Database, clock: MovableClock) -> None:
    """A short burst, then one a second; meanwhile others hear what is for them."""
    mouth = Mouth(capabilities=replace(PLAIN, chat_seconds=1.0))
    sender = sender_of(database, clock, mouth, timer=ClockTimer(clock))
    await put(database, *[letter(f"{n}") for n in range(CHAT_BURST + 2)], letter("khác", chat="binh"))
    await sender.drain()
    assert sorted(mouth.texts()) == ["0", "1", "2", "khác"]
    for number in (3, 4):
        clock.move_to(clock.now() + timedelta(seconds=0.999))
        assert await sender.drain() == 0
        clock.move_to(clock.now() + timedelta(seconds=0.001))
        assert await sender.drain() == 1
        assert mouth.texts()[-1] == f"{number}"


async def test_a_message_that_moves_is_replaced_where_the_messenger_can(
    database: Database, clock: MovableClock
) -> None:
    """The second report of a broadcast stands in place of the first; without editing it is a new message."""
    for account, edits in (("one", True), ("two", False)):
        can = Capabilities(buttons=True, edit=edits, files=True, text_limit=4096)
        mouth = Mouth(account=account, capabilities=can)
        for text in ("Đã gửi 1/2.", "Đã gửi 2/2."):
            moving = Message(text=text, slot="broadcast:1")
            await put(database, letter("", account=account, message=moving, priority=Priority.NOTICE))
        await sender_of(database, clock, mouth).drain()
        assert [one.replaces for one in mouth.said] == [None, "m1" if edits else None]


async def test_it_speaks_when_woken_and_when_a_time_has_come(
    database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A running sender finds what is new when it is told so, and what became due by itself."""
    mouth = Mouth()
    sender = sender_of(database, clock, mouth)
    monkeypatch.setattr(delivery, "IDLE_SECONDS", 0.01)
    running = asyncio.create_task(sender.run())
    await put(database, letter("sáng mai", due_at=clock.now() + timedelta(hours=9)), letter("bây giờ"))
    sender.wake()
    await mouth.until_tried(1)
    clock.move_to(clock.now() + timedelta(hours=9))
    await mouth.until_tried(2)
    await stop(running)
    assert mouth.texts() == ["bây giờ", "sáng mai"]


async def test_told_to_stop_it_ends_what_is_on_its_way(database: Database, clock: MovableClock) -> None:
    """What the messenger is just being told is written down as sent; nothing more is begun, nothing is said twice."""
    mouth = Mouth(gates={"an": asyncio.Event()})
    await put(database, letter("1"), letter("2"))
    running = asyncio.create_task(sender_of(database, clock, mouth).run())
    await mouth.until_tried(1)
    running.cancel()
    await asyncio.wait({running}, timeout=0.05)
    mouth.gates["an"].set()
    await stop(running)
    assert running.cancelled()
    assert mouth.texts() == ["1"]
    assert await states(database) == ["sent", "queued"]


async def test_told_to_stop_it_gives_back_what_it_has_not_begun(database: Database, clock: MovableClock) -> None:
    """What waited for its place goes out with the next sender at once, and the wait was no try."""
    mouth = Mouth(capabilities=replace(PLAIN, per_second=5.0))
    await put(database, letter("1", chat="an"), letter("2", chat="binh"))
    running = asyncio.create_task(sender_of(database, clock, mouth).run())
    await mouth.until_tried(1)
    await stop(running)
    row = await row_of(database, '"2"')
    assert (row.state, row.attempts, row.doubtful) == ("queued", 0, False)
    await sender_of(database, clock, other := Mouth()).drain()
    assert mouth.texts() + other.texts() == ["1", "2"]


async def test_told_to_stop_it_does_not_wait_for_ever(
    database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that hangs keeps its lease: it may have been said, and is said once more later."""
    monkeypatch.setattr(lane, "GRACE_SECONDS", 0.05)
    mouth = Mouth(gates={"an": asyncio.Event()})
    await put(database, letter("1"))
    running = asyncio.create_task(sender_of(database, clock, mouth).run())
    await mouth.until_tried(1)
    await stop(running)
    assert await states(database) == ["in_flight"]
    clock.move_to(clock.now() + LEASE + timedelta(seconds=1))
    await sender_of(database, clock, other := Mouth()).drain()
    assert other.texts() == ["1"]


async def test_a_sender_that_cannot_write_down_ends(database: Database, clock: MovableClock) -> None:
    """No half-dead bot: when storage fails, so does the whole sender, for every account."""

    class Broken(StoredOutbox):
        async def exchange(self, terms: Terms, outcomes: Callable[[], Sequence[Outcome]], wish: Wish | None) -> Batch:
            if ended := outcomes():
                raise OSError("a mistake of ours")
            return await super().exchange(terms, lambda: ended, wish)

    mouth, other = Mouth(), Mouth(account="two")
    channels = {one.account: one for one in (mouth, other)}
    sender = Sender(outbox=Broken(database), channels=channels, make_file=no_papers, clock=clock)
    await put(database, letter("1"))
    with pytest.raises(ExceptionGroup) as caught:
        await sender.run()
    assert caught.group_contains(OSError, match="a mistake of ours")


async def test_what_cannot_be_written_down_is_written_down_later(
    database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the disk is full nothing more is said, and what was said is remembered: it is not said again."""
    monkeypatch.setattr(lane, "UNAVAILABLE_SECONDS", 0.01)

    class Full(StoredOutbox):
        refusals = 3

        async def exchange(self, terms: Terms, outcomes: Callable[[], Sequence[Outcome]], wish: Wish | None) -> Batch:
            if (ended := outcomes()) and self.refusals:
                self.refusals -= 1
                raise OutboxUnavailable("database or disk is full")
            return await super().exchange(terms, lambda: ended, wish)

    mouth, outbox_of = Mouth(), Full(database)
    sender = Sender(outbox=outbox_of, channels={mouth.account: mouth}, make_file=no_papers, clock=clock)
    await put(database, letter("1"), letter("2"))
    with capture_logs() as logs:
        await sender.drain()
    assert (outbox_of.refusals, mouth.texts()) == (0, ["1", "2"])
    assert set(await states(database)) == {"sent"}
    assert [log["event"] for log in logs].count("outbox_unavailable") == 3


async def test_an_answer_takes_the_next_place(database: Database, clock: MovableClock) -> None:
    """Of broadcasts that were claimed with their places, only those whose time had come are said before it."""
    mouth = Mouth(clock=clock, capabilities=replace(PLAIN, per_second=20.0))
    sender = sender_of(database, clock, mouth, timer=MovingTimer(clock))
    async with database.write() as tx:
        everybody = [letter(f"tin {n}", chat=f"c{n}", priority=Priority.BROADCAST) for n in range(15)]
        await outbox.put_many(tx, everybody)
    draining = asyncio.create_task(sender.drain())
    await mouth.until_tried(3)
    await put(database, letter("trả lời", chat="an"))
    sender.wake()
    await draining
    assert mouth.texts().index("trả lời") <= 5
    assert len(mouth.said) == 16


async def test_an_account_comes_and_goes(database: Database, clock: MovableClock) -> None:
    """One that is opened speaks, one that is closed does not, and the others are not touched."""
    first, second = Mouth(), Mouth(account="two")
    sender = sender_of(database, clock, first)
    running = asyncio.create_task(sender.run())
    sender.open(second)
    await put(database, letter("1"), letter("1", account="two"))
    sender.wake()
    await asyncio.gather(first.until_tried(1), second.until_tried(1))
    await sender.close("two")
    await put(database, letter("2", chat="binh"), letter("2", chat="binh", account="two"))
    sender.wake()
    await first.until_tried(2)
    await stop(running)
    assert (first.texts(), second.texts()) == (["1", "2"], ["1"])


async def test_what_an_earlier_sender_left_is_said(database: Database, clock: MovableClock) -> None:
    """A row whose lease has run out is said again, and only then."""
    mouth = Mouth()
    await put(database, letter("1"))
    await claim(database)
    sender = sender_of(database, clock, mouth)
    clock.move_to(clock.now() + LEASE)
    assert await sender.drain() == 0
    clock.move_to(clock.now() + timedelta(seconds=1))
    assert await sender.drain() == 1
    assert mouth.texts() == ["1"]


async def test_what_would_come_too_late_is_not_said(database: Database, clock: MovableClock) -> None:
    """After its end a word is not said, also when it only waited for another try; the tick writes that down."""
    mouth = Mouth()
    mouth.fails["an"] = [TransientFailure("no connection")] * 9
    sender = sender_of(database, clock, mouth)
    await put(database, letter("1", expires_at=clock.now() + timedelta(seconds=5)))
    for _ in range(4):
        await sender.drain()
        clock.move_to(clock.now() + timedelta(seconds=2))
    assert len(mouth.tried) == 2
    async with database.write() as tx:
        await late.miss(tx, await late.late_messages(tx))
    assert await states(database) == ["missed"]


async def test_a_clock_that_jumps_says_nothing_twice(database: Database, clock: MovableClock) -> None:
    """Two days ahead while a message is on its way: its lease has run out, and it is still being said."""
    mouth = Mouth(gates={"an": asyncio.Event()})
    await put(database, letter("1"))
    sender = sender_of(database, clock, mouth)
    running = asyncio.create_task(sender.run())
    await mouth.until_tried(1)
    clock.move_to(clock.now() + timedelta(days=2))
    await put(database, letter("2", chat="binh"))
    sender.wake()
    await mouth.until_tried(2)
    mouth.gates["an"].set()
    async with asyncio.timeout(30):
        while await states(database) != ["sent", "sent"]:
            await asyncio.sleep(0)
    await stop(running)
    assert mouth.texts() == ["2", "1"]
