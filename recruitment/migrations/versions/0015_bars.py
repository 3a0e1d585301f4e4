"""Keep the register of bars, and violations recorded against candidates."""

import sqlalchemy as sa
from alembic import op

revision = "bars"
down_revision = "opening"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bar",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id_number", sa.Text(), nullable=False),
        sa.Column("id_number_index", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('exam_cheating', 'forged_documents', 'malicious_registration', 'other')",
            name=op.f("ck_bar_kind"),
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoked_because IS NULL)",
            name=op.f("ck_bar_revoked"),
        ),
        sa.CheckConstraint("until IS NULL OR until >= starts_on", name=op.f("ck_bar_days")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_bar_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["user_account.id"], name=op.f("fk_bar_revoked_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar")),
    )
    op.create_index("ix_bar_list", "bar", ["starts_on", "id"], unique=False)
    op.create_index(
        "uq_bar_entry",
        "bar",
        ["id_number_index", "source", "starts_on"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "violation",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("consequence", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("bar_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(consequence = 'bar') = (bar_id IS NOT NULL)", name=op.f("ck_violation_bar")),
        sa.CheckConstraint(
            "(consequence = 'paper_zero') = (subject IS NOT NULL)", name=op.f("ck_violation_subject")
        ),
        sa.CheckConstraint(
            "consequence IN ('paper_zero', 'void', 'bar')", name=op.f("ck_violation_consequence")
        ),
        sa.ForeignKeyConstraint(["bar_id"], ["bar.id"], name=op.f("fk_violation_bar_id_bar")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_violation_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_violation_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_violation")),
    )
    op.create_index(op.f("ix_violation_candidate_id"), "violation", ["candidate_id"], unique=False)
    op.create_index(
        "uq_violation_paper",
        "violation",
        ["candidate_id", "subject"],
        unique=True,
        postgresql_where=sa.text("consequence = 'paper_zero'"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_violation_paper", table_name="violation", postgresql_where=sa.text("consequence = 'paper_zero'")
    )
    op.drop_index(op.f("ix_violation_candidate_id"), table_name="violation")
    op.drop_table("violation")
    op.drop_index("uq_bar_entry", table_name="bar", postgresql_where=sa.text("revoked_at IS NULL"))
    op.drop_index("ix_bar_list", table_name="bar")
    op.drop_table("bar")
