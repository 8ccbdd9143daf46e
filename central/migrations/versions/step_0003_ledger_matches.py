"""The daily match of kiosks' queues with the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import central.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table of compared days, and the index that finds a day."""
    op.create_table(
        "ledger_matches",
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("day", sa.String(length=8), nullable=False),
        sa.Column("compared_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("acknowledged", sa.BigInteger(), nullable=False),
        sa.Column("in_centre", sa.BigInteger(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk"], ["kiosks.id"], name=op.f("fk_ledger_matches_kiosk")),
        sa.PrimaryKeyConstraint("kiosk", "day", name=op.f("pk_ledger_matches")),
    )
    op.create_index("ix_submissions_kiosk_submitted_at", "submissions", ["kiosk", "submitted_at"])


def downgrade() -> None:
    """Without them."""
    op.drop_index("ix_submissions_kiosk_submitted_at", table_name="submissions")
    op.drop_table("ledger_matches")
