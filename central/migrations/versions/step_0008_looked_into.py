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
    """The keys that are known of, none so far; when an alarm was looked into, and by whom: one whose day agrees is over."""
    op.add_column("ledger_matches", sa.Column("known", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("alarms", sa.Column("done_at", central.tables.UtcTime(timezone=True), nullable=True))
    op.add_column("alarms", sa.Column("done_by", sa.String(length=64), nullable=False, server_default=""))
    day = "FROM ledger_matches AS m WHERE m.kiosk = alarms.kiosk AND m.day = alarms.subject AND m.agrees"
    mended = f"code = 'ledger-differs' AND EXISTS (SELECT 1 {day})"
    op.execute(f"UPDATE alarms SET done_at = (SELECT m.compared_at {day}) WHERE {mended}")  # noqa: S608 - constants


def downgrade() -> None:
    """Without them."""
    op.drop_column("alarms", "done_by")
    op.drop_column("alarms", "done_at")
    op.drop_column("ledger_matches", "known")
