"""Many deadlines, the nearest first."""

from __future__ import annotations

import heapq


class Agenda:
    """Keys with deadlines. Moving a deadline is cheap: outdated heap entries are passed over."""

    def __init__(self) -> None:
        self._when: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []

    def set(self, key: str, when: float | None) -> None:
        """Give ``key`` this deadline (seconds), or none."""
        if when is None:
            self._when.pop(key, None)
        elif self._when.get(key) != when:
            self._when[key] = when
            heapq.heappush(self._heap, (when, key))

    def next(self) -> float | None:
        """The nearest deadline."""
        heap = self._heap
        while heap and self._when.get(heap[0][1]) != heap[0][0]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def due(self, now: float) -> list[str]:
        """Take out every key whose deadline has come, the earliest first."""
        keys: list[str] = []
        while (when := self.next()) is not None and when <= now:
            _, key = heapq.heappop(self._heap)
            del self._when[key]
            keys.append(key)
        return keys
