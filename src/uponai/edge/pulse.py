"""Whether a server is there, by the answers to what it is asked from time to time: pure."""

from __future__ import annotations

from typing import Final

MISSES: Final = 3


class Pulse:
    """Down after three silences in a row, up again with any answer."""

    def __init__(self) -> None:
        self.misses = 0

    @property
    def is_down(self) -> bool:
        """Whether it counts as down."""
        return self.misses >= MISSES

    def answered(self) -> bool:
        """An answer came; whether that changes anything."""
        was, self.misses = self.is_down, 0
        return was

    def missed(self) -> bool:
        """None came; whether that changes anything."""
        self.misses += 1
        return self.misses == MISSES
