"""Alembic's entry: runs the steps on the connection that `central.database.migrate` hands over."""

from __future__ import annotations

from alembic import context

from central.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
