"""Keep uploaded lists until their import, and the record of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "imports"
down_revision = "post"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_upload",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("import_name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("small", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("refused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'imported') = (content IS NULL)", name=op.f("ck_list_upload_content_until_imported")
        ),
        sa.CheckConstraint(
            "(state = 'imported') = (imported_at IS NOT NULL)", name=op.f("ck_list_upload_imported")
        ),
        sa.CheckConstraint("state <> 'read' OR result IS NOT NULL", name=op.f("ck_list_upload_read_result")),
        sa.CheckConstraint(
            "state IN ('waiting', 'read', 'confirmed', 'imported')", name=op.f("ck_list_upload_state")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name=op.f("fk_list_upload_uploaded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_upload")),
    )
    op.create_index(
        op.f("ix_list_upload_import_name"),
        "list_upload",
        ["import_name", "scope", "imported_at"],
        unique=False,
    )
    op.create_index(
        "ix_list_upload_to_do",
        "list_upload",
        ["touched_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'confirmed') AND failed_at IS NULL"),
    )
    op.create_index(op.f("ix_list_upload_uploaded_by"), "list_upload", ["uploaded_by"], unique=False)
    op.drop_index(op.f("ix_medical_upload_call_id"), table_name="medical_upload")
    op.drop_table("medical_upload")
    # Entries that nobody stood by yet: dry runs have a table of their own now.
    op.execute("DELETE FROM mark_entry WHERE confirmed_at IS NULL")


def downgrade() -> None:
    op.create_table(
        "medical_upload",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_medical_upload_call_id_call")),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name=op.f("fk_medical_upload_uploaded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medical_upload")),
    )
    op.create_index(op.f("ix_medical_upload_call_id"), "medical_upload", ["call_id"], unique=False)
    op.drop_index(op.f("ix_list_upload_uploaded_by"), table_name="list_upload")
    op.drop_index(
        "ix_list_upload_to_do",
        table_name="list_upload",
        postgresql_where=sa.text("state IN ('waiting', 'confirmed') AND failed_at IS NULL"),
    )
    op.drop_index(op.f("ix_list_upload_import_name"), table_name="list_upload")
    op.drop_table("list_upload")
