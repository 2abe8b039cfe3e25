"""Writes a call's checkpoints behind its back: the newest turn, in order, never waited for.

What cannot be written is kept in memory and tried again with growing pauses; ``flush`` at the end
of the call gives the last one a chance.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from uponai.domain.call import Checkpoint
from uponai.log import get
from uponai.storage.base import Checkpoints, StorageUnavailable
from uponai.tasks import TaskGroup

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 10.0

log = get("uponai.live.checkpoint")


class CheckpointWriter:
    """One call's checkpoints. ``on_stale`` is called once when somebody else owns the call."""

    def __init__(
        self, checkpoints: Checkpoints, tasks: TaskGroup, on_stale: Callable[[], None]
    ) -> None:
        self._checkpoints = checkpoints
        self._tasks = tasks
        self._on_stale = on_stale
        self._next: Checkpoint | None = None
        self._writer: asyncio.Task[None] | None = None
        self._stale = False

    def put(self, checkpoint: Checkpoint) -> None:
        """Write this one as soon as may be; an older one that still waits is dropped."""
        self._next = checkpoint
        if self._writer is None or self._writer.done():
            self._writer = self._tasks.spawn(self._write(), name="checkpoint")

    async def flush(self, timeout_s: float) -> bool:
        """Whether everything put is written (or refused for good) within ``timeout_s``."""
        writer = self._writer
        if writer is None or writer.done():
            return self._next is None
        await asyncio.wait({writer}, timeout=timeout_s)
        return self._next is None and writer.done()

    async def _write(self) -> None:
        pause_s = FIRST_PAUSE_S
        while self._next is not None and not self._stale:
            wanted, self._next = self._next, None
            try:
                saved = await self._checkpoints.save(wanted)
            except (StorageUnavailable, OSError) as error:
                log.warning("checkpoint not written, kept", turn=wanted.turn, error=repr(error))
                self._next = self._next or wanted
                await asyncio.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
                continue
            except Exception:
                log.exception("checkpoint cannot be written", turn=wanted.turn)
                continue
            pause_s = FIRST_PAUSE_S
            if not saved:
                self._stale = True
                self._next = None
                self._on_stale()
