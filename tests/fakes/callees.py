"""A real ``uponai callee``: somebody to phone, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.patience import patience


@asynccontextmanager
async def a_callee(data: Path, scenario: str = "answer") -> AsyncIterator[str]:
    """Yields its SIP address, ``host:port``."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "uponai", "callee", "--scenario", scenario, "--data", str(data),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        async with patience():
            line = await process.stdout.readline()
        assert line, (data / "log").read_text()
        yield json.loads(line)["sip"]
    finally:
        if process.returncode is None:
            process.terminate()
        async with patience():
            await process.wait()
