"""Keep what a call asks for the exam, and what became of each payment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "fees"
down_revision = "delivery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fee_extension",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("county_code IS NULL OR user_id IS NULL", name=op.f("ck_fee_extension_one_scope")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_fee_extension_call_id_call")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_fee_extension_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_fee_extension_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_fee_extension_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_extension")),
    )
    op.create_index(op.f("ix_fee_extension_call_id"), "fee_extension", ["call_id"], unique=False)
    op.create_table(
        "fee_payment",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded_by", sa.Uuid(), nullable=True),
        sa.Column("refund_reference", sa.Text(), nullable=True),
        sa.CheckConstraint("(outcome = 'unknown') = (user_id IS NULL)", name=op.f("ck_fee_payment_whose")),
        sa.CheckConstraint(
            "outcome IN ('counted', 'wrong_amount', 'late', 'duplicate', 'unexpected', 'unknown')",
            name=op.f("ck_fee_payment_outcome"),
        ),
        sa.CheckConstraint(
            "(refunded_at IS NULL) = (refunded_by IS NULL) AND (refunded_at IS NULL) = (refund_reference IS NULL)",
            name=op.f("ck_fee_payment_refund"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fee_payment_amount")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_fee_payment_call_id_call")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_fee_payment_recorded_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["refunded_by"], ["user_account.id"], name=op.f("fk_fee_payment_refunded_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_fee_payment_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_payment")),
        sa.UniqueConstraint("call_id", "bank_reference", name=op.f("uq_fee_payment_call_id_bank_reference")),
    )
    op.create_index(
        "ix_fee_payment_list", "fee_payment", ["call_id", "outcome", "paid_at", "id"], unique=False
    )
    op.create_index(op.f("ix_fee_payment_user_id"), "fee_payment", ["user_id"], unique=False)
    op.create_index(
        "uq_fee_payment_counted",
        "fee_payment",
        ["call_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("outcome = 'counted'"),
    )
    op.create_table(
        "fee_plan",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("per_subject", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("interview", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_hours", sa.Integer(), nullable=False),
        sa.Column("settle_hours", sa.Integer(), nullable=False),
        sa.Column("waiver_kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(opened_at IS NULL) = (opened_by IS NULL)", name=op.f("ck_fee_plan_opened")),
        sa.CheckConstraint("late_hours > 0 AND settle_hours >= 0", name=op.f("ck_fee_plan_hours")),
        sa.CheckConstraint("per_subject >= 0 AND interview >= 0", name=op.f("ck_fee_plan_amounts")),
        sa.CheckConstraint("subjects BETWEEN 1 AND 9", name=op.f("ck_fee_plan_subjects")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_fee_plan_call_id_call")),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["user_account.id"], name=op.f("fk_fee_plan_opened_by_user_account")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_fee_plan")),
    )
    op.create_table(
        "fee_waiver",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("decision IN ('granted', 'refused')", name=op.f("ck_fee_waiver_decision")),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_fee_waiver_decided"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_fee_waiver_call_id_call")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_fee_waiver_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_fee_waiver_decided_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_fee_waiver_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_fee_waiver_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_waiver")),
    )
    op.create_index(op.f("ix_fee_waiver_candidate_id"), "fee_waiver", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_fee_waiver_user_id"), "fee_waiver", ["user_id"], unique=False)
    op.create_index(
        "uq_fee_waiver_standing",
        "fee_waiver",
        ["call_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("decision IS DISTINCT FROM 'refused'"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_fee_waiver_standing",
        table_name="fee_waiver",
        postgresql_where=sa.text("decision IS DISTINCT FROM 'refused'"),
    )
    op.drop_index(op.f("ix_fee_waiver_user_id"), table_name="fee_waiver")
    op.drop_index(op.f("ix_fee_waiver_candidate_id"), table_name="fee_waiver")
    op.drop_table("fee_waiver")
    op.drop_table("fee_plan")
    op.drop_index(
        "uq_fee_payment_counted", table_name="fee_payment", postgresql_where=sa.text("outcome = 'counted'")
    )
    op.drop_index(op.f("ix_fee_payment_user_id"), table_name="fee_payment")
    op.drop_index("ix_fee_payment_list", table_name="fee_payment")
    op.drop_table("fee_payment")
    op.drop_index(op.f("ix_fee_extension_call_id"), table_name="fee_extension")
    op.drop_table("fee_extension")
