"""large rounds

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sayings",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_at", ID, nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_sayings_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sayings")),
        sa.UniqueConstraint("round_id", "step", "planned_at", name=op.f("uq_sayings_round_id_step_planned_at")),
    )
    with op.batch_alter_table("sayings", schema=None) as batch_op:
        batch_op.create_index("ix_sayings_next_due_at", ["next_due_at"], unique=False)
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.add_column(sa.Column("window_at", ID, nullable=False, server_default="0"))
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("known_to", ID, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("passed", sa.Integer(), nullable=False, server_default="0"))
        batch_op.alter_column("total", existing_type=sa.Integer(), nullable=True)
    # A broadcast on its way is for those who belong to it now: before, joining later was enough.
    op.execute("UPDATE broadcasts SET known_to = (SELECT COALESCE(MAX(id), 0) FROM memberships)")
    op.execute(
        "UPDATE broadcasts SET known_to = (SELECT COALESCE(MAX(id), 0) FROM roles) "
        "WHERE CAST(audience AS TEXT) LIKE '%\"secretaries\"%'"
    )
    op.execute(
        "UPDATE broadcasts SET passed = unreachable + "
        "(SELECT COUNT(*) FROM outbox WHERE outbox.batch = 'broadcast:' || CAST(broadcasts.id AS TEXT))"
    )


def downgrade() -> None:
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.alter_column("total", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("passed")
        batch_op.drop_column("known_to")
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.drop_column("window_at")
    with op.batch_alter_table("sayings", schema=None) as batch_op:
        batch_op.drop_index("ix_sayings_next_due_at")

    op.drop_table("sayings")
