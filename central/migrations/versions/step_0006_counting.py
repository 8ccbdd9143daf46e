"""What is counted of each kiosk's submissions stands in the index alone."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index with what is counted, in place of the one without."""
    op.create_index("ix_submissions_counted", "submissions", ["kiosk", "generation", "verdict", "arrived_at"])
    op.drop_index("ix_submissions_kiosk_generation", table_name="submissions")


def downgrade() -> None:
    """The one without."""
    op.create_index("ix_submissions_kiosk_generation", "submissions", ["kiosk", "generation"])
    op.drop_index("ix_submissions_counted", table_name="submissions")
