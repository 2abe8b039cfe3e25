"""One dialer process on a shared database, for so long. Prints when it dialled, as JSON.

Arguments: database URL, name, calls per second, seconds.
"""

from __future__ import annotations

import asyncio
import json
import sys

from tests.fakes.dialling import NotingCarrier, a_dialer, installation

from uponai.storage.sql import open_storage


async def main(url: str, name: str, cps: int, seconds: float) -> None:
    storage = await open_storage(url)
    carrier = NotingCarrier()
    dialer = a_dialer(storage, carrier, installation(cps), name=name)
    dialer.start()
    await asyncio.sleep(seconds)
    await dialer.aclose()
    await storage.aclose()
    sys.stdout.write(json.dumps(carrier.dialled))


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
