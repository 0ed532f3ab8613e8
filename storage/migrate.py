"""Brings a database to the newest form. Harmless when it already is; safe when two processes start at once
(on PostgreSQL an advisory lock lets one of them wait)."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, text

from storage.database import Database, Mistaken, StorageUnavailable

_ADVISORY_LOCK = 7_404_701
_MIGRATIONS = Path(__file__).parent / "migrations"
_REVISION = text("SELECT version_num FROM alembic_version")


def revisions() -> Sequence[str]:
    """Every form that this program knows, the newest first: the number that a migration's file begins with."""
    return sorted((file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("*_*.py")), reverse=True)


def _upgrade(connection: Connection, revision: str) -> None:
    # Alembic is as large as all that it migrates, and a program that finds everything in order never needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    command.upgrade(config, revision)


async def upgrade(database: Database, *, revision: str = "head") -> None:
    """Run all migrations up to `revision` in one transaction."""
    if revision == "head" and await _revision_of(database) == revisions()[0]:
        return
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade, revision)


async def _revision_of(database: Database) -> str | None:
    try:
        async with database.read() as tx:
            found = await tx.scalar(_REVISION)
    except (StorageUnavailable, *Mistaken):
        return None  # no tables yet, or no way to them: migrating says which
    return str(found) if found else None
