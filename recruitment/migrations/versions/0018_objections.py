"""Take objections to people on notice."""

import sqlalchemy as sa
from alembic import op

revision = "objections"
down_revision = "corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "objection",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("cadre_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("code_index", sa.Text(), nullable=False),
        sa.Column("request_index", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("informer", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("named = (informer IS NOT NULL)", name=op.f("ck_objection_named_with_informer")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_objection_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["cadre_id"], ["user_account.id"], name=op.f("fk_objection_cadre_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_objection_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["handled_by"], ["user_account.id"], name=op.f("fk_objection_handled_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["public_notice.id"], name=op.f("fk_objection_notice_id_public_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("code_index", name=op.f("uq_objection_code_index")),
        sa.UniqueConstraint("request_index", name=op.f("uq_objection_request_index")),
    )
    op.create_index("ix_objection_candidate", "objection", ["candidate_id", "state"], unique=False)
    op.create_index(op.f("ix_objection_owner_id"), "objection", ["owner_id"], unique=False)
    op.create_index(
        "ix_objection_queue", "objection", ["state", "area_code", "created_at", "id"], unique=False
    )
    op.create_table(
        "objection_evidence",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objection.id"],
            name=op.f("fk_objection_evidence_objection_id_objection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_evidence")),
        sa.UniqueConstraint("objection_id", "sha256", name=op.f("uq_objection_evidence_objection_id_sha256")),
    )
    op.add_column(
        "public_notice_settings",
        sa.Column("inquiry_days", sa.Integer(), server_default=sa.text("15"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("public_notice_settings", "inquiry_days")
    op.drop_table("objection_evidence")
    op.drop_index("ix_objection_queue", table_name="objection")
    op.drop_index(op.f("ix_objection_owner_id"), table_name="objection")
    op.drop_index("ix_objection_candidate", table_name="objection")
    op.drop_table("objection")
