"""Batches: one row each, and a row per task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from uponai.domain.batch import TaskState
from uponai.storage.base_batches import Batch, Task, TaskCount
from uponai.storage.engine import Database
from uponai.storage.schema import (
    IS_OPEN,
    batch_calls,
    batch_tasks,
)

BATCH_NAMES = tuple(field.name for field in fields(Batch))
TASK_NAMES = tuple(field.name for field in fields(Task))
_CHUNK = 1000


class SqlBatches:
    """``storage.base.Batches`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, batch: Batch) -> None:
        values = {name: getattr(batch, name) for name in BATCH_NAMES}
        async with self._database.writing() as connection:
            await connection.execute(batch_calls.insert().values(values))

    async def add_tasks(
        self, batch: Batch, first: int, requests: Sequence[Mapping[str, Any]]
    ) -> None:
        rows = [
            {
                "batch_call_id": batch.batch_call_id,
                "position": first + at,
                "request": request,
                "state": TaskState.WAITING.value,
                "due_ms": batch.trigger_ms,
            }
            for at, request in enumerate(requests)
        ]
        # A transaction per chunk, so that the calls in progress can write in between.
        for start in range(0, len(rows), _CHUNK):
            async with self._database.writing() as connection:
                await connection.execute(batch_tasks.insert(), rows[start : start + _CHUNK])

    async def open(self, batch_call_id: str, task_count: int, now_ms: int) -> None:
        values = {"task_count": task_count, "opened_ms": now_ms}
        mine = batch_calls.c.batch_call_id == batch_call_id
        async with self._database.writing() as connection:
            await connection.execute(batch_calls.update().where(mine).values(values))

    async def discard(self, batch_call_id: str) -> None:
        unopened = batch_calls.c.opened_ms.is_(None)
        mine = (batch_calls.c.batch_call_id == batch_call_id) & unopened
        async with self._database.writing() as connection:
            await connection.execute(batch_calls.delete().where(mine))

    async def get(self, workspace_id: str, batch_call_id: str) -> Batch | None:
        query = sa.select(batch_calls).where(*_of(workspace_id, batch_call_id))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else batch_of(row)

    async def newest(
        self, workspace_id: str, limit: int, before: tuple[int, str] | None = None
    ) -> list[Batch]:
        newest = (batch_calls.c.created_ms, batch_calls.c.batch_call_id)
        mine = (batch_calls.c.workspace_id == workspace_id, batch_calls.c.opened_ms.is_not(None))
        query = sa.select(batch_calls).where(*mine).order_by(*(c.desc() for c in newest))
        if before is not None:
            edge = sa.tuple_(*(sa.literal(value) for value in before))
            query = query.where(sa.tuple_(*newest) < edge)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.limit(limit))).mappings()
            return [batch_of(row) for row in rows]

    async def tasks(self, batch_call_id: str, after: int = -1, limit: int = 1000) -> list[Task]:
        t = batch_tasks.c
        query = sa.select(batch_tasks).where(t.batch_call_id == batch_call_id, t.position > after)
        async with self._database.reading() as connection:
            return await tasks_of(connection, query.order_by(t.position).limit(limit))

    async def counts(self, batch_call_id: str) -> list[TaskCount]:
        t = batch_tasks.c
        group = (t.state, t.reason, t.answered)
        query = sa.select(
            *group, sa.func.count().label("tasks"), sa.func.sum(t.attempts).label("attempts")
        )
        query = query.where(t.batch_call_id == batch_call_id).group_by(*group)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return [
                TaskCount(
                    TaskState(row["state"]),
                    row["reason"],
                    row["answered"],
                    row["tasks"],
                    int(row["attempts"]),
                )
                for row in rows
            ]

    async def mark(
        self,
        workspace_id: str,
        batch_call_id: str,
        what: Literal["pause", "resume", "cancel"],
        now_ms: int,
    ) -> Batch | None:
        b = batch_calls.c
        values: dict[str, Any] = {
            "pause": {"paused_ms": sa.func.coalesce(b.paused_ms, now_ms)},
            "resume": {"paused_ms": None},
            "cancel": {"cancelled_ms": now_ms},
        }[what]
        mine = _of(workspace_id, batch_call_id)
        going = (b.cancelled_ms.is_(None), sa.text(IS_OPEN))
        async with self._database.writing() as connection:
            await connection.execute(batch_calls.update().where(*mine, *going).values(values))
            row = (await connection.execute(sa.select(batch_calls).where(*mine))).mappings().first()
        return None if row is None else batch_of(row)


def _of(workspace_id: str, batch_call_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    b = batch_calls.c
    mine = (b.batch_call_id == batch_call_id, b.workspace_id == workspace_id)
    return (*mine, b.opened_ms.is_not(None))


def batch_of(row: RowMapping) -> Batch:
    return Batch(**{name: row[name] for name in BATCH_NAMES})


def task_of(row: RowMapping) -> Task:
    values: dict[str, Any] = {name: row[name] for name in TASK_NAMES}
    values["state"] = TaskState(row["state"])
    return Task(**values)


async def tasks_of(connection: AsyncConnection, query: sa.Select[Any]) -> list[Task]:
    return [task_of(row) for row in (await connection.execute(query)).mappings()]
