"""Make the tables of selection: schemes, marks, rankings, interviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "selection"
down_revision = "reminders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_ranking",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("scores", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("computed_by", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("stage IN ('written', 'final')", name=op.f("ck_call_ranking_stage_known")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name=op.f("ck_call_ranking_withdrawn_with_reason"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_ranking_call_id_call")),
        sa.ForeignKeyConstraint(
            ["computed_by"], ["user_account.id"], name=op.f("fk_call_ranking_computed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["user_account.id"], name=op.f("fk_call_ranking_published_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_ranking")),
    )
    op.create_index("ix_call_ranking_call", "call_ranking", ["call_id", "stage", "computed_at"], unique=False)
    op.create_index(
        "uq_call_ranking_published",
        "call_ranking",
        ["call_id", "stage"],
        unique=True,
        postgresql_where=sa.text("published_at IS NOT NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "interview_group",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_interview_group_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_group")),
        sa.UniqueConstraint("call_id", "name", name=op.f("uq_interview_group_call_id_name")),
    )
    op.create_table(
        "interview_plan",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("elements", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("examiners", sa.Integer(), server_default=sa.text("7"), nullable=False),
        sa.Column("dropped", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("digits", sa.Integer(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("seed", sa.Text(), server_default="", nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "drawn_at IS NULL OR btrim(seed) <> ''", name=op.f("ck_interview_plan_seed_before_draw")
        ),
        sa.CheckConstraint(
            "(digits IS NULL) = (mode IS NULL)", name=op.f("ck_interview_plan_rounding_whole")
        ),
        sa.CheckConstraint(
            "examiners > 2 * dropped AND dropped >= 0", name=op.f("ck_interview_plan_some_count")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_interview_plan_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_interview_plan")),
    )
    op.create_table(
        "mark_entry",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "agreed_at IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_mark_entry_confirmed_first")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_mark_entry_call_id_call")),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user_account.id"], name=op.f("fk_mark_entry_entered_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_entry")),
    )
    op.create_index(
        "uq_mark_entry_open",
        "mark_entry",
        ["call_id", "stage", "entered_by"],
        unique=True,
        postgresql_where=sa.text("agreed_at IS NULL"),
    )
    op.create_table(
        "selection_plan",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column(
            "bonus_rules",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("bonus_proof_by", sa.Date(), nullable=True),
        sa.Column("query_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("query_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_hours", sa.Integer(), server_default=sa.text("48"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("consent_hours > 0", name=op.f("ck_selection_plan_hours")),
        sa.CheckConstraint("query_closes_at > query_opens_at", name=op.f("ck_selection_plan_query_order")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_selection_plan_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_selection_plan")),
    )
    op.create_table(
        "examiner",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.CheckConstraint("(group_id IS NULL) = (seat IS NULL)", name=op.f("ck_examiner_seat_in_group")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_examiner_call_id_call")),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["interview_group.id"],
            name=op.f("fk_examiner_group_id_interview_group"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examiner")),
        sa.UniqueConstraint("call_id", "code", name=op.f("uq_examiner_call_id_code")),
        sa.UniqueConstraint("group_id", "seat", name=op.f("uq_examiner_group_id_seat")),
    )
    op.create_table(
        "interview_position",
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["interview_group.id"],
            name=op.f("fk_interview_position_group_id_interview_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_interview_position_position_id_position")
        ),
        sa.PrimaryKeyConstraint("position_id", name=op.f("pk_interview_position")),
    )
    op.create_index(op.f("ix_interview_position_group_id"), "interview_position", ["group_id"], unique=False)
    op.create_table(
        "interview_mark",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("extra", sa.Numeric(), nullable=True),
        sa.CheckConstraint("value >= 0 AND extra >= 0", name=op.f("ck_interview_mark_values_positive")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_interview_mark_candidate_id_candidate")
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_interview_mark")),
    )
    op.create_table(
        "interview_slot",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_interview_slot_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["interview_group.id"],
            name=op.f("fk_interview_slot_group_id_interview_group"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_interview_slot")),
        sa.UniqueConstraint("group_id", "number", name=op.f("uq_interview_slot_group_id_number")),
    )
    op.create_table(
        "mark",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(value IS NULL) = (note = 'absent')", name=op.f("ck_mark_value_unless_absent")),
        sa.CheckConstraint("note IN ('', 'absent', 'violation')", name=op.f("ck_mark_note_known")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_mark_value_positive")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_mark_candidate_id_candidate")
        ),
        sa.PrimaryKeyConstraint("candidate_id", "subject", name=op.f("pk_mark")),
    )
    op.create_table(
        "mark_correction",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Uuid(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_mark_correction_reason_given")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_mark_correction_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["corrected_by"], ["user_account.id"], name=op.f("fk_mark_correction_corrected_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_correction")),
    )
    op.create_index(
        op.f("ix_mark_correction_candidate_id"), "mark_correction", ["candidate_id"], unique=False
    )
    op.create_table(
        "policy_bonus",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=False),
        sa.Column("proven_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_policy_bonus_points")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_policy_bonus_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user_account.id"], name=op.f("fk_policy_bonus_entered_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_bonus")),
        sa.UniqueConstraint("candidate_id", "name", name=op.f("uq_policy_bonus_candidate_id_name")),
    )
    op.create_table(
        "ranked_candidate",
        sa.Column("ranking_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("written", sa.Numeric(), nullable=True),
        sa.Column("written_rank", sa.Integer(), nullable=True),
        sa.Column("shortlisted", sa.Boolean(), nullable=False),
        sa.Column("substitution_round", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=True),
        sa.Column("final_rank", sa.Integer(), nullable=True),
        sa.Column("exclusion", sa.Text(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_ranked_candidate_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_ranked_candidate_position_id_position")
        ),
        sa.ForeignKeyConstraint(
            ["ranking_id"],
            ["call_ranking.id"],
            name=op.f("fk_ranked_candidate_ranking_id_call_ranking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ranking_id", "candidate_id", name=op.f("pk_ranked_candidate")),
    )
    op.create_index(
        op.f("ix_ranked_candidate_candidate_id"), "ranked_candidate", ["candidate_id"], unique=False
    )
    op.create_index(
        "ix_ranked_candidate_position", "ranked_candidate", ["ranking_id", "position_id"], unique=False
    )
    op.create_table(
        "recount",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_recount_reason_given")),
        sa.CheckConstraint("outcome IN ('unchanged', 'corrected')", name=op.f("ck_recount_outcome_known")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_recount_answered_whole")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["user_account.id"], name=op.f("fk_recount_answered_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_recount_candidate_id_candidate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recount")),
        sa.UniqueConstraint("candidate_id", "subject", name=op.f("uq_recount_candidate_id_subject")),
    )


def downgrade() -> None:
    op.drop_table("recount")
    op.drop_index("ix_ranked_candidate_position", table_name="ranked_candidate")
    op.drop_index(op.f("ix_ranked_candidate_candidate_id"), table_name="ranked_candidate")
    op.drop_table("ranked_candidate")
    op.drop_table("policy_bonus")
    op.drop_index(op.f("ix_mark_correction_candidate_id"), table_name="mark_correction")
    op.drop_table("mark_correction")
    op.drop_table("mark")
    op.drop_table("interview_slot")
    op.drop_table("interview_mark")
    op.drop_index(op.f("ix_interview_position_group_id"), table_name="interview_position")
    op.drop_table("interview_position")
    op.drop_table("examiner")
    op.drop_table("selection_plan")
    op.drop_index(
        "uq_mark_entry_open", table_name="mark_entry", postgresql_where=sa.text("agreed_at IS NULL")
    )
    op.drop_table("mark_entry")
    op.drop_table("interview_plan")
    op.drop_table("interview_group")
    op.drop_index(
        "uq_call_ranking_published",
        table_name="call_ranking",
        postgresql_where=sa.text("published_at IS NOT NULL AND withdrawn_at IS NULL"),
    )
    op.drop_index("ix_call_ranking_call", table_name="call_ranking")
    op.drop_table("call_ranking")
