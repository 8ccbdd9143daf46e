"""The centre's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import central.tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The centre's first tables."""
    _kiosks()
    _keys()
    _ledger()
    _log()
    _people()


def _kiosks() -> None:
    """Kiosks, and what they say of themselves."""
    op.create_table(
        "kiosks",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("hall_en", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=6), nullable=False),
        sa.Column("hardware", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("revoked_at", central.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("out_of_service", sa.Boolean(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("journal_seq", sa.BigInteger(), nullable=False),
        sa.Column("journal_hash", sa.String(length=64), nullable=False),
        sa.Column("heard_at", central.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("queue_depth", sa.BigInteger(), nullable=False),
        sa.Column("queue_oldest_seconds", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged", sa.BigInteger(), nullable=False),
        sa.Column("disk_free_bytes", sa.BigInteger(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
    )
    with op.batch_alter_table("kiosks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kiosks_zone"), ["zone"], unique=False)
    op.create_table(
        "device_states",
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("trouble", sa.String(length=64), nullable=False),
        sa.Column("since", central.tables.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kiosk"], ["kiosks.id"], name=op.f("fk_device_states_kiosk")),
        sa.PrimaryKeyConstraint("kiosk", "device", name=op.f("pk_device_states")),
    )


def _keys() -> None:
    """How kiosks come to be, and what they sign with."""
    op.create_table(
        "enrolment_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("hall_en", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=6), nullable=False),
        sa.Column("expires_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("used_at", central.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrolment_codes")),
    )
    op.create_table(
        "nonces",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("seen_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "nonce", name=op.f("pk_nonces")),
    )
    with op.batch_alter_table("nonces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nonces_seen_at"), ["seen_at"], unique=False)
    op.create_table(
        "kiosk_keys",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("revoked_at", central.tables.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kiosk"], ["kiosks.id"], name=op.f("fk_kiosk_keys_kiosk")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_kiosk_keys")),
    )
    with op.batch_alter_table("kiosk_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kiosk_keys_kiosk"), ["kiosk"], unique=False)


def _ledger() -> None:
    """Submissions and their numbers; ratings."""
    op.create_table(
        "ratings",
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("item", sa.String(length=16), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(length=8), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_ratings")),
    )
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ratings_item"), ["item"], unique=False)
    op.create_table(
        "serials",
        sa.Column("day", sa.String(length=8), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_serials")),
    )
    op.create_table(
        "submissions",
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("receipt_number", sa.String(length=48), nullable=False),
        sa.Column("item", sa.String(length=16), nullable=False),
        sa.Column("submitted_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("arrived_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("progress_token", sa.String(length=43), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("acceptance_number", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk"], ["kiosks.id"], name=op.f("fk_submissions_kiosk")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_submissions")),
    )
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submissions_arrived_at"), ["arrived_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_item"), ["item"], unique=False)
        batch_op.create_index("ix_submissions_kiosk_generation", ["kiosk", "generation"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_receipt_number"), ["receipt_number"], unique=False)


def _log() -> None:
    """Journals and alarms."""
    op.create_table(
        "alarms",
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("first_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("last_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "code", "subject", name=op.f("pk_alarms")),
    )
    op.create_table(
        "events",
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("visit", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("arrived_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "generation", "seq", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_event"), ["event"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_visit"), ["visit"], unique=False)
    op.create_table(
        "events_aside",
        sa.Column("kiosk", sa.String(length=16), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("arrived_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "generation", "seq", "hash", name=op.f("pk_events_aside")),
    )


def _people() -> None:
    """Staff, tokens and the centre's own key."""
    op.create_table(
        "credential_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("expires_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("used_at", central.tables.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_credential_tokens")),
    )
    op.create_table(
        "server_keys",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_server_keys")),
    )
    op.create_table(
        "staff",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", central.tables.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_staff")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=43), nullable=False),
        sa.Column("used_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("expires_at", central.tables.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.name"], name=op.f("fk_staff_sessions_staff")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_sessions_staff"), ["staff"], unique=False)


def downgrade() -> None:
    """Back again."""
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submissions_receipt_number"))
        batch_op.drop_index("ix_submissions_kiosk_generation")
        batch_op.drop_index(batch_op.f("ix_submissions_item"))
        batch_op.drop_index(batch_op.f("ix_submissions_arrived_at"))

    op.drop_table("submissions")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_sessions_staff"))

    op.drop_table("staff_sessions")
    with op.batch_alter_table("kiosk_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kiosk_keys_kiosk"))

    op.drop_table("kiosk_keys")
    op.drop_table("device_states")
    op.drop_table("staff")
    op.drop_table("server_keys")
    op.drop_table("serials")
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ratings_item"))

    op.drop_table("ratings")
    with op.batch_alter_table("nonces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nonces_seen_at"))

    op.drop_table("nonces")
    with op.batch_alter_table("kiosks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kiosks_zone"))

    op.drop_table("kiosks")
    op.drop_table("events_aside")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_visit"))
        batch_op.drop_index(batch_op.f("ix_events_event"))
        batch_op.drop_index(batch_op.f("ix_events_at"))

    op.drop_table("events")
    op.drop_table("enrolment_codes")
    op.drop_table("credential_tokens")
    op.drop_table("alarms")
