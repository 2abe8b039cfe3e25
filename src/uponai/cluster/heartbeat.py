"""A byte a second from a child to its supervisor, and when its silence means that it is stuck.

The child writes from its event loop, so a loop that is blocked, a process that was stopped and one
that spins all fall silent alike, while a slow answer of the network does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import dataclass
from typing import Final

_FIRST_BEAT_EXTRA_S: Final = 60.0
_LOOKS_PER_LIMIT: Final = 15


@dataclass(frozen=True, slots=True)
class HeartbeatRule:
    """A child beats every ``every_s``; silent for ``limit_s``, it is stuck.

    Its first beat may take a minute longer: until then it is being loaded from a slow disk.
    """

    every_s: float = 1.0
    limit_s: float = 15.0
    first_extra_s: float = _FIRST_BEAT_EXTRA_S

    @property
    def look_s(self) -> float:
        """How often to look."""
        return self.limit_s / _LOOKS_PER_LIMIT


class Pulse:
    """How long one child has been silent while its supervisor was awake to hear it.

    Time in which the supervisor itself did not run (a suspended machine, a stopped process group)
    says nothing about the child: of the time between two looks no more than two looks count.
    """

    def __init__(self, rule: HeartbeatRule, now: float) -> None:
        self._rule = rule
        self._looked_at = now
        self._limit_s = rule.limit_s + rule.first_extra_s
        self.silent_s = 0.0

    def beat(self) -> None:
        """The child was heard."""
        self.silent_s = 0.0
        self._limit_s = self._rule.limit_s

    def is_stuck(self, now: float) -> bool:
        """Look; to be called every ``look_s``."""
        passed_s, self._looked_at = now - self._looked_at, now
        self.silent_s += min(passed_s, 2 * self._rule.look_s)
        return self.silent_s >= self._limit_s


async def send_heartbeats(fd: int, every_s: float) -> None:
    """Write a byte to ``fd`` for ever; a supervisor that does not read them changes nothing."""
    os.set_blocking(fd, False)
    while True:
        with contextlib.suppress(OSError):
            os.write(fd, b".")
        await asyncio.sleep(every_s)
