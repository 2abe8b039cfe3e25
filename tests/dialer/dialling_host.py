"""One dialer with an edge of its own on a shared database, until its standard input is closed.

Arguments: database URL, name, calls per second, folder, first RTP port. Prints a line once it is
ready to dial.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import aiohttp
from tests.fakes.dialling import a_dialer, installation

from uponai.carriers.sip import EdgeAddress, SipCarrier
from uponai.edge.main import Edge
from uponai.edge.settings import EdgeConfig
from uponai.storage.sql import open_storage

TOKEN = "secret"


async def main(url: str, name: str, cps: int, folder: Path, rtp_first: int) -> None:
    storage = await open_storage(url)
    edge = Edge(
        EdgeConfig(folder / name, TOKEN, sip_port=0, rtp_first=rtp_first, rtp_last=rtp_first + 199)
    )
    await edge.start()
    async with aiohttp.ClientSession() as session:
        carrier = SipCarrier(session, EdgeAddress(edge.control_url, TOKEN, ()))
        dialer = a_dialer(storage, carrier, installation(cps), name=name)
        dialer.start()
        while not dialer.connected:
            await asyncio.sleep(0.01)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        await dialer.aclose()
    await edge.aclose()
    await storage.aclose()


url_, name_, cps_, folder_, rtp_first_ = sys.argv[1:]
asyncio.run(main(url_, name_, int(cps_), Path(folder_), int(rtp_first_)))
