"""Hold medicals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "outcome"
down_revision = "selection"
branch_labels = None
depends_on = None


def upgrade() -> None:
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


def downgrade() -> None:
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
    op.drop_table("medical_result")
    op.drop_index(op.f("ix_medical_upload_call_id"), table_name="medical_upload")
    op.drop_table("medical_upload")
    op.drop_table("medical_terms")
    op.drop_table("medical_plan")
