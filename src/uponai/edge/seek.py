"""Finds a brain for a line, again and again until one takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from uponai.edge.brain_link import BrainLinks
from uponai.edge.call import Call

FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 2.0


async def seek_brain(call: Call, links: BrainLinks, wanted: Callable[[Call], None]) -> None:
    """Return when a brain's link carries the line, or the call is over.

    URLs are tried in order. When all failed or refused, ``wanted`` asks for others, and the same
    are tried again after a growing pause.
    """
    pause_s = FIRST_PAUSE_S
    while True:
        if await _try_all(call, links):
            return
        call.refused.clear()
        wanted(call)
        try:
            async with asyncio.timeout(pause_s):
                await call.brains_came.wait()
        except TimeoutError:
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        call.brains_came.clear()


async def _try_all(call: Call, links: BrainLinks) -> bool:
    """Whether the search is over."""
    for url in call.brains:
        if url in call.refused:
            continue
        link = await links.open(url)
        line = call.carried
        if line is None or line.is_over:
            return True
        if link is not None:
            link.attach(line)
            return True
    return False
