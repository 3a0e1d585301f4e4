"""Inspect candidates and follow appointments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "appointments"
down_revision = "exam_day"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appointment_terms",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("service_years", sa.Integer(), server_default=sa.text("8"), nullable=False),
        sa.Column("probation_months", sa.Integer(), server_default=sa.text("12"), nullable=False),
        sa.Column("reminder_days", sa.Integer(), server_default=sa.text("30"), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "probation_months BETWEEN 1 AND 24", name=op.f("ck_appointment_terms_probation_months")
        ),
        sa.CheckConstraint("reminder_days BETWEEN 1 AND 90", name=op.f("ck_appointment_terms_reminder_days")),
        sa.CheckConstraint("service_years BETWEEN 1 AND 30", name=op.f("ck_appointment_terms_service_years")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_appointment_terms_call_id_call")),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["user_account.id"], name=op.f("fk_appointment_terms_updated_by_user_account")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_appointment_terms")),
    )
    op.create_table(
        "organ_staff",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("staff", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_organ_staff_call_id_call")),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user_account.id"], name=op.f("fk_organ_staff_entered_by_user_account")
        ),
        sa.PrimaryKeyConstraint("call_id", "organ", name=op.f("pk_organ_staff")),
    )
    op.create_table(
        "appointment",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("probation_ends_on", sa.Date(), nullable=False),
        sa.Column("reminds_on", sa.Date(), nullable=False),
        sa.Column("service_ends_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appointed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('village', 'community')", name=op.f("ck_appointment_kind")),
        sa.CheckConstraint(
            "appointed_on IS NULL OR appointed_on > probation_ends_on",
            name=op.f("ck_appointment_appointed_after"),
        ),
        sa.CheckConstraint(
            "reported_on < probation_ends_on AND probation_ends_on <= service_ends_on",
            name=op.f("ck_appointment_order"),
        ),
        sa.ForeignKeyConstraint(
            ["begun_by"], ["user_account.id"], name=op.f("fk_appointment_begun_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_appointment_candidate_id_candidate")
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_appointment")),
    )
    op.create_index("ix_appointment_reported_on", "appointment", ["reported_on"], unique=False)
    op.create_table(
        "inspection",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("conclusion IN ('pass', 'fail')", name=op.f("ck_inspection_conclusion")),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (submitted_by IS NULL) AND (submitted_at IS NULL OR conclusion IS NOT NULL)",
            name=op.f("ck_inspection_submitted"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_inspection_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["user_account.id"], name=op.f("fk_inspection_saved_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_inspection_submitted_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("candidate_id", name=op.f("uq_inspection_candidate_id")),
    )
    op.create_table(
        "service_undertaking",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("years BETWEEN 1 AND 30", name=op.f("ck_service_undertaking_years")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_service_undertaking_candidate_id_candidate")
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_service_undertaking")),
    )
    op.create_table(
        "inspection_evidence",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_inspection_evidence_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_evidence_inspection_id_inspection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_evidence")),
        sa.UniqueConstraint("document_id", name=op.f("uq_inspection_evidence_document_id")),
    )
    op.create_index(
        op.f("ix_inspection_evidence_inspection_id"), "inspection_evidence", ["inspection_id"], unique=False
    )
    op.create_table(
        "inspector",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("btrim(name) <> '' AND btrim(organ) <> ''", name=op.f("ck_inspector_named")),
        sa.ForeignKeyConstraint(
            ["added_by"], ["user_account.id"], name=op.f("fk_inspector_added_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspector_inspection_id_inspection")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_inspector_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspector")),
        sa.UniqueConstraint("inspection_id", "name", name=op.f("uq_inspector_inspection_id_name")),
    )


def downgrade() -> None:
    op.drop_table("inspector")
    op.drop_index(op.f("ix_inspection_evidence_inspection_id"), table_name="inspection_evidence")
    op.drop_table("inspection_evidence")
    op.drop_table("service_undertaking")
    op.drop_table("inspection")
    op.drop_index("ix_appointment_reported_on", table_name="appointment")
    op.drop_table("appointment")
    op.drop_table("organ_staff")
    op.drop_table("appointment_terms")
