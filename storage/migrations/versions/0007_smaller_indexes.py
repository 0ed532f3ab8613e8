"""smaller indexes

An answer belongs to no batch, and no question was asked until it is sent: neither is in these indexes any more.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_outbox_asked", table_name="outbox")
    op.drop_index("ix_outbox_batch_state", table_name="outbox")
    op.create_index(
        "ix_outbox_asked",
        "outbox",
        ["account", "chat", "finished_at", "id"],
        sqlite_where=sa.text("has_choices = 1 AND finished_at IS NOT NULL"),
        postgresql_where=sa.text("has_choices AND finished_at IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_batch_state",
        "outbox",
        ["batch", "state"],
        sqlite_where=sa.text("batch IS NOT NULL"),
        postgresql_where=sa.text("batch IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_batch_state", table_name="outbox")
    op.drop_index("ix_outbox_asked", table_name="outbox")
    op.create_index("ix_outbox_batch_state", "outbox", ["batch", "state"])
    op.create_index(
        "ix_outbox_asked",
        "outbox",
        ["account", "chat", "finished_at", "id"],
        sqlite_where=sa.text("has_choices = 1"),
        postgresql_where=sa.text("has_choices"),
    )
