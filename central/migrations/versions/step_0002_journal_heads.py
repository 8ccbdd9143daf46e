"""Signed heads of the kiosks' journals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table of heads."""
    op.create_table(
        "journal_heads",
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("countersigned_at", sa.String(length=40), nullable=False),
        sa.Column("countersignature", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "generation", "seq", name=op.f("pk_journal_heads")),
    )


def downgrade() -> None:
    """Without it."""
    op.drop_table("journal_heads")
