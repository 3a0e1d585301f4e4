"""Keep announced holidays and days worked in lieu."""

import sqlalchemy as sa
from alembic import op

revision = "calendar"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "confirmed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("btrim(source) <> ''", name=op.f("ck_calendar_year_source_given")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2200", name=op.f("ck_calendar_year_year_sensible")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"],
            ["user_account.id"],
            name=op.f("fk_calendar_year_confirmed_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "special_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("btrim(source) <> ''", name=op.f("ck_special_day_source_given")),
        sa.CheckConstraint("kind IN ('holiday', 'workday')", name=op.f("ck_special_day_kind_known")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_special_day_created_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_special_day")),
    )


def downgrade() -> None:
    op.drop_table("special_day")
    op.drop_table("calendar_year")
