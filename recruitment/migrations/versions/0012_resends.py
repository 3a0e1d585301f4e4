"""Count how often a failed notice was sent anew."""

import sqlalchemy as sa
from alembic import op

revision = "resends"
down_revision = "appointments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("resends", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("delivery", "resends")
