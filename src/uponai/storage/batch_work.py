"""The tasks of batches as a queue: what is due is claimed, what is over is judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from uponai.domain.batch import TASK_TRANSITIONS, TaskChange, TaskState
from uponai.domain.call import Call
from uponai.domain.limits import Admission
from uponai.storage.admission import Gate
from uponai.storage.base_batches import Batch, OpenBatch, Task
from uponai.storage.batches import BATCH_NAMES, TASK_NAMES, batch_of, task_of, tasks_of
from uponai.storage.call_rows import row_of
from uponai.storage.engine import Database, clean_text
from uponai.storage.schema import (
    IS_CALLING,
    IS_OPEN,
    IS_OVER,
    IS_WAITING,
    batch_calls,
    batch_tasks,
    calls,
)
from uponai.storage.schema_limits import concurrency

_NEAR_MS = 250


class SqlBatchWork:
    """``storage.base.BatchWork`` in SQL."""

    def __init__(self, database: Database, gate: Gate) -> None:
        self._database = database
        self._gate = gate

    async def forget_unopened(self, before_ms: int) -> int:
        old = (batch_calls.c.created_ms < before_ms) & batch_calls.c.opened_ms.is_(None)
        async with self._database.writing() as connection:
            gone = await connection.execute(batch_calls.delete().where(sa.text(IS_OPEN), old))
            return gone.rowcount

    async def opened(self) -> list[OpenBatch]:
        b, t = batch_calls.c, batch_tasks.c
        mine = t.batch_call_id == b.batch_call_id
        due = (
            sa.select(t.due_ms)
            .where(mine, sa.text(IS_WAITING))
            .order_by(t.due_ms)
            .limit(1)
            .correlate(batch_calls)
            .scalar_subquery()
        )
        busy = sa.or_(*(_any(mine, condition) for condition in (IS_CALLING, IS_OVER)))
        query = (
            sa.select(
                *(b[name] for name in BATCH_NAMES),
                due.label("due_ms"),
                busy.label("busy"),
                concurrency.c.wanted_until_ms,
            )
            .select_from(
                batch_calls.outerjoin(concurrency, concurrency.c.workspace_id == b.workspace_id)
            )
            .where(sa.text(IS_OPEN), b.opened_ms.is_not(None))
            .order_by(b.created_ms, b.batch_call_id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return [
                OpenBatch(
                    batch_of(row), row["due_ms"], bool(row["busy"]), row["wanted_until_ms"] or 0
                )
                for row in rows
            ]

    async def due(self, batch_call_id: str, now_ms: int, limit: int) -> list[Task]:
        t = batch_tasks.c
        query = (
            sa.select(batch_tasks)
            .where(t.batch_call_id == batch_call_id, sa.text(IS_WAITING), t.due_ms <= now_ms)
            .order_by(t.due_ms, t.position)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return await tasks_of(connection, query)

    async def claim(self, task: Task, call: Call, admission: Admission) -> bool:
        b = batch_calls.c
        going = (
            sa.exists()
            .where(b.batch_call_id == task.batch_call_id)
            .where(b.paused_ms.is_(None), b.cancelled_ms.is_(None))
        )
        values = {"call_id": call.call_id, "attempts": task.attempts + 1}
        async with self._database.writing() as connection:
            if not await _change(connection, task, TaskChange.CLAIM, values, going):
                return False
            await self._gate.admit(connection, call, admission, call.created_ms)
            await connection.execute(calls.insert().values(row_of(call)))
            await self._gate.record(connection, call, admission)
        return True

    async def defer(self, batch_call_id: str, due_ms: Mapping[int, int]) -> None:
        t = batch_tasks.c
        waiting = (t.batch_call_id == batch_call_id) & sa.text(IS_WAITING)
        until: dict[int, list[int]] = {}
        for position, at_ms in sorted(due_ms.items()):
            until.setdefault(at_ms, []).append(position)
        async with self._database.writing() as connection:
            for at_ms, positions in sorted(until.items()):
                later = batch_tasks.update().where(waiting, t.position.in_(positions))
                await connection.execute(later.values(due_ms=at_ms))

    async def refuse(self, task: Task, reason: str) -> bool:
        values = {"reason": clean_text(reason)}
        async with self._database.writing() as connection:
            return await _change(connection, task, TaskChange.FINISH, values)

    async def leave_slots(self, workspace_id: str, until_ms: int) -> None:
        c, b = concurrency.c, batch_calls.c
        going = sa.exists().where(sa.text(IS_OPEN), b.workspace_id == workspace_id)
        mine = (c.workspace_id == workspace_id, c.wanted_until_ms < until_ms - _NEAR_MS, going)

        # Refusals come in crowds, and most find the mark set: they only read.
        def unmarked(connection: sa.Connection) -> bool:
            return connection.scalar(sa.select(sa.exists().where(*mine))) is True

        def mark(connection: sa.Connection) -> None:
            connection.execute(concurrency.update().where(*mine).values(wanted_until_ms=until_ms))

        if await self._database.read(unmarked):
            await self._database.write(mark)

    async def over(self, limit: int) -> list[tuple[Batch, Task]]:
        b, t = batch_calls.c, batch_tasks.c
        query = (
            sa.select(
                *(t[name] for name in TASK_NAMES),
                *(b[name].label(f"b_{name}") for name in BATCH_NAMES),
            )
            .select_from(batch_tasks.join(batch_calls, t.batch_call_id == b.batch_call_id))
            .where(sa.text(IS_OVER))
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return [(_joined_batch(row), task_of(row)) for row in rows]

    async def settle(self, task: Task, redial_ms: int | None) -> bool:
        change = TaskChange.FINISH if redial_ms is None else TaskChange.REDIAL
        values = {} if redial_ms is None else {"due_ms": redial_ms}
        async with self._database.writing() as connection:
            return await _change(connection, task, change, values)

    async def close(self, batch_call_id: str, now_ms: int) -> bool:
        b, t = batch_calls.c, batch_tasks.c
        mine = t.batch_call_id == b.batch_call_id
        waits = _any(mine, IS_WAITING) & b.cancelled_ms.is_(None)
        closing = (
            batch_calls.update()
            .where(b.batch_call_id == batch_call_id, sa.text(IS_OPEN), ~waits)
            .where(*(~_any(mine, condition) for condition in (IS_CALLING, IS_OVER)))
            .values(closed_ms=now_ms)
        )
        async with self._database.writing() as connection:
            return (await connection.execute(closing)).rowcount == 1


async def task_ended(connection: AsyncConnection, call: Call) -> None:
    """In the transaction that ends ``call``: its task, if it has one, waits to be judged."""
    t, ending = batch_tasks.c, call.ending
    if call.batch_call_id is None or ending is None:
        return
    mine = (t.batch_call_id == call.batch_call_id, t.position == call.batch_task)
    values = {
        "state": TASK_TRANSITIONS[TaskState.CALLING, TaskChange.END].value,
        "reason": ending.reason,
        "answered": call.answered_ms is not None,
    }
    calling = (t.call_id == call.call_id, t.state == TaskState.CALLING.value)
    await connection.execute(batch_tasks.update().where(*mine, *calling).values(values))


def _joined_batch(row: RowMapping) -> Batch:
    return Batch(**{name: row[f"b_{name}"] for name in BATCH_NAMES})


async def _change(
    connection: AsyncConnection,
    task: Task,
    change: TaskChange,
    values: Mapping[str, Any],
    *more: sa.ColumnElement[bool],
) -> bool:
    """False when the task is no longer as it was read."""
    t = batch_tasks.c
    state = TASK_TRANSITIONS[task.state, change]
    same = (
        t.batch_call_id == task.batch_call_id,
        t.position == task.position,
        t.state == task.state.value,
        t.attempts == task.attempts,
    )
    update = batch_tasks.update().where(*same, *more).values(state=state.value, **values)
    return (await connection.execute(update)).rowcount == 1


def _any(mine: sa.ColumnElement[bool], condition: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(mine, sa.text(condition)).correlate(batch_calls)
