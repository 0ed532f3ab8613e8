"""several addresses of one person

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("about", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("tried", sa.Text(), nullable=True))
    op.create_index(
        "ix_outbox_about",
        "outbox",
        ["person_id", "about"],
        unique=False,
        sqlite_where=sa.text("about IS NOT NULL"),
        postgresql_where=sa.text("about IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_about", table_name="outbox")
    op.drop_column("outbox", "tried")
    op.drop_column("outbox", "about")
