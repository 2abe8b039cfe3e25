"""Run by Alembic: migrate on the connection that the caller opened, in its transaction."""

from __future__ import annotations

from alembic import context

from uponai.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
