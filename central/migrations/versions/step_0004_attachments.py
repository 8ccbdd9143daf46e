"""Attachments of submissions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import central.tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of attachments and their parts."""
    op.create_table(
        "attachments",
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("heard_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kiosk"], ["kiosks.id"], name=op.f("fk_attachments_kiosk")),
        sa.PrimaryKeyConstraint("kiosk", "sha256", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_heard_at"), "attachments", ["heard_at"])
    op.create_table(
        "attachment_parts",
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "sha256", "start", name=op.f("pk_attachment_parts")),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("attachment_parts")
    op.drop_index(op.f("ix_attachments_heard_at"), table_name="attachments")
    op.drop_table("attachments")
