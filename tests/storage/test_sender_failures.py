"""What the sender makes of every kind of failure, over the real outbox."""

from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.app import App
from bot.attempt import LAST_ATTEMPT, LAST_MAKING, MakeFile
from bot.chat import (
    Address,
    AddressBlocked,
    File,
    Message,
    OutcomeUnknown,
    Paper,
    PermanentFailure,
    Priority,
    QuotaExhausted,
    RateLimited,
    TransientFailure,
)
from bot.clock import MovableClock
from bot.content.loader import load_content
from bot.delivery import Sender
from bot.domain.ids import FileId
from bot.domain.quota import PROBE
from handlers.papers import stored
from storage import addresses, people
from storage.database import Database
from storage.sending import StoredOutbox
from tests.fakes.timers import ClockTimer
from tests.storage.letters import ACCOUNT, Mouth, letter, put, row_of, states

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NO_CONNECTION = TransientFailure("no connection")
NO_ANSWER = OutcomeUnknown("no answer")


async def no_papers(_paper: Paper) -> File:
    """For what is said without papers."""
    raise AssertionError("nobody asked for a paper")


class Sending:
    """A sender with one channel, and a clock that the test moves."""

    def __init__(self, database: Database, clock: MovableClock, *, make_file: MakeFile = no_papers) -> None:
        self.database = database
        self.clock = clock
        self.mouth = Mouth()
        self._sender = Sender(
            outbox=StoredOutbox(database),
            channels={ACCOUNT: self.mouth},
            make_file=make_file,
            clock=clock,
            timer=ClockTimer(clock),
        )

    async def after(self, seconds: float = 0) -> list[str]:
        """What was said when so much time had passed, and everything due was tried."""
        before = len(self.mouth.said)
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))
        await self._sender.drain()
        return self.mouth.texts()[before:]


@pytest.fixture
def sending(database: Database, clock: MovableClock) -> Sending:
    """The sender of this test."""
    return Sending(database, clock)


async def test_what_surely_failed_is_tried_again_with_growing_pauses(sending: Sending) -> None:
    """After 2, 4, 8 … seconds, at most ten minutes, for a day; the last failure ends it, and only then what follows in
    this chat is said."""
    sending.mouth.fails["an"] = [NO_CONNECTION] * LAST_ATTEMPT
    await put(sending.database, letter("1"), letter("2"), letter("khác", chat="binh"))
    assert await sending.after() == ["khác"]
    for attempt in range(1, LAST_ATTEMPT - 1):
        assert await sending.after(min(2**attempt, 600) - 0.001) == []
        assert len(sending.mouth.tried) == attempt + 1
        assert await sending.after(0.001) == []
    assert (await row_of(sending.database, '"1"')).state == "queued"
    assert await sending.after(600) == ["2"]
    row = await row_of(sending.database, '"1"')
    assert (row.state, row.attempts, row.failure) == ("failed", LAST_ATTEMPT, "no connection")


async def test_a_try_that_succeeds_leaves_no_trace_of_those_before(sending: Sending) -> None:
    """What was said at the third try is as sent as any other."""
    sending.mouth.fails["an"] = [NO_CONNECTION] * 2
    await put(sending.database, letter("1"))
    await sending.after()
    await sending.after(2)
    assert await sending.after(4) == ["1"]
    row = await row_of(sending.database, "1")
    assert (row.state, row.failure, row.external_id) == ("sent", None, "m1")


async def test_a_limit_holds_the_whole_account_until_its_time_has_passed(sending: Sending) -> None:
    """After a 429 nobody at this account is spoken to, not even those who were claimed with it, not a moment early."""
    sending.mouth.fails["an"] = [RateLimited(30)]
    await put(sending.database, letter("1", chat="an"), letter("2", chat="binh"), letter("3", chat="an"))
    assert await sending.after() == []
    await put(sending.database, letter("4", chat="cuong"))
    assert await sending.after(29.999) == []
    assert len(sending.mouth.tried) == 1
    assert await sending.after(0.001) == ["1", "2", "4", "3"]


async def test_another_account_is_not_held(database: Database, clock: MovableClock) -> None:
    """A limit at one bot says nothing of another."""
    limited, free = Mouth(), Mouth(account="two")
    limited.fails["an"] = [RateLimited(30)]
    channels = {one.account: one for one in (limited, free)}
    sender = Sender(
        outbox=StoredOutbox(database), channels=channels, make_file=no_papers, clock=clock, timer=ClockTimer(clock)
    )
    await put(database, letter("1"), letter("2", account="two"))
    await sender.drain()
    assert (limited.texts(), free.texts()) == ([], ["2"])


async def test_of_two_limits_the_longer_one_holds(sending: Sending) -> None:
    """A shorter limit that is told later does not end a longer one."""
    sending.mouth.fails["an"] = [RateLimited(5)]
    sending.mouth.fails["binh"] = [RateLimited(30)]
    sending.mouth.meet_first = 2  # and the one that met the other is told first
    await put(sending.database, letter("1", chat="an"), letter("2", chat="binh"))
    assert await sending.after() == []
    assert len(sending.mouth.tried) == 2
    assert await sending.after(29.999) == []
    assert await sending.after(0.001) == ["1", "2"]


async def test_a_limit_is_no_try(sending: Sending) -> None:
    """However often the messenger says "later", the message has all its tries left."""
    sending.mouth.fails["an"] = [RateLimited(10)] * 20 + [NO_CONNECTION] * (LAST_ATTEMPT - 1)
    await put(sending.database, letter("1"))
    for _ in range(20):
        assert await sending.after(10) == []
    assert (await row_of(sending.database, "1")).attempts == 0
    for _ in range(LAST_ATTEMPT - 1):
        assert await sending.after(600) == []
    assert await sending.after(600) == ["1"]


async def test_who_blocked_the_bot_is_not_spoken_to_again(sending: Sending) -> None:
    """The address is marked and what waits for it is blocked, all at once; everybody else hears everything."""
    async with sending.database.write() as tx:
        person = await people.add_person(tx, full_name="Nguyễn Thị An")
        await addresses.link(tx, person=person, address=Address(ACCOUNT, "an"))
    sending.mouth.fails["an"] = [AddressBlocked("bot was blocked by the user")]
    await put(sending.database, letter("1"), letter("2"), letter("khác", chat="binh"))
    assert await sending.after() == ["khác"]
    assert await states(sending.database) == ["blocked", "blocked", "sent"]
    async with sending.database.read() as tx:
        assert await addresses.reach(tx, person) is None


async def test_a_used_up_quota_is_waited_for(sending: Sending) -> None:
    """The message is tried again hours later, as often as it takes."""
    sending.mouth.fails["an"] = [QuotaExhausted("this month's are gone")] * 20
    await put(sending.database, letter("1"))
    for _ in range(20):
        assert await sending.after(PROBE.total_seconds()) == []
    assert await sending.after(PROBE.total_seconds() - 1) == []
    assert await sending.after(1) == ["1"]


async def test_what_can_never_succeed_is_not_tried_again(sending: Sending) -> None:
    """It has failed, with the reason, and the chat goes on."""
    sending.mouth.fails["an"] = [PermanentFailure("message is too long")]
    await put(sending.database, letter("1"), letter("2"))
    assert await sending.after() == ["2"]
    row = await row_of(sending.database, '"1"')
    assert (row.state, row.failure) == ("failed", "message is too long")


@pytest.mark.parametrize("priority", [Priority.ANSWER, Priority.NOTICE, Priority.REMINDER])
async def test_what_may_have_been_said_is_said_once_more(sending: Sending, priority: Priority) -> None:
    """A notice lost is worse than one said twice, also when earlier tries had surely failed; a third time it is not
    said, but left uncertain."""
    sending.mouth.fails["an"] = [NO_CONNECTION, NO_ANSWER, NO_CONNECTION, NO_ANSWER]
    await put(sending.database, letter("1", priority=priority))
    for _ in range(3):
        assert await sending.after(600) == []
        assert await states(sending.database) == ["queued"]
    assert await sending.after(600) == []
    assert await states(sending.database) == ["uncertain"]
    assert len(sending.mouth.tried) == 4


async def test_a_broadcast_that_may_have_been_said_is_left_uncertain(sending: Sending) -> None:
    """A broadcast is not said twice to anybody."""
    sending.mouth.fails["an"] = [NO_ANSWER]
    await put(sending.database, letter("1", priority=Priority.BROADCAST))
    assert await sending.after() == []
    assert await sending.after(600) == []
    assert await states(sending.database) == ["uncertain"]


async def test_what_may_have_been_said_never_counts_as_failed(sending: Sending) -> None:
    """When every later try surely failed, it is still uncertain whether the first one arrived."""
    sending.mouth.fails["an"] = [NO_ANSWER] + [NO_CONNECTION] * LAST_ATTEMPT
    await put(sending.database, letter("1"))
    for _ in range(LAST_ATTEMPT):
        assert await sending.after(600) == []
    assert await states(sending.database) == ["uncertain"]


async def test_an_unexpected_error_is_an_incident_and_harms_nobody_else(sending: Sending) -> None:
    """It is written down without a word of the message, and judged like an answer that never came."""
    sending.mouth.fails["an"] = [RuntimeError("a mistake of ours")] * 2
    await put(sending.database, letter("việc riêng"), letter("khác", chat="binh"))
    with capture_logs() as logs:
        assert await sending.after() == ["khác"]
        assert await states(sending.database) == ["queued", "sent"]
        assert await sending.after(2) == []
    incidents = [log for log in logs if log["event"] == "delivery_incident"]
    assert [(one["log_level"], one["account"], one["outbox_id"]) for one in incidents] == [("error", ACCOUNT, 1)] * 2
    assert "việc riêng" not in str(logs)
    assert await states(sending.database) == ["uncertain", "sent"]


# ------------------------------------------------------------------------------------- papers


def paper(kind: str = "any", **args: Any) -> Message:
    """A message with a file to make."""
    return Message(text="Danh sách của chi bộ.", paper=Paper(kind, args))


async def test_a_paper_is_made_when_its_message_goes_out(database: Database, clock: MovableClock) -> None:
    """The person sees that something is being made, and gets words and file together."""

    async def draws(paper: Paper) -> File:
        return File(name=f"{paper.args['cell']}.txt", mime="text/plain", content=b"x")

    sending = Sending(database, clock, make_file=draws)
    await put(database, letter("", message=paper(cell=7)))
    await sending.after()
    assert sending.mouth.typed == ["an"]
    (said,) = sending.mouth.said
    assert said.file == File(name="7.txt", mime="text/plain", content=b"x")


async def test_a_paper_that_is_gone_ends_its_message(database: Database, clock: MovableClock) -> None:
    """A stored file that has expired cannot be sent: it has failed at once, and the chat goes on."""
    mouth = Mouth()
    app = App.build(
        database=database,
        clock=clock,
        channels=[mouth],
        content=load_content(None),
        random=lambda count: b"0" * count,
        pepper=b"",
    )
    gone = Message(text="Tệp của đồng chí.", paper=stored(FileId(404)))
    await put(database, letter("", message=gone), letter("2"))
    await app.sender.drain()
    assert mouth.texts() == ["2"]
    row = await row_of(database, "Tệp")
    assert (row.state, row.failure) == ("failed", "the file has expired")


async def test_a_paper_whose_making_fails_is_tried_some_times(database: Database, clock: MovableClock) -> None:
    """An error in the drawing is an incident each time; surely nothing was said, so in the end it has failed."""

    async def breaks(_paper: Paper) -> File:
        raise ValueError("a mistake of ours")

    sending = Sending(database, clock, make_file=breaks)
    await put(database, letter("", message=paper()), letter("2"))
    with capture_logs() as logs:
        for _ in range(LAST_MAKING - 1):
            assert await sending.after(600) == []
        assert await sending.after(600) == ["2"]
    assert [log["event"] for log in logs].count("delivery_incident") == LAST_MAKING
    assert await states(database) == ["failed", "sent"]


async def test_a_paper_that_was_made_late_is_sent(database: Database, clock: MovableClock) -> None:
    """What failed once and then could be drawn arrives, once."""
    tries = iter([ValueError("the database is away"), None])

    async def draws(_paper: Paper) -> File:
        if fault := next(tries):
            raise fault
        return File(name="a.txt", mime="text/plain", content=b"x")

    sending = Sending(database, clock, make_file=draws)
    await put(database, letter("", message=paper()))
    with capture_logs():
        assert await sending.after() == []
        assert await sending.after(2) == ["Danh sách của chi bộ."]
