"""A real ``uponai callee``: somebody to phone, in a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.commands import running


@asynccontextmanager
async def a_callee(data: Path, scenario: str = "answer") -> AsyncIterator[str]:
    """Yields its SIP address, ``host:port``."""
    words = ("callee", "--scenario", scenario, "--data", str(data))
    async with running(data, *words) as printed:
        yield printed["sip"]
