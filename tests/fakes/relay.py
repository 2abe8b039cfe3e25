"""A bad network on loopback: datagrams to one port reach another, some late, some never."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager


class _Side(asyncio.DatagramProtocol):
    """One end; ``other`` sends on. The first copy of a datagram is lost, the others come twice."""

    def __init__(self):
        self.peer = None
        self.other = None
        self._seen = set()

    def connection_made(self, transport):
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data, addr):
        if self.peer is None:
            self.peer = addr
        if data in self._seen:
            for _ in range(2):
                self.other.transport.sendto(data, self.other.peer)
        self._seen.add(data)


@asynccontextmanager
async def lossy_relay(target):
    """The port whose datagrams reach ``target``, a port of 127.0.0.1, and its answers back."""
    loop = asyncio.get_running_loop()
    near, far = _Side(), _Side()
    near.other, far.other = far, near
    far.peer = ("127.0.0.1", target)
    for side in (near, far):
        await loop.create_datagram_endpoint(lambda side=side: side, local_addr=("127.0.0.1", 0))
    try:
        yield near.port
    finally:
        near.transport.close()
        far.transport.close()
