"""No child outlives its supervisor, not even one whose loop hangs."""

from __future__ import annotations

import asyncio
import sys

import pytest

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
        async with asyncio.timeout(20):
            if program is HANGS:
                assert await child.stdout.readline() == b"up\n"
            child.stdin.close()
            assert await child.wait() == code
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
