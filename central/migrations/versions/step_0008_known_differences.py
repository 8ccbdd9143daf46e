"""Of a day that differs it is noted what staff know of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The keys that are known of, none so far."""
    op.add_column("ledger_matches", sa.Column("known", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Without them."""
    op.drop_column("ledger_matches", "known")
