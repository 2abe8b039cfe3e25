"""Three dialers with their edges on one PostgreSQL, judged by a SIPp that notes every INVITE."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
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
HOSTS, LIMIT, CALLS = 3, 12, 48
JITTER_S = 0.03
"""What an INVITE takes from the dialer to SIPp, more than another: edge, journal, network."""


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


async def queue(storage: Storage, port: int) -> None:
    """All due at one moment, so that every host takes its share of them."""
    trunk = {"termination_uri": f"127.0.0.1:{port}", "transport": "UDP"}
    config = {"phone_number": NUMBER, "sip_outbound_trunk_config": trunk}
    await storage.numbers.add(PhoneNumber(NUMBER, ORG, "sip", config))
    due_ms = now_ms() + 600
    for n in range(CALLS):
        call = a_call(f"call_{n}", to_number=f"+1202555{n:04}", due_ms=due_ms)
        await storage.calls.add(call)


@pytest.mark.realtime
@pytest.mark.skipif(not AVAILABLE, reason="sipp is not installed")
async def test_three_hosts_together_dial_exactly_as_fast_as_allowed(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        url = stack.enter_context(running_postgres()).new_database()
        storage = await stack.enter_async_context(opened(url))
        port, invites = await stack.enter_async_context(counting_callees(tmp_path))
        hosts = (a_host(url, n, tmp_path) for n in range(HOSTS))
        await asyncio.gather(*(stack.enter_async_context(host) for host in hosts))
        await queue(storage, port)
        await until(lambda: len(invites()) >= CALLS)
        came: list[Counted] = invites()
    assert sorted(one.number for one in came) == [f"+1202555{n:04}" for n in range(CALLS)]
    assert len({one.call_id for one in came}) == CALLS
    times = [one.at_s - came[0].at_s for one in came]
    for earlier, later in zip(times, times[LIMIT:], strict=False):
        assert later - earlier > 1 - JITTER_S
    # A slot that was left unused for its whole second makes everything after it a second later.
    windows = CALLS // LIMIT - 1
    wasted = [
        later - earlier - windows
        for earlier, later in zip(times, times[CALLS - LIMIT :], strict=False)
        if later - earlier >= windows + 1
    ]
    assert len(wasted) <= 1, wasted
