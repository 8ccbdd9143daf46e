"""Settings of kiosks, set from here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import central.tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table of settings."""
    op.create_table(
        "kiosk_settings",
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("visit", sa.Text(), nullable=False),
        sa.Column("published_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", name=op.f("pk_kiosk_settings")),
    )


def downgrade() -> None:
    """Without it."""
    op.drop_table("kiosk_settings")
