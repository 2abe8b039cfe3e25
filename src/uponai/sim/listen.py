"""Plays a recording with whatever player this machine has."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

PLAYERS: Sequence[Sequence[str]] = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("play", "-q"),
    ("afplay",),
)


def player() -> Sequence[str] | None:
    """The command of the first player found; None where there is none."""
    for command in PLAYERS:
        if shutil.which(command[0]):
            return command
    return None


async def play(file: Path) -> str:
    """Play ``file`` to its end. Empty, or why nothing was to be heard."""
    command = player()
    if command is None:
        names = ", ".join(one[0] for one in PLAYERS)
        return f"no player found (looked for {names}); the recording is {file}"
    process = await asyncio.create_subprocess_exec(
        *command,
        str(file),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode == 0:
        return ""
    said = complaint.decode(errors="replace").strip().splitlines()
    return f"{command[0]} could not play {file}: {said[-1] if said else process.returncode}"
