"""What hardly ever changes is kept by the writer, and never for longer than it is true."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Executable, insert, text, update

from bot.chat import Address
from bot.clock import MovableClock
from bot.domain.ids import RoundId, UnitId
from storage import organisation, people, rounds, schema
from storage.database import Database, Tx, Values
from storage.sqlite_run import WritingRun
from storage.standing import MOST_KEPT, Standing

AN = Address("tg", "an")


@pytest.fixture
async def person(database: Database) -> int:
    """Somebody who is linked at an address."""
    async with database.write() as tx:
        values = {"full_name": "Nguyễn Văn Mẫu", "name_key": "nguyen van mau", "created_at": tx.now}
        person = await tx.insert_id(insert(schema.people).returning(schema.people.c.id), values)
        address = {"account": AN.account, "chat": AN.chat, "person_id": person, "linked_at": tx.now}
        await tx.run(insert(schema.addresses), address)
    return person


async def name_at(tx: Tx) -> str | None:
    """The name of who is at the address."""
    who = await people.who_at(tx, AN)
    return who.full_name if who else None


async def name(database: Database) -> str | None:
    """The same in a transaction that may write."""
    async with database.write() as tx:
        return await name_at(tx)


_rename = update(schema.people).values(full_name="Trần Thị Mẫu")
_unlink = update(schema.addresses).values(unlinked_at=schema.addresses.c.linked_at)


@pytest.mark.usefixtures("person")
async def test_a_change_is_seen_at_once(database: Database) -> None:
    """In the transaction that makes it, and in those behind it."""
    assert await name(database) == "Nguyễn Văn Mẫu"
    async with database.write() as tx:
        assert await name_at(tx) == "Nguyễn Văn Mẫu"
        await tx.run(_rename)
        assert await name_at(tx) == "Trần Thị Mẫu"
    assert await name(database) == "Trần Thị Mẫu"
    async with database.write() as tx:
        await tx.run(_unlink)
        assert await name_at(tx) is None
    assert await name(database) is None


@pytest.mark.usefixtures("person")
async def test_what_is_rolled_back_was_never_so(database: Database) -> None:
    """What was known of a change that failed is forgotten with it."""

    async def fail() -> None:
        async with database.write() as tx:
            await tx.run(_rename)
            assert await name_at(tx) == "Trần Thị Mẫu"
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await name(database) == "Nguyễn Văn Mẫu"


@pytest.mark.usefixtures("person")
async def test_another_process_is_noticed(database: Database, database_url: str, clock: MovableClock) -> None:
    """`bot.py` commands write beside the service."""
    assert await name(database) == "Nguyễn Văn Mẫu"
    other = Database(database_url, clock=clock)
    async with other.write() as tx:
        await tx.run(_rename)
    await other.close()
    assert await name(database) == "Trần Thị Mẫu"


@pytest.mark.usefixtures("person")
async def test_what_is_raw_is_noticed(database: Database) -> None:
    """SQL that no statement of ours says, given as it is or as a text of SQLAlchemy's."""
    assert await name(database) == "Nguyễn Văn Mẫu"
    async with database.write() as tx:
        await tx.sql("UPDATE people SET full_name = 'Lê Văn Mẫu'")
        assert await name_at(tx) == "Lê Văn Mẫu"
        await tx.run(text("UPDATE people SET full_name = :name"), {"name": "Phạm Thị Mẫu"})
        assert await name_at(tx) == "Phạm Thị Mẫu"


async def test_a_day_later_it_is_asked_again(database: Database, clock: MovableClock) -> None:
    """Units are where they are on a day."""
    async with database.write() as tx:
        unit = await tx.insert_id(insert(schema.units).returning(schema.units.c.id), {"created_at": tx.now})
        day = organisation.today(tx)
        version = {"unit_id": unit, "kind": "cell", "name": "Mẫu", "name_key": "mau", "valid_from": day}
        await tx.run(insert(schema.unit_versions), version | {"valid_to": day + timedelta(days=1)})
        assert list(await organisation.path_up(tx, UnitId(unit))) == [unit]
    clock.move_to(clock.now() + timedelta(days=1))
    async with database.write() as tx:
        assert list(await organisation.path_up(tx, UnitId(unit))) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("person")
async def test_it_is_asked_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as nobody changes it, the second event does not ask for it."""
    asked: list[Executable] = []
    rows_now = WritingRun.rows_now

    def noting(run: WritingRun, statement: Executable, values: Values | None) -> Sequence[object]:
        asked.append(statement)
        return rows_now(run, statement, values)

    monkeypatch.setattr(WritingRun, "rows_now", noting)
    for _ in range(3):
        assert await name(database) == "Nguyễn Văn Mẫu"
    assert len(asked) == 1
    async with database.write() as tx:
        assert await rounds.round_by_id(tx, RoundId(1)) is None
        assert await rounds.round_by_id(tx, RoundId(1)) is None
    assert len(asked) == 3, "what is not there is not kept"


def test_no_more_is_kept_than_fits() -> None:
    """Memory does not grow with the people."""
    standing = Standing()
    for number in range(10 * MOST_KEPT):
        standing.keep(number, number)
        assert standing.get(number) == number
    assert sum(standing.get(number) is not None for number in range(10 * MOST_KEPT)) <= MOST_KEPT
