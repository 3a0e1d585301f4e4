"""Create the tables, and let nobody change what the journal and the access records say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from workflows.schema import protection, unprotection

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_record",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "detail",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint("action <> ''", name=op.f("ck_access_record_action_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_record")),
    )
    op.create_index(op.f("ix_access_record_at"), "access_record", ["at", "id"], unique=False)
    op.create_index(
        op.f("ix_access_record_subject_kind"),
        "access_record",
        ["subject_kind", "subject_id", "at"],
        unique=False,
    )
    op.create_index(op.f("ix_access_record_user_id"), "access_record", ["user_id", "at"], unique=False)
    op.create_table(
        "account_letter",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "body IS NOT NULL OR next_attempt_at IS NULL", name=op.f("ck_account_letter_due_with_body")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_letter")),
    )
    op.create_index(
        "ix_account_letter_due",
        "account_letter",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("body IS NOT NULL"),
    )
    op.create_table(
        "call",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("introduction", sa.Text(), server_default="", nullable=False),
        sa.Column("reference_date", sa.Date(), nullable=False),
        sa.Column("registration_opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("second_review", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("correction_hours", sa.Integer(), server_default=sa.text("48"), nullable=False),
        sa.Column("review_hours", sa.Integer(), server_default=sa.text("48"), nullable=False),
        sa.Column("hotline", sa.Text(), nullable=False),
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
        sa.CheckConstraint("correction_hours > 0 AND review_hours > 0", name=op.f("ck_call_hours")),
        sa.CheckConstraint(
            "registration_closes_at > registration_opens_at", name=op.f("ck_call_registration_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("slug", name=op.f("uq_call_slug")),
    )
    op.create_index(op.f("ix_call_owner_id"), "call", ["owner_id"], unique=False)
    op.create_table(
        "county",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefecture_code", sa.Text(), nullable=False),
        sa.Column("prefecture", sa.Text(), nullable=False),
        sa.Column("autonomous", sa.Boolean(), nullable=False),
        sa.Column("tibetan", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_county")),
    )
    op.create_index(op.f("ix_county_prefecture_code"), "county", ["prefecture_code"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("id_number_index", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("community_code", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column(
            "password_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("failed_logins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_enabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column(
            "recovery_codes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_user_account_name_given")),
        sa.CheckConstraint(
            "community_code ~ '^51\\d{10}$'", name=op.f("ck_user_account_community_code_form")
        ),
        sa.CheckConstraint(
            "email = lower(email) AND email LIKE '%%_@_%%'", name=op.f("ck_user_account_email_form")
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_user_account_sex_known")),
        sa.CheckConstraint(
            "(id_number IS NULL) = (id_number_index IS NULL)", name=op.f("ck_user_account_id_number_indexed")
        ),
        sa.CheckConstraint(
            "(phone IS NULL) = (phone_index IS NULL)", name=op.f("ck_user_account_phone_indexed")
        ),
        sa.CheckConstraint("failed_logins >= 0", name=op.f("ck_user_account_failed_logins_counted")),
        sa.CheckConstraint(
            "id_number IS NULL OR (birth_date IS NOT NULL AND sex IS NOT NULL)",
            name=op.f("ck_user_account_id_number_read"),
        ),
        sa.CheckConstraint(
            "totp_enabled_at IS NULL OR totp_secret IS NOT NULL",
            name=op.f("ck_user_account_totp_secret_kept"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("id_number_index", name=op.f("uq_user_account_id_number_index")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_user_account_phone_index")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_document_sha256")),
        sa.CheckConstraint("size > 0 AND width > 0 AND height > 0", name=op.f("ck_document_not_empty")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_document_owner_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_owner_id"), "document", ["owner_id"], unique=False)
    op.create_table(
        "dossier",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("ethnicity", sa.Text(), nullable=True),
        sa.Column("political_status", sa.Text(), nullable=True),
        sa.Column("party_joined_on", sa.Date(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column(
            "languages",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "declarations",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("has_commendations", sa.Boolean(), nullable=True),
        sa.Column("has_relatives", sa.Boolean(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_dossier_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("user_id", name=op.f("uq_dossier_user_id")),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("county_code IS NULL OR user_id IS NULL", name=op.f("ck_extension_one_scope")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_extension_call_id_call")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_extension_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_extension_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_extension_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_call_id"), "extension", ["call_id"], unique=False)
    op.create_table(
        "form_draft",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("closed_form", sa.Text(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("key <> ''", name=op.f("ck_form_draft_key_given")),
        sa.CheckConstraint(
            "data IS NOT NULL OR closed_form IS NOT NULL", name=op.f("ck_form_draft_open_or_closed")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_form_draft_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_form_draft")),
    )
    op.create_index(op.f("ix_form_draft_saved_at"), "form_draft", ["saved_at"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("outbox_id", name=op.f("uq_notice_outbox_id")),
    )
    op.create_index("ix_notice_inbox", "notice", ["user_id", "created_at"], unique=False)
    op.create_index(op.f("ix_notice_subject_id"), "notice", ["subject_id"], unique=False)
    op.create_table(
        "recusal",
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("cadre_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["cadre_id"], ["user_account.id"], name=op.f("fk_recusal_cadre_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["user_account.id"], name=op.f("fk_recusal_reviewer_id_user_account")
        ),
        sa.PrimaryKeyConstraint("reviewer_id", "cadre_id", name=op.f("pk_recusal")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sign_in_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_user_id"), "sign_in", ["user_id"], unique=False)
    op.create_table(
        "township",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_township_county_code_county")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_township")),
    )
    op.create_index(op.f("ix_township_county_code"), "township", ["county_code"], unique=False)
    op.create_table(
        "user_grant",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("area_code ~ '^51\\d{4}$'", name=op.f("ck_user_grant_area_code_form")),
        sa.CheckConstraint(
            "role <> 'county_reviewer' OR area_code !~ '00$'",
            name=op.f("ck_user_grant_county_reviewer_of_a_county"),
        ),
        sa.CheckConstraint(
            "role <> 'prefecture_reviewer' OR area_code ~ '^51(?!00)\\d\\d00$'",
            name=op.f("ck_user_grant_prefecture_reviewer_of_a_prefecture"),
        ),
        sa.CheckConstraint(
            "role IN ('cadre', 'county_reviewer', 'prefecture_reviewer', 'province_reviewer', 'admin', 'supervisor', 'system_admin')",
            name=op.f("ck_user_grant_role_known"),
        ),
        sa.CheckConstraint(
            "role NOT IN ('cadre', 'province_reviewer', 'system_admin') OR area_code = '510000'",
            name=op.f("ck_user_grant_role_of_the_province"),
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"],
            ["user_account.id"],
            name=op.f("fk_user_grant_granted_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_user_grant_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_grant")),
        sa.UniqueConstraint(
            "user_id", "role", "area_code", name=op.f("uq_user_grant_user_id_role_area_code")
        ),
    )
    op.create_index(op.f("ix_user_grant_role"), "user_grant", ["role", "area_code"], unique=False)
    op.create_table(
        "appraisal",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "result IN ('excellent', 'competent', 'basic', 'incompetent')", name=op.f("ck_appraisal_result")
        ),
        sa.CheckConstraint("year BETWEEN 1980 AND 2100", name=op.f("ck_appraisal_year")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_appraisal_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal")),
        sa.UniqueConstraint("dossier_id", "year", name=op.f("uq_appraisal_dossier_id_year")),
    )
    op.create_index(op.f("ix_appraisal_dossier_id"), "appraisal", ["dossier_id"], unique=False)
    op.create_table(
        "commendation",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("comprehensive", sa.Boolean(), nullable=True),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_commendation_dossier_id_dossier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commendation")),
    )
    op.create_index(op.f("ix_commendation_dossier_id"), "commendation", ["dossier_id"], unique=False)
    op.create_table(
        "community",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("township_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_community_township_code_township")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_community")),
    )
    op.create_index(op.f("ix_community_township_code"), "community", ["township_code"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("doubtful", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'claimed', 'leaving', 'sent', 'failed')", name=op.f("ck_delivery_status")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("notice_id", "channel", name=op.f("uq_delivery_notice_id_channel")),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'claimed', 'leaving')"),
    )
    op.create_table(
        "dossier_document",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('photo', 'id_card', 'tenure_proof', 'education_certificate', 'commendation_certificate', 'appraisal_form', 'other')",
            name=op.f("ck_dossier_document_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_dossier_document_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_document_dossier_id_dossier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_document")),
    )
    op.create_index(op.f("ix_dossier_document_dossier_id"), "dossier_document", ["dossier_id"], unique=False)
    op.create_table(
        "position",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("township_code", sa.Text(), nullable=True),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("education", sa.Text(), nullable=False),
        sa.Column(
            "conditions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("conditions_text", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("openings BETWEEN 1 AND 99", name=op.f("ck_position_openings")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_position_call_id_call")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_position_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_position_township_code_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("call_id", "code", name=op.f("uq_position_call_id_code")),
    )
    op.create_index(op.f("ix_position_call_id"), "position", ["call_id"], unique=False)
    op.create_index(op.f("ix_position_county_code"), "position", ["county_code"], unique=False)
    op.create_table(
        "relative",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_relative_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relative")),
    )
    op.create_index(op.f("ix_relative_dossier_id"), "relative", ["dossier_id"], unique=False)
    op.create_table(
        "schooling",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("major", sa.Text(), nullable=True),
        sa.Column("graduated_on", sa.Date(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "level IN ('primary', 'junior_middle', 'senior_high', 'secondary_vocational', 'junior_college', 'bachelor', 'master', 'doctorate')",
            name=op.f("ck_schooling_level"),
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_schooling_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schooling")),
    )
    op.create_index(op.f("ix_schooling_dossier_id"), "schooling", ["dossier_id"], unique=False)
    op.create_table(
        "application",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("verdict", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("verdict_outcome", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
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
            "state IN ('draft', 'withdrawn', 'lapsed') OR (receipt_number IS NOT NULL AND form IS NOT NULL AND submitted_at IS NOT NULL)",
            name=op.f("ck_application_submitted_is_complete"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_application_call_id_call")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_application_position_id_position")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("receipt_number", name=op.f("uq_application_receipt_number")),
    )
    op.create_index(op.f("ix_application_call_id"), "application", ["call_id"], unique=False)
    op.create_index(op.f("ix_application_owner_id"), "application", ["owner_id"], unique=False)
    op.create_index(op.f("ix_application_position_id"), "application", ["position_id"], unique=False)
    op.create_index(
        "ix_application_queue", "application", ["state", "area_code", "submitted_at", "id"], unique=False
    )
    op.create_index(
        "uq_application_active",
        "application",
        ["call_id", "owner_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('refused', 'withdrawn', 'lapsed')"),
    )
    op.create_table(
        "tenure",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("restructured", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "post IN ('party_secretary', 'committee_director', 'first_secretary', 'deputy_secretary', 'committee_member', 'other')",
            name=op.f("ck_tenure_post"),
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name=op.f("ck_tenure_order")),
        sa.ForeignKeyConstraint(
            ["community_code"], ["community.code"], name=op.f("fk_tenure_community_code_community")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_tenure_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenure")),
    )
    op.create_index(op.f("ix_tenure_dossier_id"), "tenure", ["dossier_id"], unique=False)
    op.create_table(
        "workflow_batch",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column(
            "actor",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="id, grants or name of the system",
        ),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "done", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="positions dealt with"
        ),
        sa.Column("moved", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_workflow_batch")),
    )
    op.create_table(
        "workflow_event",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "seq", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, 3 … for each subject"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "source",
            sa.Text(),
            sa.Computed("((body::json ->> 'source')::text)", persisted=False),
            nullable=True,
            comment="empty for the first event",
        ),
        sa.Column(
            "target",
            sa.Text(),
            sa.Computed("((body::json ->> 'target')::text)", persisted=False),
            nullable=True,
        ),
        sa.Column(
            "transition",
            sa.Text(),
            sa.Computed("((body::json ->> 'transition')::text)", persisted=False),
            nullable=True,
        ),
        sa.Column(
            "definition_version",
            sa.Integer(),
            sa.Computed("((body::json ->> 'version')::int)", persisted=False),
            nullable=True,
        ),
        sa.Column(
            "held",
            sa.Boolean(),
            sa.Computed("((body::json ->> 'held')::boolean)", persisted=False),
            nullable=True,
            comment="not yet known to the owner",
        ),
        sa.Column(
            "actor",
            sa.Text(),
            sa.Computed("((body::json ->> 'actor')::text)", persisted=False),
            nullable=True,
            comment="user id, or system:<name>",
        ),
        sa.Column(
            "role",
            sa.Text(),
            sa.Computed("((body::json ->> 'role')::text)", persisted=False),
            nullable=True,
            comment="in which capacity: a role, owner or system",
        ),
        sa.Column(
            "form",
            sa.JSON(),
            sa.Computed("((body::json -> 'form')::json)", persisted=False),
            nullable=True,
            comment="what the actor filled in",
        ),
        sa.PrimaryKeyConstraint("workflow", "subject_id", "seq", name=op.f("pk_workflow_event")),
    )
    op.create_table(
        "workflow_outbox",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False, comment="seq of the event that raised it"),
        sa.Column("notice", sa.Text(), nullable=False, comment="the notice's name in the definition"),
        sa.Column("recipient", sa.Uuid(), nullable=True, comment="user id"),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("held", sa.Boolean(), nullable=False, comment="not to be sent before it is released"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True, comment="empty while held"),
        sa.Column(
            "cancelled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the held outcome was taken back",
        ),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True, comment="how it finished"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_outbox")),
    )
    op.create_index(
        "ix_workflow_outbox_open",
        "workflow_outbox",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_index("ix_workflow_outbox_subject", "workflow_outbox", ["subject_id", "event"], unique=False)
    op.create_table(
        "workflow_request",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="the event it led to"),
        sa.PrimaryKeyConstraint("workflow", "subject_id", "key", name=op.f("pk_workflow_request")),
    )
    op.create_table(
        "workflow_seal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, 3 …"),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("prev_root", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_seal")),
    )
    op.create_table(
        "workflow_timer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False, comment="seq of the event that set it"),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "next_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="due, or the next try after a refusal",
        ),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "refusal",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="reasons of the last refusal",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True, comment="fired or cleared"),
        sa.Column(
            "ended_by",
            sa.Integer(),
            nullable=True,
            comment="seq of the event that it fired or that cleared it",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_timer")),
    )
    op.create_index(
        "ix_workflow_timer_next",
        "workflow_timer",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_workflow_timer_pending",
        "workflow_timer",
        ["workflow", "subject_id", "name"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "workflow_batch_item",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="state_version when the batch began"),
        sa.Column("outcome", sa.Text(), nullable=True, comment="moved or excluded"),
        sa.Column(
            "reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="why it was excluded"
        ),
        sa.ForeignKeyConstraint(
            ["key"], ["workflow_batch.key"], name=op.f("fk_workflow_batch_item_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "position", name=op.f("pk_workflow_batch_item")),
    )
    op.create_table(
        "workflow_seal_leaf",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("seal_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seal_id"],
            ["workflow_seal.id"],
            name=op.f("fk_workflow_seal_leaf_seal_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("workflow", "subject_id", "seq", name=op.f("pk_workflow_seal_leaf")),
    )
    op.create_index(
        "ix_workflow_seal_leaf_seal",
        "workflow_seal_leaf",
        ["seal_id", "workflow", "subject_id"],
        unique=False,
    )

    for statement in protection():
        op.execute(statement)
    op.execute(
        "CREATE TRIGGER access_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_record "
        "FOR EACH STATEMENT EXECUTE FUNCTION workflow_append_only()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER access_record_append_only ON access_record")
    for statement in unprotection():
        op.execute(statement)
    op.drop_index("ix_workflow_seal_leaf_seal", table_name="workflow_seal_leaf")
    op.drop_table("workflow_seal_leaf")
    op.drop_table("workflow_batch_item")
    op.drop_index(
        "uq_workflow_timer_pending", table_name="workflow_timer", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index(
        "ix_workflow_timer_next", table_name="workflow_timer", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_table("workflow_timer")
    op.drop_table("workflow_seal")
    op.drop_table("workflow_request")
    op.drop_index("ix_workflow_outbox_subject", table_name="workflow_outbox")
    op.drop_index(
        "ix_workflow_outbox_open",
        table_name="workflow_outbox",
        postgresql_where=sa.text("finished_at IS NULL AND cancelled_at IS NULL"),
    )
    op.drop_table("workflow_outbox")
    op.drop_table("workflow_event")
    op.drop_table("workflow_batch")
    op.drop_index(op.f("ix_tenure_dossier_id"), table_name="tenure")
    op.drop_table("tenure")
    op.drop_index(
        "uq_application_active",
        table_name="application",
        postgresql_where=sa.text("state NOT IN ('refused', 'withdrawn', 'lapsed')"),
    )
    op.drop_index("ix_application_queue", table_name="application")
    op.drop_index(op.f("ix_application_position_id"), table_name="application")
    op.drop_index(op.f("ix_application_owner_id"), table_name="application")
    op.drop_index(op.f("ix_application_call_id"), table_name="application")
    op.drop_table("application")
    op.drop_index(op.f("ix_schooling_dossier_id"), table_name="schooling")
    op.drop_table("schooling")
    op.drop_index(op.f("ix_relative_dossier_id"), table_name="relative")
    op.drop_table("relative")
    op.drop_index(op.f("ix_position_county_code"), table_name="position")
    op.drop_index(op.f("ix_position_call_id"), table_name="position")
    op.drop_table("position")
    op.drop_index(op.f("ix_dossier_document_dossier_id"), table_name="dossier_document")
    op.drop_table("dossier_document")
    op.drop_index(
        "ix_delivery_due",
        table_name="delivery",
        postgresql_where=sa.text("status IN ('pending', 'claimed', 'leaving')"),
    )
    op.drop_table("delivery")
    op.drop_index(op.f("ix_community_township_code"), table_name="community")
    op.drop_table("community")
    op.drop_index(op.f("ix_commendation_dossier_id"), table_name="commendation")
    op.drop_table("commendation")
    op.drop_index(op.f("ix_appraisal_dossier_id"), table_name="appraisal")
    op.drop_table("appraisal")
    op.drop_index(op.f("ix_user_grant_role"), table_name="user_grant")
    op.drop_table("user_grant")
    op.drop_index(op.f("ix_township_county_code"), table_name="township")
    op.drop_table("township")
    op.drop_index(op.f("ix_sign_in_user_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_table("recusal")
    op.drop_index(op.f("ix_notice_subject_id"), table_name="notice")
    op.drop_index("ix_notice_inbox", table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_form_draft_saved_at"), table_name="form_draft")
    op.drop_table("form_draft")
    op.drop_index(op.f("ix_extension_call_id"), table_name="extension")
    op.drop_table("extension")
    op.drop_table("dossier")
    op.drop_index(op.f("ix_document_owner_id"), table_name="document")
    op.drop_table("document")
    op.drop_table("user_account")
    op.drop_index(op.f("ix_county_prefecture_code"), table_name="county")
    op.drop_table("county")
    op.drop_index(op.f("ix_call_owner_id"), table_name="call")
    op.drop_table("call")
    op.drop_index(
        "ix_account_letter_due", table_name="account_letter", postgresql_where=sa.text("body IS NOT NULL")
    )
    op.drop_table("account_letter")
    op.drop_index(op.f("ix_access_record_user_id"), table_name="access_record")
    op.drop_index(op.f("ix_access_record_subject_kind"), table_name="access_record")
    op.drop_index(op.f("ix_access_record_at"), table_name="access_record")
    op.drop_table("access_record")
