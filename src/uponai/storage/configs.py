"""Agents, Retell LLMs and conversation flows: versioned JSON objects in one table."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import RowMapping

from uponai.storage.base import Family, Versioned
from uponai.storage.engine import Database
from uponai.storage.schema import configs

_NAMES = (
    "id",
    "workspace_id",
    "version",
    "config",
    "is_published",
    "base_version",
    "created_ms",
    "modified_ms",
    "extra",
)
_MINE = sa.select(configs).where(
    *(configs.c[name] == sa.bindparam(name) for name in ("family", "workspace_id", "id"))
)
_NEWEST = _MINE.order_by(configs.c.version.desc()).limit(1)
_EXACT = _MINE.where(configs.c.version == sa.bindparam("version"))


class SqlConfigs:
    """``storage.base.Configs`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, family: Family, item: Versioned) -> None:
        """Raises ValueError when that version exists already."""
        values = {"family": family, **_values(item)}
        async with self._database.writing() as connection:
            added = await self._database.add(connection, configs, values)
        if not added:
            raise ValueError(f"{item.id} has a version {item.version} already")

    async def get(
        self, family: Family, workspace_id: str, id: str, version: int | None = None
    ) -> Versioned | None:
        wanted: dict[str, Any] = {"family": family, "workspace_id": workspace_id, "id": id}
        if version is not None:
            wanted["version"] = version
        query = _NEWEST if version is None else _EXACT

        def get(connection: sa.Connection) -> RowMapping | None:
            return connection.execute(query, wanted).mappings().first()

        row = await self._database.read(get)
        return None if row is None else _item(row)

    async def versions(self, family: Family, workspace_id: str, id: str) -> list[Versioned]:
        query = sa.select(configs).where(_object(family, workspace_id, id))
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(configs.c.version.desc()))
            return [_item(row) for row in rows.mappings()]

    async def latest(
        self,
        family: Family,
        workspace_id: str,
        limit: int,
        *,
        ascending: bool = False,
        after: tuple[int, str] | None = None,
    ) -> list[Versioned]:
        higher = configs.alias()
        same = (higher.c.family == configs.c.family) & (higher.c.id == configs.c.id)
        overtaken = sa.exists().where(same & (higher.c.version > configs.c.version))
        keys = (configs.c.modified_ms, configs.c.id)
        query = (
            sa.select(configs)
            .where(configs.c.family == family, configs.c.workspace_id == workspace_id, ~overtaken)
            .order_by(*(key.asc() if ascending else key.desc() for key in keys))
            .limit(limit)
        )
        if after is not None:
            here, edge = sa.tuple_(*keys), sa.tuple_(*(sa.literal(value) for value in after))
            query = query.where(here > edge if ascending else here < edge)
        async with self._database.reading() as connection:
            return [_item(row) for row in (await connection.execute(query)).mappings()]

    async def many(
        self, family: Family, workspace_id: str, ids: Collection[str]
    ) -> dict[str, Versioned]:
        mine = (configs.c.family == family) & (configs.c.workspace_id == workspace_id)
        query = sa.select(configs).where(mine & configs.c.id.in_(tuple(ids)))
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(configs.c.version))
            return {str(row["id"]): _item(row) for row in rows.mappings()}

    async def mentioning(self, family: Family, workspace_id: str, text: str) -> list[Versioned]:
        mine = (configs.c.family == family) & (configs.c.workspace_id == workspace_id)
        holds = sa.cast(configs.c.config, sa.Text).contains(text, autoescape=True)
        query = sa.select(configs).where(mine & holds)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(configs.c.id, configs.c.version))
            return [_item(row) for row in rows.mappings()]

    async def update(
        self,
        family: Family,
        item: Versioned,
        *,
        seen_ms: int | None = None,
        even_published: bool = False,
    ) -> bool:
        mine = _object(family, item.workspace_id, item.id) & (configs.c.version == item.version)
        if not even_published:
            mine &= ~configs.c.is_published
        if seen_ms is not None:
            mine &= configs.c.modified_ms == seen_ms
        values = _values(item)
        for fixed in ("id", "workspace_id", "version", "created_ms"):
            del values[fixed]
        async with self._database.writing() as connection:
            result = await connection.execute(configs.update().where(mine).values(values))
            return result.rowcount == 1

    async def delete(self, family: Family, workspace_id: str, id: str) -> bool:
        """All versions."""
        gone = configs.delete().where(_object(family, workspace_id, id))
        async with self._database.writing() as connection:
            return (await connection.execute(gone)).rowcount > 0

    async def delete_version(
        self, family: Family, workspace_id: str, id: str, version: int
    ) -> bool:
        mine = _object(family, workspace_id, id) & (configs.c.version == version)
        async with self._database.writing() as connection:
            return (await connection.execute(configs.delete().where(mine))).rowcount == 1


def _object(family: Family, workspace_id: str, id: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        configs.c.family == family, configs.c.workspace_id == workspace_id, configs.c.id == id
    )


def _values(item: Versioned) -> dict[str, Any]:
    return {name: getattr(item, name) for name in _NAMES}


def _item(row: RowMapping) -> Versioned:
    return Versioned(**{name: row[name] for name in _NAMES})
