"""Alembic's folder: ``env`` runs a migration on the connection that ``storage.migrate`` gives it."""
