"""An event loop whose clock jumps to the next timer as soon as nothing is ready.

A minute of a call passes in milliseconds and always in the same order. Only for code without real
sockets and threads: work that nobody on the loop drives never arrives, and then the loop says so.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class StuckLoop(RuntimeError):
    """Nothing is ready, no timer is set, and yet somebody waits."""


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for a time, moves the clock on by it."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            ready = super().select(1.0)
            if not ready:
                raise StuckLoop("nothing will ever happen again")
            return ready
        self.now_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its ``time`` begins at 0 and passes only in jumps."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s


def run(work: Coroutine[Any, Any, T], *, limit_s: float = 3_600.0) -> T:
    """Run ``work`` in virtual time; TimeoutError after ``limit_s`` of it."""

    async def bounded() -> T:
        async with asyncio.timeout(limit_s):
            return await work

    loop = VirtualLoop()
    try:
        return loop.run_until_complete(bounded())
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
