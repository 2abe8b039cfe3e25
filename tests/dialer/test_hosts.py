"""Three dialers with their edges on one PostgreSQL, judged by a SIPp that notes every INVITE."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from tests.fakes.dialling import NUMBER, ORG
from tests.fakes.sipp import AVAILABLE, Counted, counting_callees
from tests.fixtures_postgres import running_postgres
from tests.patience import patience, until
from tests.storage.worlds import a_call, opened

from uponai.config import child_environment
from uponai.storage.base import PhoneNumber, Storage
from uponai.tasks import now_ms

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).parent / "dialling_host.py"
HOSTS, LIMIT, CALLS, ROUNDS = 3, 12, 48, 3


@asynccontextmanager
async def a_host(url: str, number: int, folder: Path) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), url, f"host{number}", str(LIMIT), str(folder),
        str(33_000 + 200 * number), cwd=ROOT, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=child_environment({}) | {"PYTHONPATH": f"{ROOT}:{ROOT}/src"},
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        async with patience():
            while (line := await process.stdout.readline()) != b"ready\n":
                assert line, "the host died"
        yield
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await process.stdout.read()
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def a_number(storage: Storage, port: int) -> None:
    trunk = {"termination_uri": f"127.0.0.1:{port}", "transport": "UDP"}
    config = {"phone_number": NUMBER, "sip_outbound_trunk_config": trunk}
    await storage.numbers.add(PhoneNumber(NUMBER, ORG, "sip", config))


async def dialled(storage: Storage, invites: Callable[[], list[Counted]], turn: int) -> list[int]:
    """When (ms) the orders of one round of calls left, in their order."""
    # All due at one moment, so that every host takes its share of them.
    due_ms = now_ms() + 600
    ids = [f"call_{turn}_{n}" for n in range(CALLS)]
    numbers = {f"+1202555{turn}{n:03}" for n in range(CALLS)}
    for call_id, number in zip(ids, sorted(numbers), strict=True):
        await storage.calls.add(a_call(call_id, to_number=number, due_ms=due_ms))
    await until(lambda: len(invites()) >= CALLS * (turn + 1))
    came = invites()[CALLS * turn :]
    assert sorted(one.number for one in came) == sorted(numbers)
    assert len({one.call_id for one in came}) == CALLS
    calls = [await storage.calls.get(call_id) for call_id in ids]
    return sorted(call.line["ordered_ms"] for call in calls if call is not None)


def faults(times_ms: list[int]) -> list[str]:
    """Where the orders left faster than allowed, or slower."""
    # A slot that was left unused for its whole second makes everything after it a second later.
    windows = CALLS // LIMIT - 1
    later = [
        late - early
        for early, late in zip(times_ms, times_ms[CALLS - LIMIT :], strict=False)
        if late - early >= (windows + 1) * 1_000
    ]
    seconds = [late - early for early, late in zip(times_ms, times_ms[LIMIT:], strict=False)]
    found = [f"{LIMIT + 1} within {second} ms" for second in seconds if second < 1_000]
    return [*found, *(f"wasted: {late} ms" for late in later[1:])]


@pytest.mark.realtime
@pytest.mark.skipif(not AVAILABLE, reason="sipp is not installed")
async def test_three_hosts_together_dial_exactly_as_fast_as_allowed(tmp_path: Path) -> None:
    """In one round of three: a host that gets no processor for a moment spoils the one it is in.

    How fast slots are given out is tested by itself (tests/storage/test_limits.py).
    """
    found: list[list[str]] = []
    async with AsyncExitStack() as stack:
        url = stack.enter_context(running_postgres()).new_database()
        storage = await stack.enter_async_context(opened(url))
        port, invites = await stack.enter_async_context(counting_callees(tmp_path))
        hosts = (a_host(url, n, tmp_path) for n in range(HOSTS))
        await asyncio.gather(*(stack.enter_async_context(host) for host in hosts))
        await a_number(storage, port)
        for turn in range(ROUNDS):
            found.append(faults(await dialled(storage, invites, turn)))
            if not found[-1]:
                return
    raise AssertionError(found)
