"""Slots of pace and of concurrency, taken and given back inside somebody's transaction.

Each is decided by one statement. A rate of ``n`` calls in a window is ``n`` rows, each of which may
be taken again when a whole window has passed since it was: so no window, wherever it begins, sees
more than ``n``, and a free slot is never refused. PostgreSQL tells the time itself, so hosts whose
clocks differ share a rate exactly; with SQLite all writers stand on one machine.
"""

from __future__ import annotations

import functools
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
_HOLD = concurrency_slots.insert()
_DRAWN = call_variants.insert()


class Slots:
    """Takes slots. ``own_clock``: believe the caller's clock even where the database has one."""

    def __init__(self, database: Database, *, own_clock: bool = False) -> None:
        self._database = database
        self._own_clock = own_clock or database.is_sqlite
        now = sa.bindparam("now_ms", type_=sa.BigInteger) if self._own_clock else _DATABASE_MS
        self._take_oldest = _take_oldest(now)

    def _now(self, now_ms: int) -> Milliseconds:
        return sa.literal(now_ms, sa.BigInteger) if self._own_clock else _DATABASE_MS

    def admit(
        self, connection: sa.Connection, call: Call, admission: Admission, now_ms: int
    ) -> None:
        """Everything that ``admission`` asks for. Raises OverLimit: roll back."""
        ceiling = admission.ceiling
        if ceiling is not None and not self.take_slot(
            connection, call, ceiling, admission.reserved, admission.batch_reserved
        ):
            raise OverLimit("concurrency", ceiling)
        self.take_paces(connection, admission.paces, now_ms)

    def record(self, connection: sa.Connection, call: Call, admission: Admission) -> None:
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
        connection.execute(_DRAWN, values)

    def take_paces(
        self, connection: sa.Connection, paces: Sequence[Pace], now_ms: int
    ) -> tuple[tuple[str, int], ...]:
        """A slot of each rate, as (key, n). Raises OverLimit with the wait, for the first that is
        used up."""
        ordered = sorted(paces, key=lambda pace: pace.key)
        return tuple((pace.key, self._take_one(connection, pace, now_ms)) for pace in ordered)

    def _take_one(self, connection: sa.Connection, pace: Pace, now_ms: int) -> int:
        taken = self._take(connection, pace, now_ms)
        # Used up, or its rows are not there yet (a new key, a raised limit).
        if taken is None and self._add_rows(connection, pace):
            taken = self._take(connection, pace, now_ms)
        if taken is None:
            wait_ms = self._wait_ms(connection, pace, now_ms)
            raise OverLimit("calls_per_second", pace.rate.calls, wait_ms, pace.key)
        return taken

    def _take(self, connection: sa.Connection, pace: Pace, now_ms: int) -> int | None:
        window = {"wanted": pace.key, "calls": pace.rate.calls, "window_ms": pace.rate.window_ms}
        return connection.scalar(self._take_oldest, window | {"now_ms": now_ms})

    def stamp(
        self, connection: sa.Connection, slots: Sequence[tuple[str, int]], now_ms: int
    ) -> None:
        """Count the windows of slots that were taken from now on; never from earlier on."""
        now, table = self._now(now_ms), pace_slots
        for key, n in sorted(slots):
            mine = (table.c.key == key) & (table.c.n == n) & (table.c.taken_ms < now)
            connection.execute(table.update().where(mine).values(taken_ms=now))

    def _add_rows(self, connection: sa.Connection, pace: Pace) -> bool:
        mine = (pace_slots.c.key == pace.key) & (pace_slots.c.n < pace.rate.calls)
        count = sa.select(sa.func.count()).select_from(pace_slots).where(mine)
        if (connection.scalar(count) or 0) >= pace.rate.calls:
            return False
        rows = [{"key": pace.key, "n": n, "taken_ms": 0} for n in range(pace.rate.calls)]
        insert = self._database.insert(pace_slots).on_conflict_do_nothing()
        connection.execute(insert, rows)
        return True

    def _wait_ms(self, connection: sa.Connection, pace: Pace, now_ms: int) -> int:
        next_free = sa.func.min(pace_slots.c.taken_ms) + pace.rate.window_ms - self._now(now_ms)
        mine = (pace_slots.c.key == pace.key) & (pace_slots.c.n < pace.rate.calls)
        wait_ms = connection.scalar(sa.select(next_free).where(mine))
        return max(int(wait_ms or 0), 1)

    def take_slot(
        self,
        connection: sa.Connection,
        call: Call,
        ceiling: int,
        reserved: int = 0,
        batch_reserved: int | None = None,
    ) -> bool:
        """A concurrency slot for ``call``; ``reserved`` are kept for the other direction,
        ``batch_reserved`` (of a batch's call) for calls that are of no batch."""
        take = _take_place(call.direction, of_batch=batch_reserved is not None)
        wanted = {"wanted": call.workspace_id, "ceiling": ceiling, "reserved": reserved}
        if batch_reserved is not None:
            wanted["batch_reserved"] = batch_reserved
        taken = connection.execute(take, wanted).first()
        if taken is None:
            # Used up, or the workspace's first call; a rival may add its row meanwhile.
            new = {"workspace_id": call.workspace_id, "outbound": 0, "inbound": 0}
            self._database.add_now(connection, concurrency, new)
            taken = connection.execute(take, wanted).first()
        if taken is None:
            return False
        holder = {
            "call_id": call.call_id,
            "workspace_id": call.workspace_id,
            "direction": call.direction,
            "batch": batch_reserved is not None,
        }
        connection.execute(_HOLD, holder)
        return True

    def give_back(self, connection: sa.Connection, call_id: str) -> bool:
        """The slot of a call that is over, if it has one; once."""
        slots = concurrency_slots.c
        gone = concurrency_slots.delete().where(slots.call_id == call_id)
        held = (
            connection.execute(gone.returning(slots.workspace_id, slots.direction, slots.batch))
        ).first()
        if held is None:
            return False
        mine, _ = _columns(held.direction)
        here = concurrency.c.workspace_id == held.workspace_id
        less = {mine: mine - 1}
        if held.batch:
            less[concurrency.c.batch] = concurrency.c.batch - 1
        connection.execute(concurrency.update().where(here).values(less))
        return True


def _take_oldest(now: Milliseconds) -> sa.Executable:
    """Takes the slot that was taken longest ago, of those that are free."""
    table, window_ms = pace_slots, sa.bindparam("window_ms", type_=sa.BigInteger)
    mine = table.c.key == sa.bindparam("wanted")
    # A stamp of the future is left from before a clock was set back.
    free = (table.c.taken_ms <= now - window_ms) | (table.c.taken_ms > now + window_ms)
    oldest = (
        sa.select(table.c.n)
        .where(mine, table.c.n < sa.bindparam("calls"), free)
        .order_by(table.c.taken_ms, table.c.n)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    take = table.update().where(mine, table.c.n == oldest)
    return take.values(taken_ms=now).returning(table.c.n)


@functools.cache
def _take_place(direction: Direction, *, of_batch: bool) -> sa.Executable:
    mine, others = _columns(direction)
    here = concurrency.c.workspace_id == sa.bindparam("wanted")
    ceiling = sa.bindparam("ceiling", type_=sa.Integer)
    take = concurrency.update().where(here, mine + _kept(others, "reserved") < ceiling)
    take = take.values({mine: mine + 1}).returning(mine)
    if of_batch:
        batch = concurrency.c.batch
        free = batch + _kept(mine - batch + others, "batch_reserved") < ceiling
        take = take.where(free).values({batch: batch + 1})
    return take


def _kept(in_use: sa.ColumnElement[int], reserved: str) -> sa.ColumnElement[int]:
    """Places that are taken by others, or kept for them."""
    kept = sa.bindparam(reserved, type_=sa.Integer)
    return sa.case((in_use > kept, in_use), else_=kept)


class Gate:
    """``slots`` for transactions within which one awaits."""

    def __init__(self, database: Database, *, own_clock: bool = False) -> None:
        self.slots = Slots(database, own_clock=own_clock)

    async def admit(
        self, connection: AsyncConnection, call: Call, admission: Admission, now_ms: int
    ) -> None:
        await connection.run_sync(self.slots.admit, call, admission, now_ms)

    async def record(self, connection: AsyncConnection, call: Call, admission: Admission) -> None:
        await connection.run_sync(self.slots.record, call, admission)

    async def take_paces(
        self, connection: AsyncConnection, paces: Sequence[Pace], now_ms: int
    ) -> tuple[tuple[str, int], ...]:
        return await connection.run_sync(self.slots.take_paces, paces, now_ms)

    async def take_slot(
        self, connection: AsyncConnection, call: Call, ceiling: int, reserved: int = 0
    ) -> bool:
        return await connection.run_sync(self.slots.take_slot, call, ceiling, reserved)

    async def give_back(self, connection: AsyncConnection, call_id: str) -> bool:
        return await connection.run_sync(self.slots.give_back, call_id)


def _columns(direction: Direction) -> tuple[sa.Column[int], sa.Column[int]]:
    outbound, inbound = concurrency.c.outbound, concurrency.c.inbound
    return (outbound, inbound) if direction == "outbound" else (inbound, outbound)
