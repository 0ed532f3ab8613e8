"""What a clock ahead wrote, after it was set back: leases are not held for days, and what waited for its time waits."""

from datetime import timedelta

from bot.chat import OutboxState
from bot.clock import MovableClock
from storage import clock_jumps
from storage.database import Database
from tests.storage.conftest import START
from tests.storage.letters import LEASE, claim, letter, put, row_of, settle, states, texts

TWO_DAYS = timedelta(days=2)


def set_back(clock: MovableClock) -> None:
    """As somebody sets a machine's clock."""
    clock._stands_at = START


async def test_a_lease_of_a_clock_ahead_holds_nothing_for_days(database: Database, clock: MovableClock) -> None:
    """A sender that died while the clock was ahead leaves its row for the next one at once, not in two days."""
    await put(database, letter("1"))
    clock.move_to(START + TWO_DAYS)
    (first,) = await claim(database)
    set_back(clock)
    (second,) = await claim(database)
    assert (second.id, second.doubtful) == (first.id, True)


async def test_a_lease_of_another_machine_a_little_ahead_is_kept(database: Database, clock: MovableClock) -> None:
    """Clocks differ by seconds: what another sender has on its way is not said a second time."""
    await put(database, letter("1"))
    clock.move_to(START + timedelta(minutes=2))
    await claim(database)
    set_back(clock)
    assert await claim(database) == []
    clock.move_to(START + timedelta(minutes=2) + LEASE + timedelta(seconds=1))
    assert len(await claim(database)) == 1


async def test_what_was_to_be_said_at_once_is(database: Database, clock: MovableClock) -> None:
    """Written by a clock ahead: due now. What it planned for a time of day stays where it is."""
    clock.move_to(START + TWO_DAYS)
    morning = clock.now() + timedelta(hours=9)
    await put(database, letter("ngay", chat="an"), letter("sáng", chat="binh", due_at=morning))
    set_back(clock)
    assert await claim(database) == []
    async with database.write() as tx:
        await clock_jumps.mend(tx)
    assert texts(await claim(database)) == ["ngay"]
    assert (await row_of(database, "sáng")).due_at == morning


async def test_another_try_does_not_wait_for_the_old_clock(database: Database, clock: MovableClock) -> None:
    """A message that waits for its next try is tried again; one that is over stays so."""
    await put(database, letter("lại", chat="an"), letter("xong", chat="binh"))
    clock.move_to(START + TWO_DAYS)
    again, over = await claim(database)
    due_at = clock.now() + timedelta(minutes=10)
    await settle(database, [again], OutboxState.QUEUED, due_at=due_at, failure="down")
    await settle(database, [over], OutboxState.SENT)
    set_back(clock)
    async with database.write() as tx:
        await clock_jumps.mend(tx, seen=False)
    assert texts(await claim(database)) == ["lại"]
    assert await states(database) == ["in_flight", "sent"]


async def test_at_the_start_a_right_clock_changes_nothing(database: Database, clock: MovableClock) -> None:
    """What waits for its next try or for the morning waits, however often the program starts."""
    due_at = START + timedelta(minutes=10)
    await put(database, letter("lại", chat="an"), letter("sáng", chat="binh", due_at=START + timedelta(hours=9)))
    await settle(database, await claim(database), OutboxState.QUEUED, due_at=due_at, failure="down")
    async with database.write() as tx:
        await clock_jumps.mend(tx, seen=False)
    assert await claim(database) == []
    assert (await row_of(database, "lại")).due_at == due_at
