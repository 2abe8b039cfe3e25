"""Batches: one row each, and a row per task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from uponai.storage.base import Batch
from uponai.storage.engine import Database
from uponai.storage.schema import batch_calls, batch_tasks

_NAMES = (
    "batch_call_id",
    "workspace_id",
    "name",
    "from_number",
    "trigger_ms",
    "task_count",
    "settings",
    "created_ms",
)
_CHUNK = 1000


class SqlBatches:
    """``storage.base.Batches`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, batch: Batch, tasks: Sequence[Mapping[str, Any]]) -> None:
        rows = [
            {"batch_call_id": batch.batch_call_id, "position": at, "request": task}
            for at, task in enumerate(tasks)
        ]
        values = {name: getattr(batch, name) for name in _NAMES}
        async with self._database.writing() as connection:
            await connection.execute(batch_calls.insert().values(values))
            for start in range(0, len(rows), _CHUNK):
                await connection.execute(batch_tasks.insert(), rows[start : start + _CHUNK])

    async def get(self, workspace_id: str, batch_call_id: str) -> Batch | None:
        query = sa.select(batch_calls).where(
            batch_calls.c.batch_call_id == batch_call_id,
            batch_calls.c.workspace_id == workspace_id,
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else Batch(**{name: row[name] for name in _NAMES})

    async def tasks(self, batch_call_id: str) -> list[Mapping[str, Any]]:
        query = (
            sa.select(batch_tasks.c.request)
            .where(batch_tasks.c.batch_call_id == batch_call_id)
            .order_by(batch_tasks.c.position)
        )
        async with self._database.reading() as connection:
            return list(await connection.scalars(query))
