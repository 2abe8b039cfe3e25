"""A new database and one that walked through all revisions have the same schema."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.storage.worlds import ORG, a_call

import uponai.storage
from uponai.storage.engine import open_database
from uponai.storage.migrate import HEAD, migrate, stamp, upgrade
from uponai.storage.schema import metadata
from uponai.storage.sql import open_storage


def test_the_code_knows_the_newest_revision() -> None:
    config = Config()
    folder = Path(uponai.storage.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


@pytest.mark.filterwarnings("ignore:.*expression-based index")
async def test_walking_the_revisions_gives_the_schema_of_the_code(url: str) -> None:
    database = open_database(url)
    async with database.writing() as connection:
        await connection.run_sync(upgrade)
        walked = await connection.run_sync(_as_text)
        differences = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c), metadata)
        )
        assert differences == []
        assert await connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == HEAD
        await connection.run_sync(metadata.drop_all)
        await connection.execute(sa.text("DROP TABLE alembic_version"))
    await migrate(database)
    async with database.reading() as connection:
        assert await connection.run_sync(_as_text) == walked
    await database.aclose()


def _as_text(connection: sa.Connection) -> list[str]:
    """The schema as the database itself tells it, partial indexes and cascades included."""
    inspector = sa.inspect(connection)
    said: list[str] = []
    for table in sorted(inspector.get_table_names()):
        for part in (
            inspector.get_columns(table),
            inspector.get_indexes(table),
            inspector.get_foreign_keys(table),
            [inspector.get_pk_constraint(table)],
        ):
            said += sorted(f"{table} {_plain(item)}" for item in part)
    if connection.dialect.name == "sqlite":
        # SQLAlchemy does not reflect indexes over expressions here: SQLite's own words.
        indexes = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        said += sorted(connection.scalars(indexes))
    return said


def _plain(item: object) -> object:
    if isinstance(item, dict):
        return sorted((key, _plain(value)) for key, value in item.items())
    return str(item)


async def test_hosts_that_start_together_migrate_once(url: str) -> None:
    opened = await asyncio.gather(*(open_storage(url) for _ in range(4)))
    await opened[0].calls.add(a_call())
    assert await opened[3].calls.get("call_1", ORG) == a_call()
    for storage in opened:
        await storage.aclose()


async def test_a_database_of_a_newer_release_is_left_alone(url: str) -> None:
    database = open_database(url)
    async with database.writing() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.run_sync(lambda c: stamp(c, "9999"))
    await database.aclose()
    with pytest.raises(ValueError, match="cannot be migrated"):
        await open_storage(url)


async def test_a_temporary_database_outlives_a_cancelled_request() -> None:
    storage = await open_storage("sqlite://")
    calls = [a_call(f"call_{number}") for number in range(10)]
    await asyncio.gather(*(storage.calls.add(call) for call in calls))
    for _ in range(20):
        reading = asyncio.gather(*(storage.calls.get(call.call_id) for call in calls))
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    read = await asyncio.gather(*(storage.calls.get(call.call_id) for call in calls))
    assert read == calls
    await storage.aclose()
