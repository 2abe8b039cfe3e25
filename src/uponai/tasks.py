"""The only spawner of asyncio tasks and the only reader of the clock.

A task has a name and an owner; a task that dies of an unexpected error is logged once with its name
and does not vanish. ``now_ms`` is wall time for records, ``monotonic_s`` for deadlines.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_log = logging.getLogger("uponai.tasks")
_ownerless: set[asyncio.Task[Any]] = set()


def now_ms() -> int:
    """Wall-clock time in ms since the epoch."""
    return int(time.time() * 1000)


def wall_s() -> float:
    """Wall-clock time in seconds since the epoch, as the kernel notes it of what arrives."""
    return time.time()


def monotonic_s() -> float:
    """Seconds of a clock that never goes back; only differences mean anything."""
    return time.monotonic()


def loop_s() -> float:
    """Seconds of the running loop's clock, the one of ``call_at`` (tests run it by themselves)."""
    return asyncio.get_running_loop().time()


def call_at(when_s: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
    """Call ``callback`` once ``loop_s()`` has reached ``when_s``; the handle can cancel it."""
    return asyncio.get_running_loop().call_at(when_s, callback)


def spawn(
    work: Coroutine[Any, Any, T], *, name: str, owner: TaskGroup | None = None
) -> asyncio.Task[T]:
    """Run ``work`` as a named task; ``owner.aclose()`` cancels and awaits it."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    home = _ownerless if owner is None else owner.tasks
    home.add(task)
    task.add_done_callback(home.discard)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[Any]) -> None:
    if task.cancelled():
        return
    error = task.exception()
    if error is not None:
        _log.error("task died", extra={"task": task.get_name()}, exc_info=error)


async def woken(event: asyncio.Event, within_s: float) -> bool:
    """Wait for ``event``, at most so long; whether it came.

    In place of ``asyncio.wait_for``, which on Python 3.11 swallows a cancellation that comes at
    the same moment as the event: a loop around it then never ends.
    """
    try:
        async with asyncio.timeout(within_s):
            await event.wait()
    except TimeoutError:
        return False
    return True


class TaskGroup:
    """The tasks of one owner, ended together."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        return spawn(work, name=name, owner=self)

    async def aclose(self) -> None:
        """Cancel every task and wait until all are gone (the caller's own task excepted)."""
        me = asyncio.current_task()
        tasks = [task for task in self.tasks if task is not me]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
