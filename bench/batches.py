"""Creating a batch by CSV: time, the server's memory, and what others wait meanwhile.

Run: ``python -m bench batches [TASKS ...]``. A real ``uponai serve`` on SQLite; the tasks have a
name as a dynamic variable and are due tomorrow. Memory is the platform process's VmRSS, sampled
every 50 ms; the wait is the slowest of the ``GET /get-concurrency`` that go on beside.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
from tests.fakes.platforms import KEY, ServedPlatform, a_platform
from tests.phone.test_outcomes import FLOW

from uponai.tasks import now_ms, spawn

SIZES = (1_000, 10_000, 100_000)
NUMBER = "+14155550100"
HEADERS = {"Authorization": f"Bearer {KEY}"}


def rss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (kb,) = [line.split()[1] for line in lines if line.startswith("VmRSS")]
    return int(kb) / 1000


async def watch(platform: ServedPlatform, pid: int, peaks: list[float], waits: list[float]) -> None:
    while True:
        asked = time.perf_counter()
        await platform.request("GET", "/get-concurrency")
        waits.append(time.perf_counter() - asked)
        peaks.append(rss_mb(pid))
        await asyncio.sleep(0.05)


async def created(platform: ServedPlatform, tasks: int) -> tuple[float, int]:
    """Seconds, and how many tasks the server counted."""
    lines = (
        f"+1415{n % 10_000_000:07},Customer {n}\n" for n in range(2_000_000, 2_000_000 + tasks)
    )
    form = aiohttp.FormData()
    form.add_field("from_number", NUMBER)
    form.add_field("trigger_timestamp", str(now_ms() + 86_400_000))
    text = "phone number,customer_name\n" + "".join(lines)
    form.add_field("files", text.encode(), filename="tasks.csv", content_type="text/csv")
    began = time.perf_counter()
    url = platform.url + "/uponai/v1/batches"
    timeout = aiohttp.ClientTimeout(total=600)
    async with platform.session.post(url, data=form, headers=HEADERS, timeout=timeout) as answer:
        made = await answer.json()
        assert answer.status == 201, made
    return time.perf_counter() - began, made["progress"]["waiting"]


async def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    print(f"load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        async with a_platform(Path(folder) / "data", targets=("127.0.0.1:5999",)) as platform:
            agent = await platform.add_flow_agent(FLOW)
            bound = {"outbound_agents": [{"agent_id": agent, "weight": 1}]}
            await platform.import_number(NUMBER, "127.0.0.1:5999", **bound)
            pid = int((platform.data / "run" / "platform.pid").read_text())
            for tasks in sizes:
                peaks, waits = [rss_mb(pid)], [0.0]
                watching = spawn(watch(platform, pid, peaks, waits), name="watch")
                seconds, counted = await created(platform, tasks)
                watching.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watching
                assert counted == tasks
                print(
                    f"{tasks:>9} tasks: {seconds:6.2f} s, memory before {peaks[0]:.0f} MB, most"
                    f" {max(peaks):.0f} MB; others wait {sorted(waits)[len(waits) // 2] * 1000:.0f}"
                    f" ms in the middle, {max(waits) * 1000:.0f} ms at most"
                )
