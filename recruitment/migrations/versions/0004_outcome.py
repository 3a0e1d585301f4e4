"""Hold medicals and inspections, and follow appointments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "outcome"
down_revision = "calendar"
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
        "medical_plan",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("reports_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("area_code ~ '^51\\d\\d00$'", name=op.f("ck_medical_plan_area_code_form")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_medical_plan_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medical_plan")),
        sa.UniqueConstraint("call_id", "area_code", name=op.f("uq_medical_plan_call_id_area_code")),
    )
    op.create_table(
        "medical_terms",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("retest_days", sa.Integer(), server_default=sa.text("7"), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("retest_days BETWEEN 1 AND 60", name=op.f("ck_medical_terms_retest_days")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_medical_terms_call_id_call")),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["user_account.id"], name=op.f("fk_medical_terms_updated_by_user_account")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_medical_terms")),
    )
    op.create_table(
        "medical_upload",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_medical_upload_call_id_call")),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name=op.f("fk_medical_upload_uploaded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medical_upload")),
    )
    op.create_index(op.f("ix_medical_upload_call_id"), "medical_upload", ["call_id"], unique=False)
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
        "medical_result",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("examined_on", sa.Date(), nullable=False),
        sa.Column("retest_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'fail' AND round = 1) = (retest_until IS NOT NULL)",
            name=op.f("ck_medical_result_retest_until"),
        ),
        sa.CheckConstraint("(outcome = 'fail') = (item IS NOT NULL)", name=op.f("ck_medical_result_item")),
        sa.CheckConstraint("outcome <> 'absent' OR round > 1", name=op.f("ck_medical_result_absent")),
        sa.CheckConstraint("outcome IN ('pass', 'fail', 'absent')", name=op.f("ck_medical_result_outcome")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_medical_result_round")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_medical_result_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_medical_result_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medical_result")),
        sa.UniqueConstraint("candidate_id", "round", name=op.f("uq_medical_result_candidate_id_round")),
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
        "substitute_proposal",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consented", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (consented IS NULL)",
            name=op.f("ck_substitute_proposal_decided"),
        ),
        sa.CheckConstraint("candidate_id <> replaces_id", name=op.f("ck_substitute_proposal_other")),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_substitute_proposal_four_eyes")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_substitute_proposal_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_substitute_proposal_decided_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user_account.id"], name=op.f("fk_substitute_proposal_proposed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["candidate.id"], name=op.f("fk_substitute_proposal_replaces_id_candidate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute_proposal")),
    )
    op.create_index(
        "uq_substitute_proposal_open",
        "substitute_proposal",
        ["candidate_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index(
        "uq_substitute_proposal_place",
        "substitute_proposal",
        ["replaces_id"],
        unique=True,
        postgresql_where=sa.text("consented IS NOT FALSE"),
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
    op.drop_index(
        "uq_substitute_proposal_place",
        table_name="substitute_proposal",
        postgresql_where=sa.text("consented IS NOT FALSE"),
    )
    op.drop_index(
        "uq_substitute_proposal_open",
        table_name="substitute_proposal",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_table("substitute_proposal")
    op.drop_table("service_undertaking")
    op.drop_table("medical_result")
    op.drop_table("inspection")
    op.drop_index("ix_appointment_reported_on", table_name="appointment")
    op.drop_table("appointment")
    op.drop_table("organ_staff")
    op.drop_index(op.f("ix_medical_upload_call_id"), table_name="medical_upload")
    op.drop_table("medical_upload")
    op.drop_table("medical_terms")
    op.drop_table("medical_plan")
    op.drop_table("appointment_terms")
