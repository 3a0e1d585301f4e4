"""Keep reminders, what calls set about them, and what people changed in notices."""

import sqlalchemy as sa
from alembic import op

revision = "reminders"
down_revision = "calendar"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_edit",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'restored') = (btrim(text) = '')", name=op.f("ck_notice_edit_text_given")
        ),
        sa.CheckConstraint(
            "kind IN ('added', 'replaced', 'restored')", name=op.f("ck_notice_edit_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["edited_by"], ["user_account.id"], name=op.f("fk_notice_edit_edited_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_edit")),
    )
    op.create_index(op.f("ix_notice_edit_outbox_id"), "notice_edit", ["outbox_id"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_reminder_call_id_call")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reminder_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("outbox_id", name=op.f("uq_reminder_outbox_id")),
        sa.UniqueConstraint(
            "rule", "subject_id", "deadline", name=op.f("uq_reminder_rule_subject_id_deadline")
        ),
    )
    op.create_index("ix_reminder_call", "reminder", ["call_id", "created_at", "id"], unique=False)
    op.create_table(
        "reminder_setting",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("lead_minutes > 0", name=op.f("ck_reminder_setting_lead")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_reminder_setting_call_id_call")),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["user_account.id"], name=op.f("fk_reminder_setting_updated_by_user_account")
        ),
        sa.PrimaryKeyConstraint("call_id", "rule", name=op.f("pk_reminder_setting")),
    )
    op.create_table(
        "reminder_times",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_until", sa.Time(), nullable=False),
        sa.Column("evening", sa.Time(), nullable=False),
        sa.Column("office_from", sa.Time(), nullable=False),
        sa.Column("office_until", sa.Time(), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN quiet_from <= quiet_until THEN evening < quiet_from OR evening >= quiet_until ELSE evening < quiet_from AND evening >= quiet_until END",
            name=op.f("ck_reminder_times_evening_is_awake"),
        ),
        sa.CheckConstraint("office_from < office_until", name=op.f("ck_reminder_times_office_hours")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_reminder_times_call_id_call")),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["user_account.id"], name=op.f("fk_reminder_times_updated_by_user_account")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_reminder_times")),
    )


def downgrade() -> None:
    op.drop_table("reminder_times")
    op.drop_table("reminder_setting")
    op.drop_index("ix_reminder_call", table_name="reminder")
    op.drop_table("reminder")
    op.drop_index(op.f("ix_notice_edit_outbox_id"), table_name="notice_edit")
    op.drop_table("notice_edit")
