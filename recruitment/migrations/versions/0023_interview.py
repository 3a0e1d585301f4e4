"""Keep examiners away from candidates, and correct interview marks by two people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "interview"
down_revision = "imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "examiner_recusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("examiner_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("tie", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), server_default="", nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "tie IN ('relative', 'community', 'organ', 'other')", name=op.f("ck_examiner_recusal_tie_known")
        ),
        sa.CheckConstraint(
            "tie <> 'other' OR btrim(explanation) <> ''", name=op.f("ck_examiner_recusal_other_explained")
        ),
        sa.ForeignKeyConstraint(
            ["examiner_id"],
            ["examiner.id"],
            name=op.f("fk_examiner_recusal_examiner_id_examiner"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_examiner_recusal_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by"], ["user_account.id"], name=op.f("fk_examiner_recusal_declared_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examiner_recusal")),
        sa.UniqueConstraint(
            "examiner_id", "candidate_id", name=op.f("uq_examiner_recusal_examiner_id_candidate_id")
        ),
    )
    op.create_index(op.f("ix_examiner_recusal_candidate_id"), "examiner_recusal", ["candidate_id"])
    op.create_table(
        "interview_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("before_value", sa.Numeric(), nullable=False),
        sa.Column("after_value", sa.Numeric(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_interview_correction_reason_given")),
        sa.CheckConstraint("settled_by <> proposed_by", name=op.f("ck_interview_correction_two_people")),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (accepted IS NULL)",
            name=op.f("ck_interview_correction_settled_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_interview_correction_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["user_account.id"],
            name=op.f("fk_interview_correction_proposed_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_interview_correction_settled_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_correction")),
    )
    op.create_index(op.f("ix_interview_correction_candidate_id"), "interview_correction", ["candidate_id"])
    op.create_index(
        "uq_interview_correction_open",
        "interview_correction",
        ["candidate_id"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("interview_correction")
    op.drop_table("examiner_recusal")
