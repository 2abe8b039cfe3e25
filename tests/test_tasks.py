"""The home of tasks: an owner's end is the end of its tasks."""

from __future__ import annotations

import asyncio

from tests.patience import patience

from uponai.tasks import TaskGroup, woken


async def test_a_loop_that_is_woken_as_it_is_cancelled_ends() -> None:
    """``asyncio.wait_for`` of Python 3.11 loses this cancellation."""
    wake = asyncio.Event()
    tasks = TaskGroup()

    async def loop() -> None:
        while True:
            wake.clear()
            await woken(wake, 0.05)

    tasks.spawn(loop(), name="loop")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    wake.set()
    await asyncio.sleep(0)
    async with patience():
        await tasks.aclose()
    assert not tasks.tasks


async def test_woken_tells_whether_the_event_came() -> None:
    wake = asyncio.Event()
    assert await woken(wake, 0.01) is False
    wake.set()
    assert await woken(wake, 0.01) is True
