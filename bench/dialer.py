"""What one dispatch costs against how many calls are queued: 1e3, 1e5, 1e6, SQLite and PostgreSQL.

Run: ``python -m bench dialer [DECISIONS] [QUEUED ...]``. A decision is what the dialer asks of the
database for one call that leaves: its share of a lease of 20, its account's pace, its change to
DIALLING, and its ending, so that the queue is consumed from its head as in life. A poll is a lease
when no call is due although that many are queued. A claim is what a batch of that many tasks asks
for one: its share of a round that looks at the batches and fetches 20 tasks, the call with its
slots, and its ending. The baseline, measured beside each, is a transaction that updates one row and
commits.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
import uvloop
from tests.fixtures_postgres import running_postgres

from uponai.domain.call import Call, CallChange
from uponai.domain.ending import Ending
from uponai.domain.limits import Admission, Pace, Rate
from uponai.storage.base import Storage
from uponai.storage.base_batches import Batch
from uponai.storage.call_rows import row_of
from uponai.storage.engine import Database, open_database
from uponai.storage.schema import batch_tasks, calls
from uponai.storage.schema_limits import pace_slowdowns
from uponai.storage.sql import open_storage
from uponai.tasks import now_ms

QUEUED = (1_000, 100_000, 1_000_000)
DUE_MS = 1_000
LEASE = 20
CPS = 200
CHUNK = 50_000
LEASE_MS = 60_000
AGENT = {"voice_id": "local-hana", "prompt": "x" * 500}


class Found(NamedTuple):
    """Milliseconds; ``cpu`` is this process's own."""

    decision: float
    decision_cpu: float
    poll: float
    claim: float
    bare: float


async def fill(database: Database, count: int) -> None:
    """``count`` queued calls, due one after another."""
    for first in range(0, count, CHUNK):
        await fill_some(database, numbers(first, min(first + CHUNK, count)))
    async with database.writing() as connection:
        await connection.execute(pace_slowdowns.insert().values(key="bare", level=0, since_ms=0))


async def fill_some(database: Database, n: sa.ColumnElement[int]) -> None:
    row = row_of(a_call(""))
    made: dict[str, Any] = {
        name: sa.literal(value, calls.c[name].type) for name, value in row.items()
    }
    made["call_id"] = sa.literal("call_") + sa.cast(n, sa.Text)
    made["due_ms"] = DUE_MS + n
    select = sa.select(*made.values())
    async with database.writing() as connection:
        await connection.execute(calls.insert().from_select(list(made), select))


async def fill_batch(storage: Storage, database: Database, count: int) -> None:
    """An open batch of ``count`` tasks, all due."""
    batch = Batch("batch_1", "org_1", "all", "+14155550100", trigger_ms=1_000, task_count=count)
    await storage.batches.begin(batch)
    for first in range(0, count, CHUNK):
        n = numbers(first, min(first + CHUNK, count))
        await fill_tasks(database, batch.batch_call_id, n)
    await storage.batches.open(batch.batch_call_id, count, 1_000)


async def fill_tasks(database: Database, batch_call_id: str, n: sa.ColumnElement[int]) -> None:
    request = sa.literal({"to_number": "+14155550199"}, batch_tasks.c.request.type)
    made: dict[str, Any] = {
        "batch_call_id": sa.literal(batch_call_id),
        "position": n,
        "request": request,
        "state": sa.literal("waiting"),
        "due_ms": sa.literal(DUE_MS, calls.c.due_ms.type),
    }
    async with database.writing() as connection:
        select = sa.select(*made.values())
        await connection.execute(batch_tasks.insert().from_select(list(made), select))


def numbers(first: int, end: int) -> sa.ColumnElement[int]:
    made = sa.select(sa.literal(first).label("n")).cte("numbers", recursive=True)
    return made.union_all(sa.select(made.c.n + 1).where(made.c.n < end - 1)).c.n


def a_call(call_id: str, **fields: Any) -> Call:
    return Call(
        call_id,
        workspace_id="org_1",
        direction="outbound",
        from_number="+14155550100",
        to_number="+14155550199",
        agent_id="agent_1",
        agent_version=0,
        created_ms=1_000,
        agent=AGENT,
        **fields,
    )


async def claims(storage: Storage, count: int) -> float:
    """Milliseconds a call."""
    took: list[float] = []
    work = storage.batch_work
    for lot in range(count // LEASE):
        began = time.perf_counter()
        (opened,) = await work.opened()
        tasks = await work.due(opened.batch.batch_call_id, now_ms(), LEASE)
        pace = Pace(f"org_1/{lot * LEASE // (CPS // 2)}", Rate(CPS))
        for task in tasks:
            made = {"batch_call_id": task.batch_call_id, "batch_task": task.position}
            call = a_call(f"of_batch_{task.position}", due_ms=10**15, **made)
            admission = Admission(10**6, paces=(pace,), batch_reserved=0)
            assert await work.claim(task, call, admission)
            await storage.calls.end(call.call_id, 0, Ending("dial_busy"), {"ended_ms": 1})
        took.append((time.perf_counter() - began) / LEASE)
    return 1000 * statistics.median(took)


async def settle(database: Database) -> None:
    """What PostgreSQL's own housekeeping does within minutes."""
    if database.is_sqlite:
        return
    async with database.reading() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.exec_driver_sql("VACUUM ANALYZE")


async def decide(storage: Storage, leased: list[Call], account: int) -> None:
    for call in leased:
        pace = Pace(f"dial/sip/{account}", Rate(CPS))
        assert (await storage.limits.pace([pace], now_ms())).slots
        dialled = await storage.calls.change(call.call_id, call.fence, CallChange.DIAL, {})
        assert dialled is not None
        await storage.calls.end(call.call_id, call.fence, Ending("dial_busy"), {"ended_ms": 1})


async def decisions(storage: Storage, count: int) -> tuple[float, float]:
    took: list[float] = []
    cpu = time.process_time()
    for lot in range(count // LEASE):
        began = time.perf_counter()
        leased = await storage.calls.lease_due("a", 10**12, LEASE_MS, LEASE)
        assert [call.call_id for call in leased] == [
            f"call_{lot * LEASE + n}" for n in range(LEASE)
        ]
        # An account's pace is never used up: a wait is no cost.
        await decide(storage, leased, lot * LEASE // (CPS // 2))
        took.append((time.perf_counter() - began) / LEASE)
    return 1000 * statistics.median(took), 1000 * (time.process_time() - cpu) / count


async def median_ms(count: int, work: Callable[[], Awaitable[object]]) -> float:
    took: list[float] = []
    for _ in range(count):
        began = time.perf_counter()
        await work()
        took.append(time.perf_counter() - began)
    return 1000 * statistics.median(took)


async def measure(url: str, queued: int, count: int) -> Found:
    storage = await open_storage(url)
    database = open_database(url)
    try:
        await fill(database, queued)
        await fill_batch(storage, database, queued)
        await settle(database)

        async def bare() -> None:
            update = pace_slowdowns.update().where(pace_slowdowns.c.key == "bare")
            async with database.writing() as connection:
                await connection.execute(update.values(since_ms=pace_slowdowns.c.since_ms + 1))

        async def poll() -> None:
            assert await storage.calls.lease_due("a", DUE_MS - 1, LEASE_MS, LEASE) == []

        await median_ms(50, bare)
        polled = await median_ms(count, poll)
        most = min(count, queued) // LEASE * LEASE
        decided = await decisions(storage, most)
        claimed = await claims(storage, most)
        return Found(*decided, polled, claimed, await median_ms(count, bare))
    finally:
        await database.aclose()
        await storage.aclose()


def shown(name: str, queued: int, found: Found) -> str:
    return (
        f"{name:10} {queued:>9,} queued: {1000 / found.decision:5.0f} decisions a second,"
        f" {found.decision:5.2f} ms each ({found.decision / found.bare:4.1f} x one row),"
        f" {found.decision_cpu:5.2f} ms of CPU; a poll of nothing {found.poll:5.2f} ms;"
        f" a claim {found.claim:5.2f} ms ({found.claim / found.bare:4.1f} x);"
        f" one row {found.bare:4.2f} ms"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    sizes = tuple(int(size) for size in sys.argv[2:]) or QUEUED
    with tempfile.TemporaryDirectory() as folder, running_postgres() as postgres:
        for queued in sizes:
            url = f"sqlite:///{Path(folder) / f'{queued}.db'}"
            print(shown("SQLite", queued, uvloop.run(measure(url, queued, count))), flush=True)
        for queued in sizes:
            url = postgres.new_database()
            print(shown("PostgreSQL", queued, uvloop.run(measure(url, queued, count))), flush=True)


if __name__ == "__main__":
    main()
