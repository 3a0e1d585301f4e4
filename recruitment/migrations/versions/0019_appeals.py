"""Take appeals, with a call's terms."""

import sqlalchemy as sa
from alembic import op

revision = "appeals"
down_revision = "objections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appeal_term",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_days", sa.Integer(), nullable=False),
        sa.Column("decide_days", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('refusal', 'scores', 'recheck', 'medical', 'inspection', 'rejection')",
            name=op.f("ck_appeal_term_kind_known"),
        ),
        sa.CheckConstraint(
            "file_days BETWEEN 1 AND 60 AND decide_days BETWEEN 1 AND 90", name=op.f("ck_appeal_term_days")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_appeal_term_call_id_call")),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["user_account.id"],
            name=op.f("fk_appeal_term_changed_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("call_id", "kind", name=op.f("pk_appeal_term")),
    )
    op.create_table(
        "appeal",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=True),
        sa.Column("decision_seq", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_decider", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("file_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("public_state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_version", sa.Integer(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.Column("held_seq", sa.Integer(), nullable=True),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'refusal') = (candidate_id IS NULL)", name=op.f("ck_appeal_subject_of_kind")
        ),
        sa.CheckConstraint(
            "kind IN ('refusal', 'scores', 'recheck', 'medical', 'inspection', 'rejection')",
            name=op.f("ck_appeal_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["user_account.id"], name=op.f("fk_appeal_accepted_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_appeal_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_appeal_candidate_id_candidate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    op.create_index(op.f("ix_appeal_owner_id"), "appeal", ["owner_id"], unique=False)
    op.create_index("ix_appeal_queue", "appeal", ["state", "area_code", "created_at", "id"], unique=False)
    op.create_index(
        "uq_appeal_decision",
        "appeal",
        ["application_id", "kind", "decision_seq"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "appeal_document",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_document_appeal_id_appeal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_appeal_document_document_id_document")
        ),
        sa.PrimaryKeyConstraint("appeal_id", "document_id", name=op.f("pk_appeal_document")),
    )


def downgrade() -> None:
    op.drop_table("appeal_document")
    op.drop_index("uq_appeal_decision", table_name="appeal", postgresql_where=sa.text("state <> 'withdrawn'"))
    op.drop_index("ix_appeal_queue", table_name="appeal")
    op.drop_index(op.f("ix_appeal_owner_id"), table_name="appeal")
    op.drop_table("appeal")
    op.drop_table("appeal_term")
