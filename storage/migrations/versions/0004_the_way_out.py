"""the way out

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lanes",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sender", sa.String(length=32), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_chat", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pauses", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_lanes")),
    )
    op.create_table(
        "lane_chats",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "chat", name=op.f("pk_lane_chats")),
    )
    with op.batch_alter_table("lane_chats", schema=None) as batch_op:
        batch_op.create_index("ix_lane_chats_account_next_at", ["account", "next_at"], unique=False)
        batch_op.create_index("ix_lane_chats_next_at", ["next_at"], unique=False)

    op.create_table(
        "quotas",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("told", sa.SmallInteger(), nullable=False),
        sa.Column("told_of", sa.Integer(), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account", "month", name=op.f("pk_quotas")),
    )


def downgrade() -> None:
    op.drop_table("quotas")
    with op.batch_alter_table("lane_chats", schema=None) as batch_op:
        batch_op.drop_index("ix_lane_chats_next_at")
        batch_op.drop_index("ix_lane_chats_account_next_at")

    op.drop_table("lane_chats")
    op.drop_table("lanes")
