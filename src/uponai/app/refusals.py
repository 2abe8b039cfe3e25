"""Which refusals of strangers are worth a record: one tells all, a flood must not fill the list."""

from __future__ import annotations

from typing import Final

EVERY_MS: Final = 60_000
MOST_REMEMBERED: Final = 10_000


class Refusals:
    """Remembers who was refused where."""

    def __init__(self) -> None:
        self._told_ms: dict[tuple[str, str], int] = {}

    def is_news(self, number: str, source: str, now_ms: int) -> bool:
        """Whether the last record of ``source`` refused at ``number`` is a minute old, or none."""
        key = (number, source)
        told_ms = self._told_ms.pop(key, None)
        if told_ms is not None and 0 <= now_ms - told_ms < EVERY_MS:
            self._told_ms[key] = told_ms
            return False
        while len(self._told_ms) >= MOST_REMEMBERED:
            del self._told_ms[next(iter(self._told_ms))]
        self._told_ms[key] = now_ms
        return True
