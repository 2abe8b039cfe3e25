"""One host that admits calls as fast as it can, for so long; says when each was admitted.

Arguments: database URL, name, calls per second, seconds. Prints ``[[asked_s, answered_s], ...]`` of
what was admitted, and the same of what was refused.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from uponai.domain.call import Call
from uponai.domain.limits import Admission, OverLimit, Pace, Rate
from uponai.storage.sql import open_storage


async def main(url: str, name: str, limit: int, seconds: float) -> None:
    storage = await open_storage(url)
    admission = Admission(1_000, paces=(Pace("org_1:custom", Rate(limit)),))
    made: list[tuple[float, float]] = []
    refused: list[tuple[float, float]] = []
    until = time.monotonic() + seconds
    number = 0
    while (asked := time.monotonic()) < until:
        number += 1
        call = Call(
            call_id=f"{name}_{number}",
            workspace_id="org_1",
            direction="outbound",
            from_number="+12025550100",
            to_number="+12025550101",
            agent_id="agent_1",
            agent_version=0,
            created_ms=0,
        )
        try:
            await storage.calls.add(call, admission=admission)
        except OverLimit:
            refused.append((asked, time.monotonic()))
            await asyncio.sleep(0.002)
            continue
        made.append((asked, time.monotonic()))
    await storage.aclose()
    sys.stdout.write(json.dumps([made, refused]))


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
