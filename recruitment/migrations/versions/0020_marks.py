"""Hold marks against attendance, take violations back, and appeal against being put out."""

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
    op.add_column("violation", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("violation", sa.Column("revoked_by", sa.Uuid(), nullable=True))
    op.add_column("violation", sa.Column("revoked_because", sa.Text(), nullable=True))
    op.add_column("violation", sa.Column("incident_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_violation_incident_id_exam_incident"), "violation", "exam_incident", ["incident_id"], ["id"]
    )
    op.create_index(
        "uq_violation_incident",
        "violation",
        ["incident_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_violation_revoked_by_user_account"), "violation", "user_account", ["revoked_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_violation_revoked"),
        "violation",
        "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoked_because IS NULL)",
    )
    _one_zero(" AND revoked_at IS NULL")
    _kinds("'void', 'cancellation'")


def downgrade() -> None:
    _kinds()
    _one_zero()
    op.drop_column("violation", "incident_id")
    op.drop_column("violation", "revoked_because")
    op.drop_column("violation", "revoked_by")
    op.drop_column("violation", "revoked_at")
    op.drop_column("mark_entry", "lines")
    op.drop_table("attendance_ruling")


def _one_zero(standing: str = "") -> None:
    op.drop_index("uq_violation_paper", table_name="violation")
    op.create_index(
        "uq_violation_paper",
        "violation",
        ["candidate_id", "subject"],
        unique=True,
        postgresql_where=sa.text(f"consequence = 'paper_zero'{standing}"),
    )


def _kinds(*more: str) -> None:
    known = ["'refusal', 'scores', 'recheck', 'medical', 'inspection', 'rejection'", *more]
    for table in ("appeal", "appeal_term"):
        name = op.f(f"ck_{table}_kind_known")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"kind IN ({', '.join(known)})")
