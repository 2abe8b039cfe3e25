"""No child outlives its supervisor, not even one whose loop hangs; and none stays stuck."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from tests.patience import patience, until

from uponai.cluster.heartbeat import HeartbeatRule
from uponai.cluster.supervisor import ChildSpec, Supervisor
from uponai.config import child_environment
from uponai.tasks import TaskGroup

pytestmark = pytest.mark.realtime

HANGS = """
import asyncio, time
from uponai.cluster.supervisor import parent_gone
from uponai.tasks import spawn

async def main():
    spawn(parent_gone(last_grace_s=0.1), name="watch")
    await asyncio.sleep(0)
    print("up", flush=True)
    time.sleep(60)

asyncio.run(main())
"""
ENDS_BY_ITSELF = """
import asyncio
from uponai.cluster.supervisor import parent_gone

asyncio.run(parent_gone(last_grace_s=30))
"""


async def _run(program: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", program,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize(("program", "code"), [(HANGS, 1), (ENDS_BY_ITSELF, 0)])
async def test_a_child_is_gone_soon_after_its_supervisor(program: str, code: int) -> None:
    child = await _run(program)
    assert child.stdin is not None and child.stdout is not None
    try:
        async with patience():
            if program is HANGS:
                assert await child.stdout.readline() == b"up\n"
            child.stdin.close()
            assert await child.wait() == code
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


BEATS = """
import asyncio, os, sys
from pathlib import Path
from uponai.cluster.heartbeat import send_heartbeats

async def main():
    up = Path(sys.argv[1])
    up.with_suffix(".new").write_text(str(os.getpid()))
    up.with_suffix(".new").rename(up)
    await send_heartbeats(int(sys.argv[-1]), 0.05)

asyncio.run(main())
"""


async def test_a_child_that_is_alive_but_stuck_is_replaced(tmp_path: Path) -> None:
    came_up, pid_file = tmp_path / "up", tmp_path / "edge.pid"
    argv = [sys.executable, "-c", BEATS, str(came_up)]
    rule = HeartbeatRule(every_s=0.05, limit_s=2.0, first_extra_s=20)
    child = ChildSpec("edge", argv, child_environment({}), heartbeat=rule)
    supervisor = Supervisor([child], tmp_path)
    tasks = TaskGroup()
    running = tasks.spawn(supervisor.run(), name="supervisor")

    async def up_again() -> int:
        await until(came_up.exists)
        pid = int(came_up.read_text())
        came_up.unlink()
        return pid

    try:
        async with patience():
            first = await up_again()
            # Once it beats, it may be silent for a moment only, not for as long as at its start.
            await asyncio.sleep(2.2)
            assert int(pid_file.read_text()) == first, "a child that beats was killed"
            os.kill(first, signal.SIGSTOP)
            assert await up_again() != first
            with pytest.raises(ProcessLookupError):
                os.kill(first, 0)
    finally:
        supervisor.stop()
        await asyncio.wait({running})
