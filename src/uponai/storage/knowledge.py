"""Knowledge bases and their sources; the sources' contents are files, not rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from uponai.storage.base import KnowledgeBase, KnowledgeSource
from uponai.storage.engine import Database
from uponai.storage.schema import knowledge_bases, knowledge_sources

_NAMES = (
    "knowledge_base_id",
    "workspace_id",
    "name",
    "status",
    "settings",
    "created_ms",
    "modified_ms",
)


class SqlKnowledgeBases:
    """``storage.base.KnowledgeBases`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, base: KnowledgeBase) -> None:
        values = {name: getattr(base, name) for name in _NAMES}
        async with self._database.writing() as connection:
            await connection.execute(knowledge_bases.insert().values(values))
            await _insert(connection, base.knowledge_base_id, base.sources, 0)

    async def get(self, knowledge_base_id: str, workspace_id: str) -> KnowledgeBase | None:
        query = sa.select(knowledge_bases).where(_mine(knowledge_base_id, workspace_id))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
            return None if row is None else (await _whole(connection, [row]))[0]

    async def all(self, workspace_id: str) -> list[KnowledgeBase]:
        c = knowledge_bases.c
        query = (
            sa.select(knowledge_bases)
            .where(c.workspace_id == workspace_id)
            .order_by(c.created_ms.desc(), c.knowledge_base_id.desc())
        )
        async with self._database.reading() as connection:
            return await _whole(connection, (await connection.execute(query)).mappings().all())

    async def add_sources(
        self,
        base: KnowledgeBase,
        sources: Sequence[KnowledgeSource],
        now_ms: int,
        limits: Mapping[str, int],
    ) -> KnowledgeBase | None:
        of = knowledge_sources.c.knowledge_base_id == base.knowledge_base_id
        async with self._database.writing() as connection:
            row = await _touch(connection, base, now_ms)
            if row is None:
                return None
            kinds = await connection.scalars(sa.select(knowledge_sources.c.kind).where(of))
            counted = Counter([*kinds, *(source.kind for source in sources)])
            for kind, limit in limits.items():
                if counted[kind] > limit:
                    raise ValueError(kind)
            last = sa.select(sa.func.max(knowledge_sources.c.position)).where(of)
            start = (await connection.scalar(last) or 0) + 1
            await _insert(connection, base.knowledge_base_id, sources, start)
            return (await _whole(connection, [row]))[0]

    async def delete_source(
        self, base: KnowledgeBase, source_id: str, now_ms: int
    ) -> KnowledgeBase | None:
        gone = knowledge_sources.delete().where(
            knowledge_sources.c.knowledge_base_id == base.knowledge_base_id,
            knowledge_sources.c.source_id == source_id,
        )
        async with self._database.writing() as connection:
            if (await connection.execute(gone)).rowcount == 0:
                return None
            row = await _touch(connection, base, now_ms)
            return None if row is None else (await _whole(connection, [row]))[0]

    async def delete(self, knowledge_base_id: str, workspace_id: str) -> bool:
        gone = knowledge_bases.delete().where(_mine(knowledge_base_id, workspace_id))
        async with self._database.writing() as connection:
            return (await connection.execute(gone)).rowcount == 1


def _mine(knowledge_base_id: str, workspace_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        knowledge_bases.c.knowledge_base_id == knowledge_base_id,
        knowledge_bases.c.workspace_id == workspace_id,
    )


async def _touch(
    connection: AsyncConnection, base: KnowledgeBase, now_ms: int
) -> RowMapping | None:
    """Locks the base's row; None when it is gone."""
    update = (
        knowledge_bases.update()
        .where(_mine(base.knowledge_base_id, base.workspace_id))
        .values(modified_ms=now_ms)
        .returning(*knowledge_bases.c)
    )
    return (await connection.execute(update)).mappings().first()


async def _insert(
    connection: AsyncConnection, id: str, sources: Sequence[KnowledgeSource], start: int
) -> None:
    rows = [
        {
            "source_id": source.source_id,
            "knowledge_base_id": id,
            "position": start + at,
            "kind": source.kind,
            "details": source.details,
        }
        for at, source in enumerate(sources)
    ]
    if rows:
        await connection.execute(knowledge_sources.insert(), rows)


async def _whole(connection: AsyncConnection, rows: Sequence[RowMapping]) -> list[KnowledgeBase]:
    bases = [KnowledgeBase(**{name: row[name] for name in _NAMES}) for row in rows]
    c = knowledge_sources.c
    query = (
        sa.select(knowledge_sources)
        .where(c.knowledge_base_id.in_([base.knowledge_base_id for base in bases]))
        .order_by(c.knowledge_base_id, c.position)
    )
    found: dict[str, list[KnowledgeSource]] = {}
    for row in (await connection.execute(query)).mappings():
        source = KnowledgeSource(row["source_id"], row["kind"], row["details"])
        found.setdefault(row["knowledge_base_id"], []).append(source)
    return [replace(base, sources=tuple(found.get(base.knowledge_base_id, ()))) for base in bases]
