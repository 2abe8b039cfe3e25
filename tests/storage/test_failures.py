"""What a process that is killed, and a database that goes away, leave behind."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import psycopg
import pytest
from tests.fixtures_postgres import Postgres
from tests.patience import patience
from tests.storage.worlds import a_call, leased, opened, told

from uponai.domain.call import CallChange, CallState
from uponai.domain.ending import Ending
from uponai.storage.base import StorageUnavailable
from uponai.storage.sql import open_storage

_WRITER = """
import asyncio, sys
from tests.storage.worlds import a_call, told
from uponai.domain.ending import Ending
from uponai.storage.sql import open_storage

async def main():
    storage = await open_storage(sys.argv[1])
    for number in range(100_000):
        call_id = f"call_{number}"
        await storage.calls.add(a_call(call_id))
        await storage.calls.end(call_id, None, Ending("dial_busy"), {}, told("call_ended"))
        sys.stdout.write(f"{call_id}\\n")
        sys.stdout.flush()

asyncio.run(main())
"""


@pytest.mark.realtime
async def test_what_was_acknowledged_survives_kill_9(url: str) -> None:
    root = Path(__file__).parents[2]
    writer = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"import sys; sys.path[:0] = [{str(root)!r}, {str(root / 'src')!r}]\n{_WRITER}",
        url,
        stdout=asyncio.subprocess.PIPE,
    )
    assert writer.stdout is not None
    acknowledged: list[str] = []
    async with patience():
        while len(acknowledged) < 25:
            acknowledged.append((await writer.stdout.readline()).decode().strip())
    writer.send_signal(signal.SIGKILL)
    acknowledged += [line.decode().strip() async for line in writer.stdout if line.endswith(b"\n")]
    await writer.wait()

    async with opened(url) as storage:
        events = {row.call_id for row in await storage.outbox.claim("w", 0, 1, 100_000)}
        for call_id in acknowledged:
            call = await storage.calls.get(call_id)
            assert call is not None and call.state is CallState.ENDED
            assert call_id in events


async def test_lost_connections_are_made_anew(postgres: Postgres) -> None:
    url = postgres.new_database()
    async with opened(url) as storage:
        await leased(storage)
        await asyncio.gather(*(storage.calls.get("call_1") for _ in range(5)))
        await asyncio.to_thread(_break_connections, url)
        call = await storage.calls.get("call_1")
        assert call is not None
        await asyncio.to_thread(_break_connections, url)
        assert await storage.calls.change("call_1", call.fence, CallChange.DIAL, {})


async def test_a_connection_lost_in_a_transaction_writes_nothing_of_it(postgres: Postgres) -> None:
    url = postgres.new_database()
    async with opened(url) as storage:
        call = await leased(storage)

        def tell(ended: object) -> list[object]:
            _break_connections(url)
            return told("call_ended")(ended)

        with pytest.raises(StorageUnavailable):
            await storage.calls.end("call_1", call.fence, Ending("dial_busy"), {}, tell)
        assert await storage.calls.get("call_1") == call
        assert await storage.outbox.claim("w", 0, 1, 9) == []
        ended = await storage.calls.end(
            "call_1", call.fence, Ending("dial_busy"), {}, told("call_ended")
        )
        assert ended is not None


def _break_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_a_cancelled_write_is_whole_or_absent(url: str) -> None:
    async with opened(url) as storage:
        for number in range(30):
            adding = asyncio.gather(storage.calls.add(a_call(f"call_{number}")))
            for _ in range(number):
                await asyncio.sleep(0)
            adding.cancel()
            await asyncio.gather(adding, return_exceptions=True)
        await storage.calls.add(a_call("call_last"))
        assert await storage.calls.get("call_last") is not None
        leased_calls = await storage.calls.lease_due("a", 2_000, 500, 100)
        assert "call_last" in {call.call_id for call in leased_calls}


async def test_a_postgresql_that_is_silent_is_given_up(postgres: Postgres) -> None:
    url = postgres.new_database()
    storage = await open_storage(url, patience_s=2)
    try:
        await storage.calls.add(a_call())
        async with await psycopg.AsyncConnection.connect(url) as rival:
            await rival.execute("LOCK TABLE calls")
            async with patience():
                with pytest.raises(StorageUnavailable):
                    await storage.calls.get("call_1")
                with pytest.raises(StorageUnavailable):
                    await leased(storage, "call_2")
        assert await storage.calls.get("call_1")
    finally:
        await storage.aclose()
