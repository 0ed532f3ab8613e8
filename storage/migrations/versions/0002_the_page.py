"""the page

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_page_sessions_token_hash")),
    )
    with op.batch_alter_table("page_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_page_sessions_account_chat", ["account", "chat"], unique=False)
        batch_op.create_index("ix_page_sessions_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "page_passes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issued_by"], ["people.id"], name=op.f("fk_page_passes_issued_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_page_passes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_passes")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_page_passes_token_hash")),
    )
    with op.batch_alter_table("page_passes", schema=None) as batch_op:
        batch_op.create_index("ix_page_passes_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_page_passes_person_id", ["person_id"], unique=False)

    op.create_table(
        "page_subscriptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["page_sessions.id"], name=op.f("fk_page_subscriptions_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_page_subscriptions_endpoint")),
    )
    with op.batch_alter_table("page_subscriptions", schema=None) as batch_op:
        batch_op.create_index("ix_page_subscriptions_session_id", ["session_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("page_subscriptions", schema=None) as batch_op:
        batch_op.drop_index("ix_page_subscriptions_session_id")

    op.drop_table("page_subscriptions")
    with op.batch_alter_table("page_passes", schema=None) as batch_op:
        batch_op.drop_index("ix_page_passes_person_id")
        batch_op.drop_index("ix_page_passes_expires_at")

    op.drop_table("page_passes")
    with op.batch_alter_table("page_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_page_sessions_expires_at")
        batch_op.drop_index("ix_page_sessions_account_chat")

    op.drop_table("page_sessions")
