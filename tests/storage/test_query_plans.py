"""The hot questions keep their indexes, on both databases: asked of the database itself, over full tables.

On SQLite there are no statistics in service, so there are none here; PostgreSQL gathers them by itself, and so does
the test. A plan that walks a whole table, or all that one account ever said, is a defect however quick it looks.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Executable, event
from sqlalchemy.dialects import postgresql

from bot.chat import Address, Choice, Message, encode_message
from bot.clock import MovableClock
from bot.domain.broadcast import Audience, AudienceKind
from bot.domain.ids import RoundId, UnitId
from bot.domain.rights import LEADERS
from storage import (
    addresses,
    broadcasts,
    claiming,
    dialogues,
    due,
    forgetting,
    late,
    meetings,
    organisation,
    outbox,
    people,
    rerouting,
    rounds,
    sayings,
    sending,
    snoozes,
    vitals,
    walks,
)
from storage.compiled import DIALECT
from storage.database import Database, Tx, Values
from storage.schema import metadata
from storage.sqlite_run import DirectRun
from storage.types import Instant
from tests.storage.conftest import START
from tests.storage.letters import ACCOUNT, PLAIN, terms, wish

QUESTION = encode_message(Message(text="Đồng chí có dự họp không?", choices=(Choice("Có mặt", "meeting-yes:1"),)))
HERE = Address(ACCOUNT, "c7")
EMPTY = {"broadcasts", "calendars", "code_attempts", "dead_letters", "imports", "meetings", "sayings"}
"""Tables without a row: PostgreSQL walks what has nothing in it."""

FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO people (full_name, name_key, created_at) SELECT 'Nguyễn Thị An', 'nguyen thi an', {now} FROM n;

INSERT INTO addresses (account, chat, person_id, linked_at, preferred)
SELECT 'one', 'c' || id, id, {now}, {no} FROM people;

INSERT INTO units (created_at) SELECT {now} FROM people WHERE id <= 400;

INSERT INTO unit_versions (unit_id, name, name_key, kind, valid_from)
SELECT id, 'Chi bộ thôn ' || id, 'chi bo thon ' || id, 'cell', '2020-01-01' FROM units;

INSERT INTO memberships (person_id, unit_id, status, valid_from)
SELECT id, 1 + id % 400, 'official', '2020-01-01' FROM people;

INSERT INTO roles (person_id, unit_id, role, valid_from)
SELECT id, 1 + id % 400, 'secretary', '2020-01-01' FROM people;

INSERT INTO rounds (kind, unit_id, period, opened_at, due_at)
SELECT 'pledge', 1 + id % 400, '' || id, {now}, {now} FROM people;

INSERT INTO dialogues (account, chat, person_id, journey, subject, step, answers, version, state, created_at,
                       updated_at, expires_at)
SELECT 'one', 'c' || id, id, 'pledge', '1', 'text', '{{}}', '', 'open', {now}, {now}, {later} FROM people;

INSERT INTO snoozes (person_id, kind, subject_id, next_due_at, created_at)
SELECT id, 'pledge', 1, {later}, {now} FROM people;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
INSERT INTO outbox (account, chat, priority, body, has_choices, forget, state, due_at, attempts, doubtful, created_at)
SELECT 'one', 'c' || id, 2, '{question}', {yes}, {no}, 'queued', {later}, 0, {no}, {now} FROM people, n;

INSERT INTO outbox (account, chat, priority, body, has_choices, forget, state, due_at, attempts, doubtful, created_at,
                    finished_at)
SELECT 'one', 'c' || (id % 200), 0, '{question}', {yes}, {no}, 'sent', {now}, 1, {no}, {now}, {now} FROM people
"""
"""Twenty thousand people in four hundred cells; a hundred thousand messages queued for tomorrow; years of others said
in two hundred chats."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with much that waits for tomorrow, and much that is over; filled once."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("full") / "full.db"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        url = f"sqlite+aiosqlite:///{file}"
    else:
        url = request.getfixturevalue("migrated_postgres")
    asyncio.run(_fill(url))
    yield url
    asyncio.run(_fill(url, statements=""))


@pytest.fixture
async def full(full_url: str) -> AsyncIterator[Database]:
    """The full database. These tests only read."""
    database = Database(full_url, clock=MovableClock(start=START))
    yield database
    await database.close()


async def _fill(url: str, *, statements: str = FILL) -> None:
    database = Database(url, clock=MovableClock(start=START))
    await _empty(database)
    async with database.write() as tx:
        values = {
            "now": _literal(tx, START),
            "later": _literal(tx, START + timedelta(hours=9)),
            "yes": "1" if database.is_sqlite else "true",
            "no": "0" if database.is_sqlite else "false",
            "question": QUESTION,
        }
        for statement in filter(None, statements.split(";")):
            await tx.sql(statement.format_map(values))
        if not database.is_sqlite:
            await tx.sql("ANALYZE")
    await database.close()


async def _empty(database: Database) -> None:
    """At once: to delete a person, PostgreSQL would look for rows that name them in every table."""
    if not database.is_sqlite:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        async with database.write() as tx:
            await tx.sql(f"TRUNCATE {names} RESTART IDENTITY")


def _literal(tx: Tx, instant: datetime) -> str:
    bound = Instant().process_bind_param(instant, DIALECT if tx.is_sqlite else cast("Any", postgresql).dialect())
    assert bound is not None
    return f"'{bound.isoformat(' ', 'microseconds')}'"


async def plans_of(database: Database, ask: Callable[[Tx], Awaitable[Any]]) -> Sequence[str]:
    """The plan of every statement that the question takes, in order."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: Any) -> None:
        asked.append((statement, values))

    async with database.write() as tx:
        if isinstance(tx.on, DirectRun):
            await ask(Tx(Noting(tx.on, asked), tx.now, is_sqlite=True))
        else:
            engine = database.engine.sync_engine
            event.listen(engine, "before_cursor_execute", note)
            try:
                await ask(tx)
            finally:
                event.remove(engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        plans = [await tx.sql(explain + statement, values) for statement, values in asked]
        return ["\n".join(row[-1] for row in plan) for plan in plans]


@dataclass(frozen=True)
class Noting:
    """Runs statements on SQLite, and notes them as the driver gets them."""

    on: DirectRun
    asked: list[tuple[str, Any]]

    def _note(self, statement: Executable, values: Values | None) -> None:
        self.asked.append(self.on.statements.of(statement, values or {}).bound(values or {}))

    async def rows(self, statement: Executable, values: Values | None) -> Sequence[Any]:
        self._note(statement, values)
        return await self.on.rows(statement, values)

    async def touched(self, statement: Executable, values: Values | Sequence[Values] | None) -> int:
        for one in values if isinstance(values, Sequence) else [values]:
            self._note(statement, one)
        return await self.on.touched(statement, values)

    async def rows_of_many(self, statement: Executable, values: Sequence[Values]) -> Sequence[Any]:
        for one in values:
            self._note(statement, one)
        return await self.on.rows_of_many(statement, values)

    async def sql(self, text: str, values: Sequence[Any]) -> Sequence[Any]:
        return await self.on.sql(text, values)


def walked(plan: str) -> list[str]:
    """The tables that a plan walks from end to end."""
    return re.findall(r"(?:\bSCAN|Seq Scan on) (\w+)", plan)


def indexes(plan: str) -> set[str]:
    """The indexes that a plan uses."""
    return set(re.findall(r"\b((?:ix|uq|pk)_\w+)", plan))


async def test_a_claim_sees_nothing_but_what_is_due(full: Database) -> None:
    """With a hundred thousand rows for tomorrow and years of rows that were said, a claim looks at neither, nor at more
    than one row of each chat's pace."""
    who = terms(can=replace(PLAIN, per_second=30.0, chat_seconds=1.0))

    async def ask(tx: Tx) -> None:
        assert (await claiming.claim(tx, who, wish(32))).rows == []

    released, *_lane, claimed, next_chat = await plans_of(full, ask)
    # What is on its way is a handful, and has an index of its own.
    assert indexes(released) == {"ix_outbox_lease"} and "Seq Scan" not in released
    # PostgreSQL knows that there is no row of a chat's pace yet.
    assert set(walked(claimed)) <= (set() if full.is_sqlite else {"lane_chats"})
    if full.is_sqlite:
        assert "SEARCH lane_chats USING PRIMARY KEY (account=? AND chat=?)" in claimed
        assert indexes(next_chat) == {"ix_lane_chats_account_next_at"}
    assert {"ix_outbox_due", "ix_outbox_unfinished"} <= indexes(claimed)
    # The instant is a bound of the search, not a filter over all that waits.
    assert re.search(r"account=\? AND priority=\? AND due_at<\?|Index Cond: .*account.*due_at <=", claimed), claimed


async def test_who_has_something_to_do_is_found_by_steps(full: Database) -> None:
    """Every second it is asked of which account something is due: a step in the index for each account."""

    async def ask(tx: Tx) -> None:
        assert await sending.ready(tx) == frozenset()

    ready, left = await plans_of(full, ask)
    assert "Seq Scan on outbox" not in ready and indexes(ready) == {"ix_outbox_due"}
    # Only the first account is looked for without knowing one, and there the first row is enough.
    assert ready.count("SCAN outbox") <= 1
    assert walked(left) == []


async def test_the_newest_question_is_found_at_once(full: Database) -> None:
    """However much was said in a chat, what was asked last is the first row that is looked at."""

    async def ask(tx: Tx) -> None:
        assert await outbox.newest_choices(tx, HERE) == (Choice("Có mặt", "meeting-yes:1"),)

    [plan] = await plans_of(full, ask)
    assert walked(plan) == []
    assert "ix_outbox_asked" in indexes(plan)
    assert not re.search(r"TEMP B-TREE|Sort Key", plan), plan


async def test_what_happens_to_all_of_a_chat_looks_at_the_rows_that_it_is_about(full: Database) -> None:
    """A hundred thousand messages wait, and years of others were said: of an address that is blocked, unlinked or a
    guest's, what waits there, what was just ended there and what a guest was told there is found."""
    nowhere = Address(ACCOUNT, "nobody")

    async def blocked(tx: Tx) -> None:
        await rerouting.block(tx, nowhere, can=lambda _account: PLAIN)

    async def unlinked(tx: Tx) -> None:
        await forgetting.cancel_waiting(tx, nowhere)
        await forgetting.forget_guest(tx, nowhere)

    address, waiting, ended = await plans_of(full, blocked)
    assert walked(address) == walked(waiting) == walked(ended) == []
    assert indexes(address) == {"uq_addresses_linked"}
    assert indexes(waiting) == {"ix_outbox_unfinished"}
    assert indexes(ended) == {"ix_outbox_blocked"}
    cancelled, _letters, said, left = await plans_of(full, unlinked)
    assert indexes(cancelled) == {"ix_outbox_unfinished"} and "Seq Scan" not in cancelled
    for guests in (said, left):
        assert walked(guests) == []
        # What waits is found either way.
        assert indexes(guests) <= {"ix_outbox_guest", "ix_outbox_unfinished"} and "ix_outbox" in guests


async def test_what_stands_in_a_messages_place_is_found_by_its_place(full: Database) -> None:
    """A message that moves is looked up by its chat and its place, not among all that was said in the chat."""

    async def ask(tx: Tx) -> None:
        assert await tx.first(claiming._newest_in_slot, {"account": ACCOUNT, "chat": "c7", "slot": "progress"}) is None
        await tx.run(claiming._withdraw, {"claimed": [1], "now": tx.now})

    for plan in await plans_of(full, ask):
        assert walked(plan) == []
        assert "ix_outbox_slot" in indexes(plan)


async def test_a_row_is_put_once_by_an_index_of_those_with_a_key(full: Database) -> None:
    """What was said under a key is found among the rows that have one."""

    async def ask(tx: Tx) -> None:
        assert await outbox.said(tx, ["round:1:an"]) == frozenset()

    [plan] = await plans_of(full, ask)
    assert walked(plan) == []
    assert indexes(plan) == {"uq_outbox_unique_key"}


async def test_what_is_unfinished_is_counted_without_what_is_over(full: Database) -> None:
    """The figures that are asked for every few seconds do not grow with the years."""

    async def ask(tx: Tx) -> None:
        assert [one.rows for one in await vitals.waiting(tx)] == [100_000]

    [plan] = await plans_of(full, ask)
    if full.is_sqlite:  # five sixths of the rows wait here: PostgreSQL reads them all in one go
        assert indexes(plan) == {"ix_outbox_unfinished"}


async def test_who_is_at_an_address_is_found_by_indexes(full: Database) -> None:
    """Address, person, memberships and roles are one question, each by an index of its own, for every word that anybody
    says."""

    async def ask(tx: Tx) -> None:
        who = await people.who_at(tx, HERE)
        assert who is not None and who.cell_name == "Chi bộ thôn 8" and len(who.roles) == 1

    [plan] = await plans_of(full, ask)
    assert walked(plan) == []
    assert indexes(plan) - {"pk_people"} == {
        "uq_addresses_linked",
        "ix_memberships_person_id",
        "ix_roles_person_id",
        "ix_unit_versions_unit_id",
    }


async def test_the_way_up_the_tree_is_found_by_indexes(full: Database) -> None:
    """Every right over a unit asks for the units above it."""

    async def ask(tx: Tx) -> None:
        assert list(await organisation.path_up(tx, UnitId(8))) == [8]

    [plan] = await plans_of(full, ask)
    if full.is_sqlite:
        assert set(walked(plan)) <= {"path"}
        assert indexes(plan) == {"ix_unit_versions_unit_id"}
    else:
        # A few pages of units are walked by whoever plans well.
        assert set(walked(plan)) <= {"path", "unit_versions"}


@pytest.mark.parametrize(
    ("find", "index"),
    [
        (rounds.due_rounds, "ix_rounds_due"),
        (snoozes.due_snoozes, "ix_snoozes_due"),
        (dialogues.expired, "ix_dialogues_expires_at"),
    ],
)
async def test_a_tick_with_nothing_due_reads_no_table(
    full: Database, find: Callable[[Tx], Awaitable[Any]], index: str
) -> None:
    """Every few seconds it is asked what is due: an index answers."""

    async def ask(tx: Tx) -> None:
        assert await find(tx) == []

    [plan] = await plans_of(full, ask)
    assert walked(plan) == []
    assert indexes(plan) == {index}


async def test_the_open_dialogue_is_found_by_its_address(full: Database) -> None:
    """What somebody is being asked is looked up for every word that they type."""

    async def ask(tx: Tx) -> None:
        assert await dialogues.open_dialogue(tx, HERE) is not None

    [plan] = await plans_of(full, ask)
    assert walked(plan) == []
    assert indexes(plan) & {"uq_dialogues_open", "ix_dialogues_account_chat_journey"}


async def test_one_question_is_the_whole_tick_when_nothing_is_due(full: Database) -> None:
    """All kinds of dated facts at once, each by its own index: nothing is walked, whatever is stored."""

    async def ask(tx: Tx) -> None:
        assert await due.due_kinds(tx) == frozenset()

    [plan] = await plans_of(full, ask)
    # What is kept of an account is a row or two; PostgreSQL walks tables that are empty.
    small = {"lanes", "quotas", "CONSTANT"}
    assert set(walked(plan)) <= (small if full.is_sqlite else small | EMPTY)
    assert {"ix_snoozes_due", "ix_dialogues_expires_at", "ix_outbox_expires"} <= indexes(plan)


async def test_where_leaders_are_told_things_is_found_by_their_cells(full: Database) -> None:
    """When hundreds of cells are due together: their roles, and the addresses of these people."""

    async def ask(tx: Tx) -> None:
        [(cell, leaders)] = (await addresses.reach_holders(tx, [UnitId(8)], LEADERS)).items()
        assert cell == 8 and len(leaders) == 50

    *_out, plan = await plans_of(full, ask)
    assert walked(plan) == []
    assert indexes(plan) == {"ix_roles_unit_id", "ix_addresses_person_id"}


@pytest.mark.parametrize("kind", [AudienceKind.ALL, AudienceKind.SECRETARIES, AudienceKind.MISSING_PLEDGE])
async def test_a_step_of_a_broadcast_looks_at_no_more_than_it_passes(full: Database, kind: AudienceKind) -> None:
    """Twenty thousand people, four hundred cells: the next ones are found in the order of an index."""
    audience = Audience(kind=kind, unit=UnitId(1), round_id=RoundId(1) if kind is AudienceKind.MISSING_PLEDGE else None)

    async def ask(tx: Tx) -> None:
        await walks._step(tx, audience, None, await values(tx))

    async def values(tx: Tx) -> dict[str, Any]:
        found = await walks._values(tx, audience, text_hash="") or {}
        day = organisation.today(tx)
        return found | {"after": 9000, "known_to": walks.EVERYBODY, "then": day, "day": day, "size": 50}

    step, within = (await plans_of(full, ask))[-2:]
    table = "roles" if kind is AudienceKind.SECRETARIES else "memberships"
    assert set(walked(step)) <= (set() if full.is_sqlite else {"pledges"})  # empty here
    assert f"ix_{table}_person_id" in indexes(step)
    assert not re.search(r"TEMP B-TREE|Sort Key: (memberships|roles)", step), step
    assert set(walked(within)) <= ({"paths"} if full.is_sqlite else {"paths", "unit_versions"})


async def test_people_of_a_small_unit_are_found_by_their_cells(full: Database) -> None:
    """The order of the ids must not choose the index: nobody walks a country for one cell."""

    async def ask(tx: Tx) -> None:
        assert len((await walks.next_people(tx, Audience(kind=AudienceKind.ALL, unit=UnitId(7)), text_hash="")).people)

    plans = await plans_of(full, ask)
    assert walked(plans[-1]) == []
    assert "ix_memberships_unit_id" in indexes(plans[-1])


@pytest.mark.parametrize(
    "find", [late.late_messages, sayings.due_sayings, meetings.due_meetings, broadcasts.due_broadcasts]
)
async def test_what_is_due_is_found_without_walking(full: Database, find: Callable[[Tx], Awaitable[Any]]) -> None:
    """Whichever kind it is."""

    async def ask(tx: Tx) -> None:
        assert await find(tx) == []

    [plan] = await plans_of(full, ask)
    assert set(walked(plan)) <= (set() if full.is_sqlite else EMPTY)
