"""Every migration is proven on a database that is not empty: the data of its time survives all that came after it.

For each revision there is a data file (migrated/REVISION.json): rows of every table as it was then, all of them
invented. A new migration needs one too, unless it changes no column; tests/storage/migrated/README.md says how it is
made.
"""

import base64
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import MovableClock
from storage.database import Database
from storage.migrate import upgrade
from storage.schema import metadata

HERE = Path(__file__).parent
SCRIPTS = ScriptDirectory(str(HERE.parent.parent / "storage" / "migrations"))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions("base", "heads")][::-1]
WRITTEN = sorted(file.stem for file in (HERE / "migrated").glob("*.json"))


def stored(revision: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of a revision's data file by table; where it changed no column and has none, of the one before."""
    newest = max(name for name in WRITTEN if name <= revision)
    data: dict[str, list[dict[str, Any]]] = json.loads((HERE / "migrated" / f"{newest}.json").read_text("utf-8"))
    return data


def value_for(table: Table, name: str, value: Any, *, is_sqlite: bool) -> Any:
    """A JSON value as the column of that time wants it."""
    kind = table.c[name].type.python_type
    if value is None:
        return None
    if kind is bytes:
        return base64.b64decode(value)
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        return instant.astimezone(UTC).replace(tzinfo=None) if is_sqlite else instant
    return date.fromisoformat(value) if kind is date else value


async def fill(connection: AsyncConnection, revision: str, *, is_sqlite: bool) -> None:
    """Write the data file into the tables as they are at this revision."""
    then = MetaData()
    await connection.run_sync(then.reflect)
    data = stored(revision)
    for table in then.sorted_tables:
        rows = [
            {name: value_for(table, name, value, is_sqlite=is_sqlite) for name, value in row.items()}
            for row in data.get(table.name, [])
        ]
        if rows:
            await connection.execute(insert(table), rows)


async def empty(database: Database) -> None:
    """Nothing at all, not even tables."""
    async with database.engine.begin() as connection:
        if not database.is_sqlite:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_revision_has_its_data(revision: str) -> None:
    """A data file has rows of every table, so that no table's migration is proven on nothing."""
    data = stored(revision)
    assert all(data.values())
    if revision == REVISIONS[-1]:
        assert set(data) == set(metadata.tables)


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that the test may empty altogether."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("migrated_postgres"))
    return f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"


@pytest.mark.parametrize("revision", REVISIONS)
async def test_data_survives_every_later_migration(revision: str, old_url: str) -> None:
    """Data written at a revision is all there at the newest one, with every reference intact."""
    database = Database(old_url, clock=MovableClock(start=datetime(2027, 1, 4, tzinfo=UTC)))
    await empty(database)
    await upgrade(database, revision=revision)
    async with database.engine.begin() as connection:
        await fill(connection, revision, is_sqlite=database.is_sqlite)
    await upgrade(database)
    async with database.engine.begin() as connection:
        for name, rows in stored(revision).items():
            if name in metadata.tables:
                table = metadata.tables[name]
                found = (await connection.execute(select(table))).all()
                assert len(found) == len(rows), name
        if database.is_sqlite:
            assert (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all() == []
        assert (await connection.execute(select(func.count()).select_from(metadata.tables["units"]))).scalar_one()
    await database.close()


def go_back(connection: Connection, revision: str) -> None:
    """Undo every migration after this revision."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS.dir)
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


async def test_the_smaller_indexes_can_be_taken_back(old_url: str) -> None:
    """An operator who goes back to the version before finds every row there, and again after the next update; and a
    message that was deleted long ago never lends its number to another, since that is the delivery's key."""
    database = Database(old_url, clock=MovableClock(start=datetime(2027, 1, 4, tzinfo=UTC)))
    await empty(database)
    await upgrade(database, revision="0007")
    outbox = metadata.tables["outbox"]
    async with database.engine.begin() as connection:
        await fill(connection, "0007", is_sqlite=database.is_sqlite)
        if not database.is_sqlite:
            await connection.execute(text("SELECT setval('outbox_id_seq', (SELECT max(id) FROM outbox))"))
        newest = (await connection.execute(copied(outbox))).scalar_one()
        await connection.execute(outbox.delete().where(outbox.c.id == newest))
    before = await everything(database)
    await upgrade(database)
    assert await everything(database) == before
    async with database.engine.begin() as connection:
        await connection.run_sync(go_back, "0007")
    assert await everything(database) == before
    await upgrade(database)
    assert await everything(database) == before
    async with database.engine.begin() as connection:
        assert (await connection.execute(copied(outbox))).scalar_one() == newest + 1
    await database.close()


def copied(outbox: Table) -> Any:
    """Writes the first row once more; its number."""
    others = [column for column in outbox.c if column.name not in ("id", "unique_key")]
    first = select(*others).order_by(outbox.c.id).limit(1)
    return insert(outbox).from_select([column.name for column in others], first).returning(outbox.c.id)


async def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    async with database.engine.begin() as connection:
        return {
            name: sorted([tuple(row) for row in await connection.execute(select(table))], key=repr)
            for name, table in metadata.tables.items()
        }
