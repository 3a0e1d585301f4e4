"""Make candidates, and let the applicant of a cancelled position apply again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "candidate",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_number", sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_candidate_application_id_application")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_candidate_call_id_call")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_candidate_position_id_position")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("application_id", name=op.f("uq_candidate_application_id")),
        sa.UniqueConstraint("call_id", "ticket_number", name=op.f("uq_candidate_call_id_ticket_number")),
    )
    op.create_index("ix_candidate_call", "candidate", ["call_id", "state", "area_code", "id"], unique=False)
    op.create_index(op.f("ix_candidate_owner_id"), "candidate", ["owner_id"], unique=False)
    op.create_index("ix_candidate_position", "candidate", ["position_id", "state"], unique=False)
    _one_application_unless("('refused', 'withdrawn', 'lapsed', 'displaced')")


def downgrade() -> None:
    _one_application_unless("('refused', 'withdrawn', 'lapsed')")
    op.drop_index("ix_candidate_position", table_name="candidate")
    op.drop_index(op.f("ix_candidate_owner_id"), table_name="candidate")
    op.drop_index("ix_candidate_call", table_name="candidate")
    op.drop_table("candidate")


def _one_application_unless(spent: str) -> None:
    op.drop_index("uq_application_active", table_name="application")
    op.create_index(
        "uq_application_active",
        "application",
        ["call_id", "owner_id"],
        unique=True,
        postgresql_where=sa.text(f"state NOT IN {spent}"),
    )
