"""Staff say what they looked into: of a day that differs, and of an alarm."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import central.tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The keys that are known of, none so far; when an alarm was looked into, and by whom."""
    op.add_column("ledger_matches", sa.Column("known", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("alarms", sa.Column("done_at", central.tables.UtcTime(timezone=True), nullable=True))
    op.add_column("alarms", sa.Column("done_by", sa.String(length=64), nullable=False, server_default=""))


def downgrade() -> None:
    """Without them."""
    op.drop_column("alarms", "done_by")
    op.drop_column("alarms", "done_at")
    op.drop_column("ledger_matches", "known")
