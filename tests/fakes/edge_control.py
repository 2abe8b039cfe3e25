"""A dialer's end of edge control, within the process: what was told, and waiting for it."""

from __future__ import annotations

import asyncio

from tests.patience import patience

from uponai.link import control


class ControlEar:
    """Listens to an ``Edge`` in the same process and acknowledges unless told not to."""

    def __init__(self, edge, *, acknowledge=True):
        self.edge = edge
        self.acknowledge = acknowledge
        self.events = []
        self._waiting = set()
        edge.listen(self._hear)

    def leave(self):
        """Listen no longer."""
        self.edge.unlisten(self._hear)

    def _hear(self, envelope):
        self.events.append(envelope.event)
        for waiting in self._waiting:
            waiting.set()
        if self.acknowledge:
            self.edge.command(control.Ack(envelope.boot, envelope.seq))

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    async def wait_for(self, kind, count=1):
        """The ``count``-th event of this kind."""
        await self._until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]

    async def wait_of(self, call_id, kind, wanted=lambda event: True):
        """The first event of this kind of one call that is ``wanted``."""

        def found():
            return [e for e in self.of(kind) if e.call_id == call_id and wanted(e)]

        await self._until(found)
        return found()[0]

    async def _until(self, condition):
        async with patience():
            while not condition():
                # Several may wait: each for its own change.
                waiting = asyncio.Event()
                self._waiting.add(waiting)
                try:
                    await waiting.wait()
                finally:
                    self._waiting.discard(waiting)
