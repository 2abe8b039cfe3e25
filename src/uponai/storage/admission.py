"""Slots of pace and of concurrency, taken and given back inside somebody's transaction.

Each is decided by one statement. A rate of ``n`` calls in a window is ``n`` rows, each of which may
be taken again when a whole window has passed since it was: so no window, wherever it begins, sees
more than ``n``, and a free slot is never refused. PostgreSQL tells the time itself, so hosts whose
clocks differ share a rate exactly; with SQLite all writers stand on one machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from uponai.domain.call import Call
from uponai.domain.limits import Admission, Direction, OverLimit, Pace
from uponai.storage.engine import Database
from uponai.storage.schema_limits import call_variants, concurrency, concurrency_slots, pace_slots

_DATABASE_MS = sa.cast(
    sa.func.floor(sa.func.extract("epoch", sa.func.clock_timestamp()) * 1000), sa.BigInteger
)
Milliseconds = sa.ColumnElement[int]


class Gate:
    """Takes slots. ``own_clock``: believe the caller's clock even where the database has one."""

    def __init__(self, database: Database, *, own_clock: bool = False) -> None:
        self._database = database
        self._own_clock = own_clock or database.is_sqlite

    def _now(self, now_ms: int) -> Milliseconds:
        return sa.literal(now_ms, sa.BigInteger) if self._own_clock else _DATABASE_MS

    async def admit(
        self, connection: AsyncConnection, call: Call, admission: Admission, now_ms: int
    ) -> None:
        """Everything that ``admission`` asks for. Raises OverLimit: roll back."""
        ceiling = admission.ceiling
        if ceiling is not None and not await self.take_slot(
            connection, call, ceiling, admission.reserved
        ):
            raise OverLimit("concurrency", ceiling)
        await self.take_paces(connection, admission.paces, now_ms)

    async def record(self, connection: AsyncConnection, call: Call, admission: Admission) -> None:
        """The drawn variant, once the call's row is there."""
        drawn = admission.variant
        if drawn is None:
            return
        values = {
            "call_id": call.call_id,
            "workspace_id": call.workspace_id,
            "phone_number": drawn.phone_number,
            "agent_id": drawn.agent_id,
            "agent_version": drawn.agent_version,
            "weight": drawn.weight,
        }
        await connection.execute(call_variants.insert().values(values))

    async def take_paces(
        self, connection: AsyncConnection, paces: Sequence[Pace], now_ms: int
    ) -> None:
        """A slot of each rate. Raises OverLimit with the wait, for the first that is used up."""
        for pace in sorted(paces, key=lambda pace: pace.key):
            if await self._take(connection, pace, now_ms):
                continue
            # Used up, or its rows are not there yet (a new key, a raised limit).
            if await self._add_rows(connection, pace) and await self._take(
                connection, pace, now_ms
            ):
                continue
            wait_ms = await self._wait_ms(connection, pace, now_ms)
            raise OverLimit("calls_per_second", pace.rate.calls, wait_ms)

    async def _take(self, connection: AsyncConnection, pace: Pace, now_ms: int) -> bool:
        now = self._now(now_ms)
        table, rate = pace_slots, pace.rate
        # A stamp of the future is left from before a clock was set back.
        free = (table.c.taken_ms <= now - rate.window_ms) | (
            table.c.taken_ms > now + rate.window_ms
        )
        oldest = (
            sa.select(table.c.n)
            .where(table.c.key == pace.key, table.c.n < rate.calls, free)
            .order_by(table.c.taken_ms, table.c.n)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        take = table.update().where(table.c.key == pace.key, table.c.n == oldest)
        taken = await connection.execute(take.values(taken_ms=now).returning(table.c.n))
        return taken.first() is not None

    async def _add_rows(self, connection: AsyncConnection, pace: Pace) -> bool:
        mine = (pace_slots.c.key == pace.key) & (pace_slots.c.n < pace.rate.calls)
        count = sa.select(sa.func.count()).select_from(pace_slots).where(mine)
        if (await connection.scalar(count) or 0) >= pace.rate.calls:
            return False
        rows = [{"key": pace.key, "n": n, "taken_ms": 0} for n in range(pace.rate.calls)]
        insert = self._database.insert(pace_slots).on_conflict_do_nothing()
        await connection.execute(insert, rows)
        return True

    async def _wait_ms(self, connection: AsyncConnection, pace: Pace, now_ms: int) -> int:
        next_free = sa.func.min(pace_slots.c.taken_ms) + pace.rate.window_ms - self._now(now_ms)
        mine = (pace_slots.c.key == pace.key) & (pace_slots.c.n < pace.rate.calls)
        wait_ms = await connection.scalar(sa.select(next_free).where(mine))
        return max(int(wait_ms or 0), 1)

    async def take_slot(
        self, connection: AsyncConnection, call: Call, ceiling: int, reserved: int = 0
    ) -> bool:
        """A concurrency slot for ``call``; ``reserved`` are kept for the other direction."""
        mine, others = _columns(call.direction)
        kept = sa.case((others > reserved, others), else_=reserved)
        here = concurrency.c.workspace_id == call.workspace_id
        take = concurrency.update().where(here, mine + kept < ceiling)
        take = take.values({mine: mine + 1}).returning(mine)
        taken = (await connection.execute(take)).first()
        if taken is None:
            # Used up, or the workspace's first call; a rival may add its row meanwhile.
            new = {"workspace_id": call.workspace_id, "outbound": 0, "inbound": 0}
            await self._database.add(connection, concurrency, new)
            taken = (await connection.execute(take)).first()
        if taken is None:
            return False
        holder = {
            "call_id": call.call_id,
            "workspace_id": call.workspace_id,
            "direction": call.direction,
        }
        await connection.execute(concurrency_slots.insert().values(holder))
        return True

    async def give_back(self, connection: AsyncConnection, call_id: str) -> bool:
        """The slot of a call that is over, if it has one; once."""
        gone = concurrency_slots.delete().where(concurrency_slots.c.call_id == call_id)
        held = (
            await connection.execute(
                gone.returning(concurrency_slots.c.workspace_id, concurrency_slots.c.direction)
            )
        ).first()
        if held is None:
            return False
        mine, _ = _columns(held.direction)
        here = concurrency.c.workspace_id == held.workspace_id
        await connection.execute(concurrency.update().where(here).values({mine: mine - 1}))
        return True


def _columns(direction: Direction) -> tuple[sa.Column[int], sa.Column[int]]:
    outbound, inbound = concurrency.c.outbound, concurrency.c.inbound
    return (outbound, inbound) if direction == "outbound" else (inbound, outbound)
