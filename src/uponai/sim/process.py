"""A child process of the stage: its output in a file, and gone when the stage is gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

_TAIL_BYTES = 2_000


class ChildDied(Exception):
    """A process ended that should run; the text holds the end of its output."""


class ChildProcess:
    """One program with a log file. It watches its standard input: closed means the parent died."""

    def __init__(
        self, name: str, argv: Sequence[str], env: Mapping[str, str], log_file: Path
    ) -> None:
        self.name = name
        self._argv = argv
        self._env = env
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Run it in a session of its own, so that a terminal's Ctrl-C reaches the parent only."""
        with self._log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._argv,
                env=dict(self._env),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )

    async def first_line(self) -> str:
        """The first line of its standard output. Raises ChildDied."""
        process = self._process
        if process is None or process.stdout is None:
            raise ChildDied(f"the {self.name} was not started")
        line = await process.stdout.readline()
        if not line:
            await process.wait()
            raise ChildDied(self.obituary())
        return line.decode(errors="replace").strip()

    def check(self) -> None:
        """Raises ChildDied when it has ended."""
        if self._process is not None and self._process.returncode is not None:
            raise ChildDied(self.obituary())

    def obituary(self) -> str:
        """How it ended, with the end of what it wrote."""
        code = self._process.returncode if self._process is not None else None
        tail = b""
        with contextlib.suppress(OSError):
            tail = self._log_file.read_bytes()[-_TAIL_BYTES:]
        return f"the {self.name} ended (code {code}):\n{tail.decode(errors='replace')}"

    async def stop(self, grace_s: float = 15.0) -> None:
        """Ask it to end, then make it; returns when it is gone with all it had started."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), grace_s)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.stdin is not None:
            process.stdin.close()
        self._process = None
