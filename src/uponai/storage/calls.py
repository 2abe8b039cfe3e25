"""The calls: compare-and-set by state table and fence, leases, idempotency keys.

A change reads the call's state and fence under the row's lock (SQLite: as the only writer), asks
the state table, writes, and adds the webhooks that tell of it, in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from uponai.domain.call import TRANSITIONS, Call, CallChange, CallState
from uponai.domain.ending import Ending
from uponai.domain.limits import Admission
from uponai.storage.admission import Gate
from uponai.storage.base import CallQuery, KeySpent, Tell, tell_nobody
from uponai.storage.batch_work import task_ended
from uponai.storage.call_rows import call_of, ending_columns, row_of, settable
from uponai.storage.engine import Database, clean_text
from uponai.storage.outbox import post
from uponai.storage.schema import (
    IS_LIVE,
    IS_QUEUED,
    LISTED_MS,
    calls,
    idempotency_keys,
    post_calls,
)

IDEMPOTENT_FOR_MS = 3_600_000
_CHUNK = 500
_ADD = calls.insert()
_LISTED_MS: sa.ColumnElement[int] = sa.literal_column(LISTED_MS, sa.BigInteger)
_GET = sa.select(calls).where(calls.c.call_id == sa.bindparam("wanted"))


class SqlCalls:
    """``storage.base.Calls`` in SQL."""

    def __init__(self, database: Database, gate: Gate) -> None:
        self._database = database
        self._gate = gate

    async def add(
        self,
        call: Call,
        *,
        idempotency_key: str | None = None,
        admission: Admission | None = None,
    ) -> Call:
        slots = self._gate.slots

        def add(connection: sa.Connection) -> Call:
            if idempotency_key is not None:
                former = self._claim_key(connection, call, idempotency_key)
                if former is not None:
                    return former
            if admission is not None:
                slots.admit(connection, call, admission, call.created_ms)
            connection.execute(_ADD, row_of(call))
            if admission is not None:
                slots.record(connection, call, admission)
            return call

        return await self._database.write(add)

    def _claim_key(self, connection: sa.Connection, call: Call, key: str) -> Call | None:
        """None when the key is now this call's; else the call that has it. Raises KeySpent."""
        values = {
            "workspace_id": call.workspace_id,
            "key": key,
            "call_id": call.call_id,
            "created_ms": call.created_ms,
        }
        keys = idempotency_keys
        mine = (keys.c.workspace_id == call.workspace_id) & (keys.c.key == key)
        old = keys.c.created_ms <= call.created_ms - IDEMPOTENT_FOR_MS
        connection.execute(keys.delete().where(mine, old))
        if self._database.add_now(connection, keys, values):
            return None
        former_id = connection.scalar(sa.select(keys.c.call_id).where(mine))
        row = connection.execute(_GET, {"wanted": former_id}).mappings().first()
        if row is None:
            raise KeySpent(key)
        return call_of(row)

    async def get(self, call_id: str, workspace_id: str | None = None) -> Call | None:
        if clean_text(call_id) != call_id:
            return None

        def get(connection: sa.Connection) -> RowMapping | None:
            return connection.execute(_GET, {"wanted": call_id}).mappings().first()

        row = await self._database.read(get)
        if row is None or workspace_id not in (None, row["workspace_id"]):
            return None
        return call_of(row)

    async def find(self, query: CallQuery) -> list[Call]:
        async with self._database.reading() as connection:
            return await _all(connection, page_of_calls(query))

    async def count(self, query: CallQuery) -> int:
        select = sa.select(sa.func.count()).select_from(calls).where(*_conditions(query))
        async with self._database.reading() as connection:
            return await connection.scalar(select) or 0

    async def lease_due(self, holder: str, now_ms: int, lease_ms: int, limit: int) -> list[Call]:
        due = (
            sa.select(calls.c.call_id)
            .where(sa.text(IS_QUEUED), calls.c.due_ms <= now_ms)
            .order_by(calls.c.due_ms, calls.c.created_ms)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        lease = calls.update().values(
            state=CallState.LEASED.value,
            fence=calls.c.fence + 1,
            lease_holder=holder,
            lease_until_ms=now_ms + lease_ms,
        )
        async with self._database.writing() as connection:
            ids = (await connection.scalars(due)).all()
            if not ids:
                return []
            leased = await _all(
                connection, lease.where(calls.c.call_id.in_(ids)).returning(*calls.c)
            )
        return sorted(leased, key=lambda call: (call.due_ms, call.created_ms))

    async def take_over(
        self, call_id: str, holder: str, fence: int, now_ms: int, lease_ms: int
    ) -> Call | None:
        take = (
            calls.update()
            .where(calls.c.call_id == call_id, calls.c.fence == fence, sa.text(IS_LIVE))
            .values(lease_holder=holder, lease_until_ms=now_ms + lease_ms)
            .returning(*calls.c)
        )
        async with self._database.writing() as connection:
            return await _one(connection, take)

    async def renew(
        self, call_ids: Sequence[str], holder: str, now_ms: int, lease_ms: int
    ) -> set[str]:
        held: set[str] = set()
        ordered = sorted(set(call_ids))
        for start in range(0, len(ordered), _CHUNK):
            chunk = ordered[start : start + _CHUNK]
            mine = (
                sa.select(calls.c.call_id)
                .where(calls.c.call_id.in_(chunk), calls.c.lease_holder == holder)
                .where(sa.text(IS_LIVE))
                .order_by(calls.c.call_id)
                .with_for_update()
            )
            async with self._database.writing() as connection:
                ids = (await connection.scalars(mine)).all()
                renewal = calls.update().where(calls.c.call_id.in_(ids))
                await connection.execute(renewal.values(lease_until_ms=now_ms + lease_ms))
            held.update(ids)
        return held

    async def change(
        self,
        call_id: str,
        fence: int,
        change: CallChange,
        fields: Mapping[str, Any],
        tell: Tell = tell_nobody,
    ) -> Call | None:
        if change in (CallChange.END, CallChange.LEASE):
            raise ValueError(f"{change} has a method of its own")
        values = settable(fields)
        if change in (CallChange.RELEASE, CallChange.PUT_BACK):
            values |= {"lease_holder": None, "lease_until_ms": 0}
        elif change is CallChange.JOIN:
            values |= {"fence": fence + 1}
        async with self._database.writing() as connection:
            state = await _state_after(connection, call_id, fence, change)
            if state is None:
                return None
            values |= {"state": state.value}
            values["status"] = "ongoing" if state is CallState.ANSWERED else "registered"
            return await _write(connection, call_id, values, tell)

    async def end(
        self,
        call_id: str,
        fence: int | None,
        ending: Ending,
        fields: Mapping[str, Any],
        tell: Tell = tell_nobody,
    ) -> Call | None:
        values = settable(fields) | ending_columns(ending)
        values |= {"status": ending.kind.status, "lease_holder": None, "lease_until_ms": 0}
        async with self._database.writing() as connection:
            state = await _state_after(connection, call_id, fence, CallChange.END)
            if state is None:
                return None
            call = await _write(connection, call_id, values | {"state": state.value}, tell)
            owed = {"call_id": call_id, "due_ms": 0, "attempts": 0}
            await connection.execute(post_calls.insert().values(owed))
            await task_ended(connection, call)
            await self._gate.give_back(connection, call_id)
            return call

    async def note_line(self, call_id: str, line: Mapping[str, Any]) -> None:
        mine = calls.c.call_id == call_id
        async with self._database.writing() as connection:
            former = await connection.scalar(sa.select(calls.c.line).where(mine).with_for_update())
            if former is not None:
                merged = {**former, **line}
                await connection.execute(calls.update().where(mine).values(line=merged))

    async def unheard(self, carrier: str, from_number: str, to_number: str) -> list[Call]:
        dialled = (CallState.DIALLING.value, CallState.DIALLING_UNKNOWN.value)
        query = sa.select(calls).where(
            sa.text(IS_LIVE),
            calls.c.state.in_(dialled),
            calls.c.carrier == carrier,
            calls.c.from_number == from_number,
            calls.c.to_number == to_number,
        )
        async with self._database.reading() as connection:
            return await _all(connection, query)

    async def abandoned(self, now_ms: int, limit: int) -> list[Call]:
        expired = (
            sa.select(calls)
            .where(sa.text(IS_LIVE), calls.c.lease_until_ms <= now_ms)
            .order_by(calls.c.lease_until_ms)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return await _all(connection, expired)

    async def update_details(
        self, workspace_id: str, call_id: str, fields: Mapping[str, Any]
    ) -> Call | None:
        values = settable(fields)
        mine = (calls.c.call_id == call_id) & (calls.c.workspace_id == workspace_id)
        if not values:
            return await self.get(call_id, workspace_id)
        update = calls.update().where(mine).values(values).returning(*calls.c)
        async with self._database.writing() as connection:
            return await _one(connection, update)

    async def delete(self, workspace_id: str, call_id: str) -> bool:
        mine = (calls.c.call_id == call_id) & (calls.c.workspace_id == workspace_id)
        async with self._database.writing() as connection:
            deleted = (await connection.execute(calls.delete().where(mine))).rowcount == 1
            if deleted:
                await self._gate.give_back(connection, call_id)
            return deleted


class SqlLeases:
    """``storage.base.Leases`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seize(self, call_id: str, holder: str, now_ms: int, lease_ms: int) -> Call | None:
        seize = (
            calls.update()
            .where(calls.c.call_id == call_id, sa.text(IS_LIVE), calls.c.lease_until_ms <= now_ms)
            .values(fence=calls.c.fence + 1, lease_holder=holder, lease_until_ms=now_ms + lease_ms)
            .returning(*calls.c)
        )
        async with self._database.writing() as connection:
            return await _one(connection, seize)

    async def forget_keys(self, now_ms: int, limit: int) -> int:
        keys = idempotency_keys
        id_ = sa.tuple_(keys.c.workspace_id, keys.c.key)
        old = (
            sa.select(keys.c.workspace_id, keys.c.key)
            .where(keys.c.created_ms <= now_ms - IDEMPOTENT_FOR_MS)
            .limit(limit)
        )
        async with self._database.writing() as connection:
            return (await connection.execute(keys.delete().where(id_.in_(old)))).rowcount


def page_of_calls(query: CallQuery) -> sa.Select[Any]:
    """The statement behind ``find``."""
    place = (_LISTED_MS, calls.c.call_id)
    order = [c.asc() if query.ascending else c.desc() for c in place]
    select = sa.select(calls).where(*_conditions(query)).order_by(*order)
    if query.before is not None:
        at_ms = query.before[0]
        here = sa.tuple_(*place)
        edge = sa.tuple_(sa.literal(at_ms), sa.literal(clean_text(query.before[1])))
        select = select.where(here > edge if query.ascending else here < edge)
        # SQLite looks a pair with an expression up row by row: this one it finds in the index.
        select = select.where(_LISTED_MS >= at_ms if query.ascending else _LISTED_MS <= at_ms)
    return select.limit(query.limit).offset(query.skip)


def _conditions(query: CallQuery) -> list[sa.ColumnElement[bool]]:
    c = calls.c
    equal = {
        c.workspace_id: query.workspace_id,
        c.from_number: query.from_number,
        c.to_number: query.to_number,
        c.direction: query.direction,
        c.batch_call_id: query.batch_call_id,
    }
    among = {
        c.status: query.statuses,
        c.agent_id: query.agent_ids,
        c.call_id: query.call_ids,
    }
    # No row has a text that no database holds: what is asked for may have it.
    conditions = [
        column == clean_text(value) for column, value in equal.items() if value is not None
    ]
    conditions += [column.in_([clean_text(v) for v in vs]) for column, vs in among.items() if vs]
    started = (query.start_ms_from, query.start_ms_to)
    if started != (None, None):
        conditions.append(c.answered_ms.is_not(None))
    for first, last in (started, (query.listed_ms_from, query.listed_ms_to)):
        conditions += [] if first is None else [_LISTED_MS >= first]
        conditions += [] if last is None else [_LISTED_MS <= last]
    return conditions


async def _state_after(
    connection: AsyncConnection, call_id: str, fence: int | None, change: CallChange
) -> CallState | None:
    """Locks the call; None when it is gone, or its state or its fence refuses."""
    current = sa.select(calls.c.state, calls.c.fence).where(calls.c.call_id == call_id)
    row = (await connection.execute(current.with_for_update())).mappings().first()
    if row is None or (fence is not None and fence != row["fence"]):
        return None
    return TRANSITIONS.get((CallState(row["state"]), change))


async def _write(
    connection: AsyncConnection, call_id: str, values: Mapping[str, Any], tell: Tell
) -> Call:
    update = calls.update().where(calls.c.call_id == call_id).values(values)
    row = (await connection.execute(update.returning(*calls.c))).mappings().one()
    call = call_of(row)
    await post(connection, call, tell(call))
    return call


async def _one(connection: AsyncConnection, statement: sa.Executable) -> Call | None:
    row: RowMapping | None = (await connection.execute(statement)).mappings().first()
    return None if row is None else call_of(row)


async def _all(connection: AsyncConnection, statement: sa.Executable) -> list[Call]:
    return [call_of(row) for row in (await connection.execute(statement)).mappings()]
