"""Keep how notices travel: dispatches, reports, and addresses that are no good."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "delivery"
down_revision = "public_notice"
branch_labels = None
depends_on = None

OPEN = "finished_at IS NULL AND cancelled_at IS NULL"
STATUSES = ("pending", "claimed", "leaving", "sent", "failed")


def _statuses(*names: str) -> None:
    op.drop_constraint("ck_delivery_status", "delivery")
    op.execute(
        "ALTER TABLE delivery ADD CONSTRAINT ck_delivery_status CHECK (status IN ("
        + ", ".join(f"'{name}'" for name in names)
        + "))"
    )


def upgrade() -> None:
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint("workflow", "released_at", name=op.f("uq_dispatch_workflow_released_at")),
    )
    op.create_index(
        "ix_dispatch_open", "dispatch", ["touched_at"], postgresql_where=sa.text("finished_at IS NULL")
    )
    for column in ("text", "provider_id"):
        op.add_column("delivery", sa.Column(column, sa.Text(), nullable=True))
    for column in ("delivered_at", "failed_at", "settled_at"):
        op.add_column("delivery", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    _statuses(*STATUSES, "to_post")
    op.execute("UPDATE delivery SET failed_at = COALESCE(claimed_at, now()) WHERE status = 'failed'")
    op.create_index(
        "ix_delivery_failed",
        "delivery",
        ["failed_at", "id"],
        postgresql_where=sa.text("status = 'failed' AND settled_at IS NULL"),
    )
    op.create_index("ix_delivery_provider", "delivery", ["channel", "provider_id"])
    op.create_index("ix_delivery_to_post", "delivery", ["id"], postgresql_where=sa.text("status = 'to_post'"))
    op.add_column("notice", sa.Column("area_code", sa.Text(), server_default="510000", nullable=False))
    op.execute(
        "UPDATE notice SET area_code = application.area_code FROM application"
        " WHERE notice.workflow = 'application' AND notice.subject_id = application.id"
    )
    op.add_column("notice", sa.Column("dispatch_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_notice_dispatch",
        "notice",
        ["dispatch_id"],
        postgresql_where=sa.text("dispatch_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_notice_dispatch_id_dispatch"), "notice", "dispatch", ["dispatch_id"], ["id"]
    )
    for column in ("email_failed_at", "phone_confirmed_at", "phone_failed_at"):
        op.add_column("user_account", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "user_account",
        sa.Column(
            "channels", postgresql.JSONB(), server_default=sa.text("'[\"email\"]'::jsonb"), nullable=False
        ),
    )
    op.drop_index("ix_workflow_outbox_open", table_name="workflow_outbox")
    op.create_index(
        "ix_workflow_outbox_open", "workflow_outbox", ["released_at"], postgresql_where=sa.text(OPEN)
    )


def downgrade() -> None:
    op.drop_index("ix_workflow_outbox_open", table_name="workflow_outbox")
    op.create_index(
        "ix_workflow_outbox_open", "workflow_outbox", ["created_at"], postgresql_where=sa.text(OPEN)
    )
    for column in ("channels", "phone_failed_at", "phone_confirmed_at", "email_failed_at"):
        op.drop_column("user_account", column)
    op.drop_constraint(op.f("fk_notice_dispatch_id_dispatch"), "notice", type_="foreignkey")
    op.drop_index("ix_notice_dispatch", table_name="notice")
    op.drop_column("notice", "dispatch_id")
    op.drop_column("notice", "area_code")
    for index in ("ix_delivery_to_post", "ix_delivery_provider", "ix_delivery_failed"):
        op.drop_index(index, table_name="delivery")
    # A letter that still waits has no word for it there.
    op.execute("UPDATE delivery SET status = 'failed' WHERE status = 'to_post'")
    _statuses(*STATUSES)
    for column in ("settled_at", "failed_at", "delivered_at", "provider_id", "text"):
        op.drop_column("delivery", column)
    op.drop_table("dispatch")
