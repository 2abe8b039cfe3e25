"""A dialer's end of edge control, within the process: what was told, and waiting for it."""

from __future__ import annotations

import asyncio

from uponai.link import control


class ControlEar:
    """Listens to an ``Edge`` in the same process and acknowledges unless told not to."""

    def __init__(self, edge, *, acknowledge=True):
        self.edge = edge
        self.acknowledge = acknowledge
        self.events = []
        self._changed = asyncio.Event()
        edge.listen(self._hear)

    def leave(self):
        """Listen no longer."""
        self.edge.unlisten(self._hear)

    def _hear(self, envelope):
        self.events.append(envelope.event)
        self._changed.set()
        if self.acknowledge:
            self.edge.command(control.Ack(envelope.boot, envelope.seq))

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    async def wait_for(self, kind, count=1, timeout_s=10.0):
        """The ``count``-th event of this kind."""
        async with asyncio.timeout(timeout_s):
            while len(self.of(kind)) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.of(kind)[count - 1]
