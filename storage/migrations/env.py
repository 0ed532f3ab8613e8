"""Alembic's environment: runs on the connection it is given, or on the address of alembic.ini."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from storage.schema import metadata


def migrate(connection: Connection) -> None:
    """Run the migrations on this connection, in its transaction."""
    say_of_postgresql()
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite"
    )
    with context.begin_transaction():
        context.run_migrations()


def say_of_postgresql() -> None:
    """Its indexes are of the same part of their tables as SQLite's."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if (part := index.dialect_options["sqlite"]["where"]) is not None:
                index.dialect_kwargs["postgresql_where"] = part


async def migrate_from_ini() -> None:
    """Run the migrations on the address that alembic.ini (or -x url=…) names."""
    url = context.get_x_argument(as_dictionary=True).get("url") or context.config.get_main_option("sqlalchemy.url")
    assert url
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(migrate_from_ini())
