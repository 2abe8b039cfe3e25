"""A command of ``uponai`` in a process of its own that prints, as JSON, where it is to be found."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.patience import patience


@asynccontextmanager
async def running(folder: Path, *words: str) -> AsyncIterator[dict[str, Any]]:
    """Run ``uponai`` with ``words``; yields what it printed. It logs to ``folder / "log"``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "uponai", *words,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        async with patience():
            line = await process.stdout.readline()
        assert line, (folder / "log").read_text()
        yield json.loads(line)
    finally:
        if process.returncode is None:
            process.terminate()
        async with patience():
            await process.wait()
