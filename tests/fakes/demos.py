"""``uponai demo`` as a user runs it, and what is left of it afterwards."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT_S = 110


@dataclass(frozen=True)
class Demo:
    """How a run ended: exit status, one record per call, and what a person was shown."""

    status: int
    records: list[dict[str, Any]]
    shown: str


def _unheard(line: str) -> None: ...


async def demo(
    output: Path,
    *options: str,
    limit_s: float = LIMIT_S,
    on_line: Callable[[str], None] = _unheard,
) -> Demo:
    """Run it with ``--json``; recordings go to ``output``, lines shown to ``on_line``."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uponai", "demo", "--json", "--output", str(output), *options,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    shown: list[str] = []

    async def read_shown(stream: asyncio.StreamReader) -> None:
        while line := (await stream.readline()).decode():
            shown.append(line)
            on_line(line)

    try:
        async with asyncio.timeout(limit_s):
            out, _ = await asyncio.gather(process.stdout.read(), read_shown(process.stderr))
            await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    records = [json.loads(line) for line in out.decode().splitlines()]
    return Demo(process.returncode or 0, records, "".join(shown))


@dataclass(frozen=True)
class Traces:
    """What a demo may leave: temporary folders, and processes by what they were started with."""

    folders: frozenset[str]
    processes: frozenset[tuple[int, str]]

    def since(self, before: Traces) -> list[str]:
        """What is there now and was not before."""
        processes = [command for _, command in self.processes - before.processes]
        return sorted([*(self.folders - before.folders), *processes])


def traces(mark: str = "uponai-demo-") -> Traces:
    """Folders of demos, and processes whose command line or environment names one."""
    home = Path(tempfile.gettempdir())
    folders = frozenset(str(path) for path in home.glob(f"{mark}*"))
    processes: set[tuple[int, str]] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (entry / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if mark in command or f"/{mark}" in environment:
            processes.add((int(entry.name), command.strip()))
    return Traces(folders, frozenset(processes))
