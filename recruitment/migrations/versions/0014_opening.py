"""Keep the opening ratio and what was decided by it; positions remember what was announced."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "opening"
down_revision = "proof"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("ratio", sa.Integer(), nullable=False),
        sa.Column("ratio_autonomous", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("rechoice_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (lines IS NULL)",
            name=op.f("ck_opening_decided"),
        ),
        sa.CheckConstraint(
            "ratio BETWEEN 1 AND 99 AND ratio_autonomous BETWEEN 1 AND 99", name=op.f("ck_opening_ratios")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_opening_call_id_call")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_opening_decided_by_user_account")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_opening")),
    )
    op.add_column("position", sa.Column("announced_openings", sa.Integer(), nullable=True))
    op.add_column("position", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE position SET announced_openings = openings")
    op.alter_column("position", "announced_openings", nullable=False)
    op.drop_constraint(op.f("ck_position_openings"), "position")
    op.create_check_constraint(
        op.f("ck_position_announced_openings"), "position", "announced_openings BETWEEN 1 AND 99"
    )
    op.create_check_constraint(
        op.f("ck_position_openings"), "position", "openings BETWEEN 0 AND announced_openings"
    )
    op.create_check_constraint(
        op.f("ck_position_cancelled"), "position", "(cancelled_at IS NULL) = (openings > 0)"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_position_cancelled"), "position")
    op.drop_constraint(op.f("ck_position_openings"), "position")
    op.drop_constraint(op.f("ck_position_announced_openings"), "position")
    op.execute("UPDATE position SET openings = announced_openings")
    op.create_check_constraint(op.f("ck_position_openings"), "position", "openings BETWEEN 1 AND 99")
    op.drop_column("position", "cancelled_at")
    op.drop_column("position", "announced_openings")
    op.drop_table("opening")
