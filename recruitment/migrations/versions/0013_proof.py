"""Note every attempt to deliver a notice, whatever code makes it."""

import sqlalchemy as sa
from alembic import op

revision = "proof"
down_revision = "resends"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_delivery_attempt_delivery_id_delivery"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
    op.create_index(op.f("ix_delivery_attempt_delivery_id"), "delivery_attempt", ["delivery_id"])
    op.execute(
        """
        CREATE FUNCTION delivery_attempted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO delivery_attempt (delivery_id, number, began_at, ended_at, status, doubtful, error)
            VALUES (NEW.id, NEW.attempts, OLD.claimed_at, clock_timestamp(), NEW.status, NEW.doubtful, NEW.last_error);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER delivery_attempted AFTER UPDATE OF status ON delivery FOR EACH ROW
        WHEN (
            NEW.attempts = OLD.attempts AND NEW.status NOT IN ('claimed', 'leaving')
            AND (OLD.status IN ('claimed', 'leaving') OR NEW.status = 'sent' AND OLD.status <> 'sent')
        )
        EXECUTE FUNCTION delivery_attempted()
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER delivery_attempted ON delivery")
    op.execute("DROP FUNCTION delivery_attempted()")
    op.drop_table("delivery_attempt")
