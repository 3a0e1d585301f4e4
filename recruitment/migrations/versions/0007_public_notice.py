"""Make public notices."""

import sqlalchemy as sa
from alembic import op

revision = "public_notice"
down_revision = "outcome"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_notice",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("introduction", sa.Text(), server_default="", nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
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
            "(published_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_public_notice_period_whole")
        ),
        sa.CheckConstraint("ends_at > published_at", name=op.f("ck_public_notice_period_order")),
        sa.CheckConstraint("working_days >= 5", name=op.f("ck_public_notice_long_enough")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_public_notice_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
    )
    op.create_index("ix_public_notice_call", "public_notice", ["call_id", "state"], unique=False)
    op.create_index(op.f("ix_public_notice_owner_id"), "public_notice", ["owner_id"], unique=False)
    op.create_table(
        "public_notice_settings",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "working_days BETWEEN 5 AND 30", name=op.f("ck_public_notice_settings_long_enough")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_public_notice_settings_call_id_call")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["user_account.id"],
            name=op.f("fk_public_notice_settings_changed_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_public_notice_settings")),
    )
    op.create_table(
        "public_notice_row",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_month", sa.Text(), nullable=False),
        sa.Column("education", sa.Text(), nullable=False),
        sa.Column("ticket_number", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("years", sa.Text(), nullable=False),
        sa.Column("total", sa.Text(), nullable=False),
        sa.Column("hotline", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_public_notice_row_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["public_notice.id"],
            name=op.f("fk_public_notice_row_notice_id_public_notice"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice_row")),
        sa.UniqueConstraint(
            "notice_id", "candidate_id", name=op.f("uq_public_notice_row_notice_id_candidate_id")
        ),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_public_notice_row_notice_id_number")),
    )
    op.create_index("ix_public_notice_row_candidate", "public_notice_row", ["candidate_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_public_notice_row_candidate", table_name="public_notice_row")
    op.drop_table("public_notice_row")
    op.drop_table("public_notice_settings")
    op.drop_index(op.f("ix_public_notice_owner_id"), table_name="public_notice")
    op.drop_index("ix_public_notice_call", table_name="public_notice")
    op.drop_table("public_notice")
