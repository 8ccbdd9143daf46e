"""The log is read in its order, however much of it there is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ORDER = ["at", "kiosk", "seq"]
OF_A_DEVICE = sa.text("device <> ''")


def upgrade() -> None:
    """Indexes in the order of the log, by itself and within what its filter chooses, in place of those without."""
    op.create_index("ix_events_log", "events", ORDER)
    op.create_index("ix_events_log_of_kiosk", "events", ["kiosk", "at", "seq"])
    op.create_index("ix_events_log_of_event", "events", ["event", *ORDER])
    op.create_index(
        "ix_events_log_of_device", "events", ["device", *ORDER], sqlite_where=OF_A_DEVICE, postgresql_where=OF_A_DEVICE
    )
    op.drop_index("ix_events_at", table_name="events")
    op.drop_index("ix_events_event", table_name="events")


def downgrade() -> None:
    """Those without."""
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_event", "events", ["event"])
    for name in ("log", "log_of_kiosk", "log_of_event", "log_of_device"):
        op.drop_index(f"ix_events_{name}", table_name="events")
