"""Limits of workspaces, pacing, drawn variants, numbers not to be called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from uponai.domain.call import CallState
from uponai.domain.limits import InUse, OverLimit, Pace, Slowdown, Turn, VariantCount
from uponai.storage.admission import Gate
from uponai.storage.call_rows import call_of
from uponai.storage.engine import Database
from uponai.storage.schema import calls
from uponai.storage.schema_limits import (
    call_variants,
    concurrency,
    do_not_call,
    limits,
    pace_slowdowns,
)

_SETTINGS = sa.select(limits.c.settings).where(limits.c.workspace_id == sa.bindparam("wanted"))

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class SqlLimits:
    """``storage.base.Limits`` in SQL."""

    def __init__(self, database: Database, gate: Gate) -> None:
        self._database = database
        self._gate = gate

    async def settings(self, workspace_id: str) -> Mapping[str, Any]:
        def get(connection: sa.Connection) -> Mapping[str, Any] | None:
            return connection.scalar(_SETTINGS, {"wanted": workspace_id})

        return await self._database.read(get) or {}

    async def change_settings(
        self, workspace_id: str, change: Change, now_ms: int
    ) -> Mapping[str, Any]:
        mine = limits.c.workspace_id == workspace_id
        nothing: dict[str, Any] = {}
        new = {"workspace_id": workspace_id, "settings": nothing, "modified_ms": now_ms}
        async with self._database.writing() as connection:
            await self._database.add(connection, limits, new)
            locked = sa.select(limits.c.settings).where(mine).with_for_update()
            changed = change(await connection.scalar(locked) or {})
            update = limits.update().where(mine)
            await connection.execute(update.values(settings=changed, modified_ms=now_ms))
        return changed

    async def in_use(self, workspace_id: str) -> InUse:
        mine = concurrency.c.workspace_id == workspace_id
        query = sa.select(concurrency.c.outbound, concurrency.c.inbound).where(mine)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return InUse() if row is None else InUse(row.outbound, row.inbound)

    async def take_slot(self, call_id: str, ceiling: int, reserved: int = 0) -> bool:
        query = sa.select(calls).where(calls.c.call_id == call_id).with_for_update()
        async with self._database.writing() as connection:
            row = (await connection.execute(query)).mappings().first()
            if row is None or row["state"] == CallState.ENDED.value:
                return False
            return await self._gate.take_slot(connection, call_of(row), ceiling, reserved)

    async def pace(self, paces: Sequence[Pace], now_ms: int) -> Turn:
        try:
            async with self._database.writing() as connection:
                return Turn(slots=await self._gate.take_paces(connection, paces, now_ms))
        except OverLimit as over:
            return Turn(over.wait_ms)

    async def went(self, turn: Turn, now_ms: int) -> None:
        async with self._database.writing() as connection:
            await connection.run_sync(self._gate.slots.stamp, turn.slots, now_ms)

    async def slowdown(self, key: str) -> Slowdown:
        query = sa.select(pace_slowdowns).where(pace_slowdowns.c.key == key)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return Slowdown() if row is None else Slowdown(row.level, row.since_ms)

    async def change_slowdown(self, key: str, change: Callable[[Slowdown], Slowdown]) -> Slowdown:
        table = pace_slowdowns
        async with self._database.writing() as connection:
            await self._database.add(connection, table, {"key": key, "level": 0, "since_ms": 0})
            locked = sa.select(table).where(table.c.key == key).with_for_update()
            row = (await connection.execute(locked)).one()
            changed = change(Slowdown(row.level, row.since_ms))
            values = {"level": changed.level, "since_ms": changed.since_ms}
            await connection.execute(table.update().where(table.c.key == key).values(values))
        return changed

    async def variants(self, workspace_id: str, phone_number: str) -> list[VariantCount]:
        v, c = call_variants.c, calls.c
        success = c.analysis["call_successful"].as_boolean()
        ended, picked_up = c.state == CallState.ENDED.value, c.answered_ms.is_not(None)
        duration = sa.cast(c.duration_ms, sa.Float)
        timed = sa.and_(ended, picked_up, c.duration_ms.is_not(None))
        group = (v.agent_id, v.agent_version, v.weight)
        query = (
            sa.select(
                *group,
                sa.func.count().label("calls"),
                _sum(ended).label("finished"),
                _sum(picked_up).label("picked_up"),
                _sum(success.is_not(None)).label("analysed"),
                _sum(success.is_(True)).label("successful"),
                _sum(timed).label("timed"),
                _sum(timed, duration).label("duration_sum_ms"),
                _sum(timed, duration * duration).label("duration_squares_ms2"),
            )
            .select_from(call_variants.join(calls, v.call_id == c.call_id))
            .where(v.workspace_id == workspace_id, v.phone_number == phone_number)
            .group_by(*group)
            .order_by(*group)
        )
        async with self._database.reading() as connection:
            return [VariantCount(**row) for row in (await connection.execute(query)).mappings()]

    async def may_not_be_called(self, workspace_id: str, phone_number: str) -> bool:
        query = sa.select(do_not_call.c.since_ms).where(*_contact(workspace_id, phone_number))
        async with self._database.reading() as connection:
            return await connection.scalar(query) is not None

    async def set_do_not_call(
        self, workspace_id: str, phone_number: str, now_ms: int, *, wanted: bool
    ) -> None:
        values = {"workspace_id": workspace_id, "phone_number": phone_number, "since_ms": now_ms}
        async with self._database.writing() as connection:
            if wanted:
                await self._database.add(connection, do_not_call, values)
            else:
                gone = do_not_call.delete().where(*_contact(workspace_id, phone_number))
                await connection.execute(gone)


def _sum(
    condition: sa.ColumnElement[bool], value: sa.ColumnElement[Any] | int = 1
) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, value), else_=0)), 0)


def _contact(workspace_id: str, phone_number: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        do_not_call.c.workspace_id == workspace_id,
        do_not_call.c.phone_number == phone_number,
    )
