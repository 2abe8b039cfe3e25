"""How long a test waits for what has to come.

A busy machine is no fault: what comes late comes, and only what never comes is told. Where a test
is about how soon something happens, it sets its own deadline.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

PATIENCE_S = 60.0


def patience() -> asyncio.Timeout:
    """The deadline of a wait whose length says nothing."""
    return asyncio.timeout(PATIENCE_S)


async def until(true: Callable[[], object | Awaitable[object]]) -> Any:
    """What ``true`` gives, as soon as that is something true; it may be a coroutine function."""
    async with patience():
        while True:
            given = true()
            found = await given if inspect.isawaitable(given) else given
            if found:
                return found
            await asyncio.sleep(0.005)
