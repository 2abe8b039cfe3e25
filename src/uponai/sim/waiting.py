"""Waiting in front of a person: a line for every wait that lasts more than a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from uponai.tasks import TaskGroup, monotonic_s

T = TypeVar("T")
Say = Callable[[str], None]

FIRST_WORD_S = 1.0
NEXT_WORD_S = 5.0


async def patiently(what: str, work: Coroutine[Any, Any, T], say: Say) -> T:
    """Await ``work``; say ``what`` is waited for after a second, then how long, now and then."""
    tasks = TaskGroup()
    began_s = monotonic_s()
    task = tasks.spawn(work, name=f"wait for {what}")
    pause_s = FIRST_WORD_S
    try:
        while not (await asyncio.wait({task}, timeout=pause_s))[0]:
            waited_s = monotonic_s() - began_s
            say(f"{what} ..." if pause_s == FIRST_WORD_S else f"{what} ... ({waited_s:.0f} s)")
            pause_s = NEXT_WORD_S
        return task.result()
    finally:
        await tasks.aclose()
