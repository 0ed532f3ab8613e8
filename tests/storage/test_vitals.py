"""What is seen of a running installation: the same on SQLite and PostgreSQL, by partial indexes, and nothing when there
is no answer."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bot.chat import Address, Message, OutboxState, Outcome
from bot.clock import MovableClock
from storage import outbox, vitals
from storage.compiled import DIALECT
from storage.database import Database
from tests.storage.letters import claim_in, settle_in


async def test_what_waits_is_told_apart_with_its_age(database: Database, clock: MovableClock) -> None:
    """Due, later and in flight, per account; what has ended is not looked at."""
    start = clock.now()
    async with database.write() as tx:
        for chat, due in (("1", start), ("2", start), ("3", start + timedelta(days=1)), ("4", start)):
            letter = outbox.Letter(address=Address("vitals", chat), message=Message(text="Kính gửi."), due_at=due)
            await outbox.put(tx, letter)
    clock.move_to(start + timedelta(minutes=1))
    async with database.write() as tx:
        sent, _flying = await claim_in(tx, "vitals", size=2)
        await settle_in(tx, "vitals", Outcome(id=sent.id, state=OutboxState.SENT))
    seen = await vitals.look(database, overdue_before=start)
    assert seen is not None and seen.at == clock.now()
    assert [(found.state, found.rows, found.oldest) for found in seen.waiting if found.account == "vitals"] == [
        ("in_flight", 1, start),
        ("planned", 1, start + timedelta(days=1)),
        ("waiting", 1, start),
    ]


async def test_every_table_with_dated_facts_is_looked_at(database: Database, clock: MovableClock) -> None:
    """A table that gets a `next_due_at` is watched without anybody thinking of it."""
    async with database.write() as tx:
        await tx.run(text("DELETE FROM calendars"))
        unit = await tx.scalar(
            text("INSERT INTO units (created_at) VALUES ('2027-01-01 00:00:00.000000') RETURNING id")
        )
        await tx.run(
            text("INSERT INTO calendars (unit_id, next_due_at) VALUES (:unit, '2027-01-01 00:00:00.000000')"),
            {"unit": unit},
        )
    async with database.read() as tx:
        found = await vitals.overdue(tx, before=clock.now())
    late = {facts.kind: facts.rows for facts in found}
    assert {"broadcasts", "calendars", "imports", "meetings", "rounds", "snoozes"} <= set(late)
    assert late["calendars"] == 1


async def test_a_look_goes_by_partial_indexes(database: Database) -> None:
    """However much was said before, nothing but unfinished rows is read: the plan scans no table."""
    if not database.is_sqlite:
        return
    async with database.read() as tx:
        plan = []
        for statement in (vitals._waiting, vitals._overdue):
            sql = str(statement.compile(dialect=DIALECT))
            steps = await tx.sql(f"EXPLAIN QUERY PLAN {sql}", ("x",) * sql.count("?"))
            plan += [str(detail) for *_, detail in steps]
    touched = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
    assert touched and all("INDEX" in step for step in touched), plan


async def test_a_database_that_does_not_answer_shows_nothing(clock: MovableClock, tmp_path: Path) -> None:
    """Without tables, or without a server: None, and no error. Only a file has a disk of ours."""
    empty = Database(f"sqlite+aiosqlite:///{tmp_path}/empty.db", clock=clock)
    nowhere = Database("postgresql+asyncpg://bot@127.0.0.1:1/nowhere", clock=clock)
    for database in (empty, nowhere):
        assert await vitals.look(database, overdue_before=clock.now()) is None
    assert (await vitals.free_bytes(empty) or 0) > 0
    assert await vitals.free_bytes(nowhere) is None
    await empty.close()
    await nowhere.close()
