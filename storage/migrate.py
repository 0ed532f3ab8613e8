"""Brings a database to the newest form. Harmless when it already is; safe when two processes start at once
(on PostgreSQL an advisory lock lets one of them wait)."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.database import Database

_ADVISORY_LOCK = 7_404_701


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def revisions() -> Sequence[str]:
    """Every form that this program knows, the newest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]


def _upgrade(connection: Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    command.upgrade(_config(connection), revision)


async def upgrade(database: Database, *, revision: str = "head") -> None:
    """Run all migrations up to `revision` in one transaction."""
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade, revision)
