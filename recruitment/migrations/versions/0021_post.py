"""Take back what is not to be sent any more, mend one delivery's address, and keep reminders that were missed."""

import sqlalchemy as sa
from alembic import op

revision = "post"
down_revision = "marks"
branch_labels = None
depends_on = None

STATES = "status IN ('pending', 'claimed', 'leaving', 'to_post', 'sent', 'failed'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_delivery_status"), "delivery", type_="check")
    op.create_check_constraint(op.f("ck_delivery_status"), "delivery", f"{STATES}, 'recalled')")
    op.add_column("delivery", sa.Column("mended_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_delivery_mended_by_user_account"), "delivery", "user_account", ["mended_by"], ["id"]
    )
    op.alter_column("reminder", "outbox_id", nullable=True)
    op.add_column("reminder", sa.Column("missed", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_reminder_sent_or_missed"), "reminder", "(outbox_id IS NULL) = (missed IS NOT NULL)"
    )
    op.create_check_constraint(op.f("ck_reminder_missed_known"), "reminder", "missed IN ('night', 'over')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_reminder_missed_known"), "reminder", type_="check")
    op.drop_constraint(op.f("ck_reminder_sent_or_missed"), "reminder", type_="check")
    op.drop_column("reminder", "missed")
    op.execute("DELETE FROM reminder WHERE outbox_id IS NULL")
    op.alter_column("reminder", "outbox_id", nullable=False)
    op.drop_constraint(op.f("fk_delivery_mended_by_user_account"), "delivery", type_="foreignkey")
    op.drop_column("delivery", "mended_by")
    op.execute("UPDATE delivery SET status = 'failed', settled_at = now() WHERE status = 'recalled'")
    op.drop_constraint(op.f("ck_delivery_status"), "delivery", type_="check")
    op.create_check_constraint(op.f("ck_delivery_status"), "delivery", f"{STATES})")
