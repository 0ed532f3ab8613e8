"""The kept rows of the way out, on both databases: several senders keep one pace, holds and pauses outlive them."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import func, select

from bot.chat import Claimed, OutboxState, Outcome, Priority
from bot.clock import MovableClock
from bot.domain.pausing import FAILURES, FIRST_PAUSE
from bot.domain.quota import PROBE, month_ends
from bot.outgoing import AccountHealed, AccountPaused, Batch, QuotaReached, Terms
from bot.pace import GAP
from storage import outbox
from storage.database import Database
from storage.schema import lane_chats, quotas
from storage.sending import StoredOutbox
from tests.storage.letters import PLAIN, letter, put, terms, wish

PACED = replace(PLAIN, per_second=10.0)
CHATTY = replace(PLAIN, chat_seconds=1.0)
COUNTED = replace(PLAIN, monthly_quota=10)
SECOND = timedelta(seconds=1)


async def take(database: Database, who: Terms, rows: int = 100, **more: float) -> Batch:
    """What a sender gets now."""
    return await StoredOutbox(database).exchange(who, tuple, wish(rows, **more))


async def becomes(database: Database, who: Terms, rows: list[Claimed], **outcome: object) -> Batch:
    """The same became of all these rows."""
    made = [Outcome(**{"id": row.id, "state": OutboxState.QUEUED, **outcome}) for row in rows]  # type: ignore[arg-type]
    return await StoredOutbox(database).exchange(who, lambda: made, None)


async def fill(database: Database, count: int, **more: object) -> None:
    """So many messages, each for another chat."""
    async with database.write() as tx:
        await outbox.put_many(tx, [letter(f"{n}", chat=f"c{n}", **more) for n in range(count)])  # type: ignore[arg-type]


async def test_senders_share_an_accounts_pace(database: Database, database_url: str, clock: MovableClock) -> None:
    """Four processes at once: no place is given twice, all lie an interval apart, with a gap where they change."""
    await fill(database, 40)
    processes = [Database(database_url, clock=clock) for _ in range(4)]
    names = [terms(can=PACED, sender=f"sender {n}") for n in range(4)]
    batches = await asyncio.gather(*[take(process, name, 10) for process, name in zip(processes, names, strict=True)])
    for process in processes:
        await process.close()
    taken = sorted(place.timestamp() for batch in batches for place in batch.places)
    assert len(taken) == sum(len(batch.rows) for batch in batches) == 40
    gaps = [later - earlier for earlier, later in pairwise(taken)]
    assert min(gaps) >= 0.1 - 1e-6
    assert len([gap for gap in gaps if gap > 0.1 + GAP / 2]) == 3


async def test_the_pace_outlives_a_sender(database: Database, clock: MovableClock) -> None:
    """Who begins again does not begin with places that were taken before."""
    await fill(database, 11)
    first = await take(database, terms(can=PACED, sender="before"), 5)
    second = await take(database, terms(can=PACED, sender="after"), 5)
    assert second.places[0] >= first.places[-1] + timedelta(seconds=0.1 + GAP)
    clock.move_to(clock.now() + 60 * SECOND)
    assert (await take(database, terms(can=PACED, sender="third"), 5)).places[0] == clock.now()


async def test_no_more_places_than_rows(database: Database) -> None:
    """A batch of places for what was claimed and what waits without one, and none for nobody."""
    await fill(database, 3)
    assert len((await take(database, terms(can=PACED), 10)).places) == 3
    assert (await take(database, terms(can=PACED), 10)).places == ()
    assert len((await take(database, terms(can=PACED), 0, waiting=5, places=2)).places) == 3


async def test_a_chats_pace_is_kept(database: Database, clock: MovableClock) -> None:
    """A burst, then one a second, whoever sends; and rows of chats that are idle go away."""
    who = terms(can=CHATTY)
    await put(database, *[letter(f"{n}") for n in range(5)])
    said = []
    for step in range(5):
        batch = await take(database, replace(who, sender=f"sender {step}"))
        if not batch.rows:
            assert batch.again_at == clock.now() + SECOND
            clock.move_to(clock.now() + 0.999 * SECOND)
            assert not (await take(database, who)).rows
            clock.move_to(clock.now() + 0.001 * SECOND)
            batch = await take(database, who)
        said.append((batch.rows[0].message.text, clock.now()))
        await becomes(database, who, list(batch.rows), state=OutboxState.SENT, reached=True)
    begun = said[0][1]
    assert [(text, (at - begun) / SECOND) for text, at in said] == [("0", 0), ("1", 0), ("2", 0), ("3", 1), ("4", 2)]
    clock.move_to(clock.now() + 300 * SECOND)
    await StoredOutbox(database).tidy()
    async with database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(lane_chats)) == 0


async def test_a_hold_is_obeyed_by_every_sender(database: Database, clock: MovableClock) -> None:
    """Until its time has truly passed nothing is claimed, by whomever; a longer one is not ended by a shorter one."""
    await fill(database, 3)
    rows = (await take(database, terms(), 2)).rows
    await becomes(database, terms(), list(rows[:1]), counts=False, hold=30.0, reached=True)
    await becomes(database, terms(), list(rows[1:]), counts=False, hold=5.0, reached=True)
    until = clock.now() + 30 * SECOND
    other = terms(sender="another")
    assert await take(database, other) == Batch(closed=True, again_at=until)
    clock.move_to(until - timedelta(milliseconds=1))
    assert (await take(database, other)).closed
    clock.move_to(until)
    assert len((await take(database, other)).rows) == 3


async def test_failures_in_different_chats_pause_an_account(database: Database, clock: MovableClock) -> None:
    """Told once; each pause is longer; one row is tried after it, and its success opens the account."""
    who = terms()
    await fill(database, FAILURES + 5)
    rows = list((await take(database, who, FAILURES)).rows)
    told = await becomes(database, who, rows, due_at=clock.now(), failure="no connection", reached=False)
    assert told.news == (AccountPaused(account=who.account, why="no connection", since=clock.now()),)
    since = clock.now()
    for pauses in range(3):
        closed = await take(database, terms(sender="another"))
        assert closed.closed and closed.again_at == clock.now() + FIRST_PAUSE * 2**pauses
        clock.move_to(closed.again_at)
        (tried,) = (await take(database, who)).rows
        assert (await take(database, terms(sender="another"))).closed
        told = await becomes(database, who, [tried], due_at=clock.now(), failure="no connection", reached=False)
        assert told.news == ()
    clock.move_to(clock.now() + 8 * FIRST_PAUSE)
    (tried,) = (await take(database, who)).rows
    told = await becomes(database, who, [tried], state=OutboxState.SENT, reached=True)
    assert told.news == (AccountHealed(account=who.account, since=since),)
    assert len((await take(database, who)).rows) == FAILURES + 4


async def test_one_chat_that_fails_pauses_nobody(database: Database, clock: MovableClock) -> None:
    """However often, and a success in between begins the count anew."""
    who = terms()
    await fill(database, 2)
    for _ in range(3 * FAILURES):
        first, second = (await take(database, who)).rows
        failed = {"due_at": clock.now(), "failure": "no connection", "reached": False}
        assert (await becomes(database, who, [first], **failed)).news == ()
        assert (await becomes(database, who, [second], due_at=clock.now(), reached=True)).news == ()


async def test_a_month_is_counted_when_it_is_claimed(database: Database, clock: MovableClock) -> None:
    """A sender that dies has counted; what surely did not go out is taken off again; each level is told once."""
    who = terms(can=COUNTED)
    await fill(database, 20)
    seven = await take(database, who, 7)
    assert [(one.level, one.used) for one in seven.news if isinstance(one, QuotaReached)] == [(70, 7)]
    assert await used(database) == 7
    await becomes(database, who, list(seven.rows[:3]), counts=False)
    assert await used(database) == 4
    nine = await take(database, who, 5)
    assert [(one.level, one.used) for one in nine.news if isinstance(one, QuotaReached)] == [(90, 9)]
    clock.move_to(month_ends(clock.now()))
    assert (await take(database, who, 1)).news == ()


async def test_the_last_tenth_is_kept(database: Database, clock: MovableClock) -> None:
    """Reminders wait for the next month, or for a larger limit; answers and notices go on, also beyond."""
    who = terms(can=COUNTED)
    await fill(database, 12, priority=Priority.REMINDER)
    taken = await take(database, who)
    assert len(taken.rows) == 9
    held = await take(database, who)
    assert (held.rows, held.closed, held.again_at) == ([], False, month_ends(clock.now()))
    await put(database, *[letter(f"họp {n}", chat=f"n{n}", priority=Priority.NOTICE) for n in range(3)])
    assert len((await take(database, who)).rows) == 3
    assert await used(database) == 12
    raised = terms(can=replace(PLAIN, monthly_quota=100))
    assert len((await take(database, raised, 1)).rows) == 1
    clock.move_to(month_ends(clock.now()))
    assert len((await take(database, who)).rows) >= 2


async def test_a_month_that_is_gone_is_tested_now_and_then(database: Database, clock: MovableClock) -> None:
    """One row every six hours; a success opens the account; so does the next month."""
    who = terms(can=COUNTED)
    await fill(database, 5)
    (row,) = (await take(database, who, 1)).rows
    told = await becomes(database, who, [row], counts=False, quota_gone=True, reached=True)
    assert [one.level for one in told.news if isinstance(one, QuotaReached)] == [100]
    assert await take(database, who) == Batch(closed=True, again_at=clock.now() + PROBE)
    clock.move_to(clock.now() + PROBE)
    (row,) = (await take(database, who)).rows
    assert (await becomes(database, who, [row], counts=False, quota_gone=True, reached=True)).news == ()
    clock.move_to(clock.now() + PROBE)
    (row,) = (await take(database, who)).rows
    await becomes(database, who, [row], state=OutboxState.SENT, reached=True)
    assert len((await take(database, who)).rows) == 4


async def test_who_has_something_to_do_is_found(database: Database, clock: MovableClock) -> None:
    """Accounts with rows that are due, or that a sender left behind; nobody else."""
    later = clock.now() + timedelta(hours=1)
    await put(database, letter("nay"), letter("mai", account="two", due_at=later), letter("khác", account="three"))
    sender = StoredOutbox(database)
    assert await sender.ready() == {"one", "three"}
    await take(database, terms("three"))
    assert await sender.ready() == {"one"}
    clock.move_to(later)
    assert await sender.ready() == {"one", "two", "three"}


async def used(database: Database) -> int:
    """How many messages of the month are counted."""
    async with database.read() as tx:
        return int(await tx.scalar(select(func.sum(quotas.c.used))))
