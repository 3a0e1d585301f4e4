"""Hold marks against attendance: rulings, and the rows of a file that marks were read from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "marks"
down_revision = "appeals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendance_ruling",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ruled_by", sa.Uuid(), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_attendance_ruling_reason_given")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_attendance_ruling_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["ruled_by"], ["user_account.id"], name=op.f("fk_attendance_ruling_ruled_by_user_account")
        ),
        sa.PrimaryKeyConstraint("candidate_id", "subject", name=op.f("pk_attendance_ruling")),
    )
    op.add_column(
        "mark_entry",
        sa.Column(
            "lines", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )


def downgrade() -> None:
    op.drop_column("mark_entry", "lines")
    op.drop_table("attendance_ruling")
