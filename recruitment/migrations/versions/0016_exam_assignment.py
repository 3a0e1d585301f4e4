"""Keep the tables that seats were assigned from."""

import sqlalchemy as sa
from alembic import op

revision = "exam_assignment"
down_revision = "bars"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exam_assignment",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("rooms", sa.Text(), nullable=False),
        sa.Column("seats", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["exam_plan.id"],
            name=op.f("fk_exam_assignment_plan_id_exam_plan"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_exam_assignment")),
    )


def downgrade() -> None:
    op.drop_table("exam_assignment")
