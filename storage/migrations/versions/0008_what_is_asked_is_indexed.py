"""what is asked is indexed

The general index over the messages of a chat becomes three over the few that are asked for: what moves, what a guest
was told, what was blocked. A row without a key is in no index of keys; a row is unfinished while it has no
`finished_at`, which a claim does not change. On SQLite a table that is found by its own key is stored by it.

Revision ID: 0008
Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEYED = ("events", "receipts", "lanes", "lane_chats", "quotas", "mail_changes")
STATES = "state IN ('queued','in_flight','sent','blocked','failed','uncertain','cancelled','missed')"
STATES_AND_ENDS = (
    "finished_at IS NULL AND state IN ('queued','in_flight') OR finished_at IS NOT NULL AND "
    "(state IN ('sent','blocked') OR state IN ('failed','uncertain') OR state IN ('cancelled','missed'))"
)
NEW: Sequence[tuple[str, Sequence[str], str]] = (
    ("uq_outbox_unique_key", ("unique_key",), "unique_key IS NOT NULL"),
    ("ix_outbox_unfinished", ("account", "chat", "id"), "finished_at IS NULL"),
    ("ix_outbox_slot", ("account", "chat", "slot", "id"), "slot IS NOT NULL"),
    ("ix_outbox_guest", ("account", "chat"), "person_id IS NULL"),
    ("ix_outbox_blocked", ("account", "chat"), "state = 'blocked'"),
)
OLD: Sequence[tuple[str, Sequence[str], str]] = (
    ("ix_outbox_unfinished", ("account", "chat", "id"), "state IN ('queued','in_flight')"),
    ("ix_outbox_account_chat_id", ("account", "chat", "id"), ""),
)


def upgrade() -> None:
    op.drop_index("ix_events_seen_at", table_name="events")
    op.drop_index("ix_lane_chats_next_at", table_name="lane_chats")
    op.drop_index("ix_audit_subject", table_name="audit")
    _drop(OLD)
    # Nothing that ever ran leaves such a row behind; whoever wrote one by hand is not held up for it.
    op.execute(
        "UPDATE outbox SET finished_at = due_at WHERE state NOT IN ('queued','in_flight') AND finished_at IS NULL"
    )
    op.execute("UPDATE outbox SET finished_at = NULL WHERE state IN ('queued','in_flight') AND finished_at IS NOT NULL")
    _constrain_outbox(STATES_AND_ENDS, keyed=False)
    _store_keyed_tables(rowid=False)
    _create(NEW)
    op.create_index(
        "ix_events_failed",
        "events",
        ["seen_at"],
        sqlite_where=sa.text("incident IS NOT NULL"),
        postgresql_where=sa.text("incident IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_events_failed", table_name="events")
    _drop(NEW)
    _constrain_outbox(STATES, keyed=True)
    _store_keyed_tables(rowid=True)
    _create(OLD)
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_index("ix_lane_chats_next_at", "lane_chats", ["next_at"])
    op.create_index("ix_events_seen_at", "events", ["seen_at"])


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _create(indexes: Sequence[tuple[str, Sequence[str], str]]) -> None:
    for name, columns, part in indexes:
        op.create_index(
            name,
            "outbox",
            list(columns),
            unique=name.startswith("uq_"),
            sqlite_where=sa.text(part) if part else None,
            postgresql_where=sa.text(part) if part else None,
        )


def _drop(indexes: Sequence[tuple[str, Sequence[str], str]]) -> None:
    for name, *_ in indexes:
        op.drop_index(name, table_name="outbox")


def _constrain_outbox(check: str, *, keyed: bool) -> None:
    """Its rows under other constraints; SQLite makes the table anew for that, and still gives no id a second time."""
    given = sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
    highest = op.get_bind().execute(given).scalar() if _is_sqlite() else None
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint(op.f("ck_outbox_state"), type_="check")
        batch.create_check_constraint(op.f("ck_outbox_state"), check)
        if keyed:
            batch.create_unique_constraint("uq_outbox_unique_key", ["unique_key"])
        else:
            batch.drop_constraint("uq_outbox_unique_key", type_="unique")
    if highest is not None:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
        taken = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', :highest)")
        op.execute(taken.bindparams(highest=highest))


def _store_keyed_tables(*, rowid: bool) -> None:
    for name in KEYED if _is_sqlite() else ():
        with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_with_rowid": rowid}):
            pass
