"""Make the exam day: its plan, venues, rooms, seats, attendance and incidents."""

import sqlalchemy as sa
from alembic import op

revision = "exam_day"
down_revision = "fees"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exam_plan",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_prefix", sa.Text(), nullable=False),
        sa.Column("tickets_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tickets_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rules", sa.Text(), server_default="", nullable=False),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("seats_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ticket_prefix ~ '^[0-9]{2,6}$'", name=op.f("ck_exam_plan_ticket_prefix_form")),
        sa.CheckConstraint("(seed IS NULL) = (seats_at IS NULL)", name=op.f("ck_exam_plan_seed_with_seats")),
        sa.CheckConstraint(
            "released_at IS NULL OR seats_at IS NOT NULL", name=op.f("ck_exam_plan_released_after_seats")
        ),
        sa.CheckConstraint("tickets_until > tickets_from", name=op.f("ck_exam_plan_ticket_window")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_exam_plan_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_plan")),
        sa.UniqueConstraint("call_id", name=op.f("uq_exam_plan_call_id")),
    )
    op.create_table(
        "exam_venue",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("prefecture_code", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("directions", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "prefecture_code = left(county_code, 4) || '00'", name=op.f("ck_exam_venue_prefecture_of_county")
        ),
        sa.CheckConstraint("code BETWEEN 1 AND 99", name=op.f("ck_exam_venue_code_range")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_exam_venue_call_id_call")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_exam_venue_county_code_county")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_venue")),
        sa.UniqueConstraint(
            "call_id", "prefecture_code", "code", name=op.f("uq_exam_venue_call_id_prefecture_code_code")
        ),
    )
    op.create_table(
        "exam_room",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("capacity", sa.Integer(), server_default=sa.text("30"), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 1 AND 99", name=op.f("ck_exam_room_capacity_range")),
        sa.CheckConstraint("number BETWEEN 1 AND 999", name=op.f("ck_exam_room_number_range")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["exam_venue.id"], name=op.f("fk_exam_room_venue_id_exam_venue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_room")),
        sa.UniqueConstraint("venue_id", "number", name=op.f("uq_exam_room_venue_id_number")),
    )
    op.create_table(
        "exam_subject",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_exam_subject_order")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["exam_plan.id"], name=op.f("fk_exam_subject_plan_id_exam_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_subject")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_exam_subject_plan_id_code")),
    )
    op.create_table(
        "exam_attendance",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_exam_attendance_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_exam_attendance_recorded_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["exam_subject.id"], name=op.f("fk_exam_attendance_subject_id_exam_subject")
        ),
        sa.PrimaryKeyConstraint("candidate_id", "subject_id", name=op.f("pk_exam_attendance")),
    )
    op.create_index(
        "ix_exam_attendance_absent",
        "exam_attendance",
        ["subject_id"],
        unique=False,
        postgresql_where=sa.text("NOT present"),
    )
    op.create_table(
        "exam_incident",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_exam_incident_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_exam_incident_recorded_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["exam_subject.id"], name=op.f("fk_exam_incident_subject_id_exam_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_incident")),
    )
    op.create_index(op.f("ix_exam_incident_candidate_id"), "exam_incident", ["candidate_id"], unique=False)
    op.create_table(
        "exam_seat",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND 99", name=op.f("ck_exam_seat_number_range")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_exam_seat_call_id_call")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_exam_seat_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["exam_room.id"], name=op.f("fk_exam_seat_room_id_exam_room")),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_exam_seat")),
        sa.UniqueConstraint("room_id", "number", name=op.f("uq_exam_seat_room_id_number")),
    )
    op.create_index("ix_exam_seat_call", "exam_seat", ["call_id", "candidate_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_exam_seat_call", table_name="exam_seat")
    op.drop_table("exam_seat")
    op.drop_index(op.f("ix_exam_incident_candidate_id"), table_name="exam_incident")
    op.drop_table("exam_incident")
    op.drop_index(
        "ix_exam_attendance_absent", table_name="exam_attendance", postgresql_where=sa.text("NOT present")
    )
    op.drop_table("exam_attendance")
    op.drop_table("exam_subject")
    op.drop_table("exam_room")
    op.drop_table("exam_venue")
    op.drop_table("exam_plan")
