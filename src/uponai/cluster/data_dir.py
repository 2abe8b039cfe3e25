"""One installation at a time in a data directory.

Two would end each other's calls: each edge hangs up what the journal holds when it starts. The
lock is inherited by the children, so that after the supervisor's death it is free only when they
are gone, too; whoever comes next waits for that.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from uponai.tasks import monotonic_s

PATIENCE_S = 35.0
_PAUSE_S = 0.1


class DataDirInUse(Exception):
    """Another installation runs there."""


async def hold_data_dir(
    data_dir: Path, waits: Callable[[], None], patience_s: float = PATIENCE_S
) -> int:
    """Lock ``data_dir``; the file descriptor that holds the lock, for children to inherit.

    ``waits`` is called once when somebody else holds it. Raises DataDirInUse when they still do
    after ``patience_s``.
    """
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    give_up_s = monotonic_s() + patience_s
    told = False
    while not _locked(descriptor):
        if monotonic_s() >= give_up_s:
            os.close(descriptor)
            raise DataDirInUse(f"another uponai runs in {data_dir}")
        if not told:
            told = True
            waits()
        await asyncio.sleep(_PAUSE_S)
    return descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
