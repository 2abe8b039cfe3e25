"""How many lines one core holds: two edges call each other in one process, audio both ways.

Run: python -m bench.edge 100. It holds 100 calls (200 lines) for ten seconds and prints the CPU
time that a second of one line costs, what was lost, and how uneven the packets came.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from uponai.edge.main import Edge
from uponai.edge.settings import EdgeConfig
from uponai.link import control

SECONDS = 10
LONG_MS = 10_000_000


def an_edge(data: Path, first_port: int, *, record: bool) -> Edge:
    config = EdgeConfig(
        data=data,
        token="bench",
        sip_port=0,
        rtp_first=first_port,
        rtp_last=first_port + 8_000,
        company_limit_ms=LONG_MS,
        max_lines=4_000,
        record=record,
    )
    return Edge(config)


async def hold(calls: int, folder: Path) -> None:
    near, far = (
        an_edge(folder / "a", 20_000, record=True),
        an_edge(folder / "b", 30_000, record=False),
    )
    await near.start()
    await far.start()
    answered, ended = asyncio.Semaphore(0), asyncio.Semaphore(0)

    def at_near(envelope: control.Envelope) -> None:
        if isinstance(envelope.event, control.Answered):
            answered.release()
        elif isinstance(envelope.event, control.Ended):
            ended.release()

    def at_far(envelope: control.Envelope) -> None:
        event = envelope.event
        if isinstance(event, control.Incoming):
            far.command(control.Accept(event.line_key, event.line_key, 1, ()))

    near.listen(at_near)
    far.listen(at_far)
    trunk = control.Trunk(f"127.0.0.1:{far.sip_port}")
    began = time.perf_counter()
    for n in range(calls):
        near.command(control.Dial(f"call_{n}", 1, 1, "100", "200", trunk, ()))
    for _ in range(calls):
        await answered.acquire()
    print(f"{calls / (time.perf_counter() - began):.0f} set-ups a second, both ends")
    await asyncio.sleep(2)
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.sleep(SECONDS)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{2 * calls} lines: {100 * cpu / wall:.0f} % of a core,", end=" ")
    print(f"{1000 * cpu / wall / (2 * calls):.2f} ms of CPU per line-second")
    ears = near.ears()
    print(f"lost {sum(ear.reception.lost for ear in ears)},", end=" ")
    print(f"late {sum(ear.figures.late for ear in ears)},", end=" ")
    print(f"worst jitter {max(ear.reception.jitter_samples for ear in ears) / 8:.1f} ms")
    for n in range(calls):
        near.command(control.End(f"call_{n}", "done"))
    for _ in range(calls):
        await ended.acquire()
    await near.aclose()
    await far.aclose()


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(hold(calls, Path(folder)))


if __name__ == "__main__":
    main()
