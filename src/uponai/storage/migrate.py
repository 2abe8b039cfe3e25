"""Bring a database to the newest schema; hosts that start together do it one after the other.

A new database gets the tables at once and is stamped; an older one walks through the revisions in
``migrations/versions`` (a test keeps both ways equal). Habit: a schema moves in two steps, so that
the release before and the release after the step both run on it: first add (nullable columns,
tables, indexes) and write both, then, a release later, drop what nobody reads any more.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from uponai.storage.engine import Database
from uponai.storage.schema_carriers import metadata

HEAD = "0006"
_ALL_HOSTS = 0x55504F4E  # any number, the same in every release

_revisions = sa.table("alembic_version", sa.column("version_num", sa.String(32)))


async def migrate(database: Database) -> None:
    """Raises ValueError when the database is of a newer release than this code."""
    async with database.writing() as connection:
        if database.is_sqlite:
            await connection.run_sync(_migrate)
            return
        from uponai.storage.patience import patient

        async with patient(connection):
            lock = sa.func.pg_advisory_xact_lock(_ALL_HOSTS)
            await connection.execute(sa.select(lock))
            await connection.run_sync(_migrate)


def _migrate(connection: sa.Connection) -> None:
    if not sa.inspect(connection).has_table("alembic_version"):
        metadata.create_all(connection)
        stamp(connection, HEAD)
    elif connection.scalar(sa.select(_revisions.c.version_num)) != HEAD:
        upgrade(connection)


def stamp(connection: sa.Connection, revision: str) -> None:
    """Write which revision a new database has."""
    column = sa.Column("version_num", sa.String(32), nullable=False)
    key = sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc")
    sa.Table("alembic_version", sa.MetaData(), column, key).create(connection)
    connection.execute(sa.insert(_revisions).values(version_num=revision))


def upgrade(connection: sa.Connection) -> None:
    """Walk the revisions up to the newest, in the transaction of ``connection``."""
    # Alembic costs a third of a second to import, and most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise ValueError(
            f"this database cannot be migrated by this release of UponAI: {error}"
        ) from error
