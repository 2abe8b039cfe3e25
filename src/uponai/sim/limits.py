"""How many calls a simulated account may start in a while, and have at once."""

from __future__ import annotations

from collections import deque

from uponai.tasks import loop_s


class AccountLimits:
    """``cps`` calls a second, counted over ``window_s``; ``concurrency`` at once, None: any."""

    def __init__(self, cps: int, concurrency: int | None, *, window_s: float) -> None:
        self.concurrency = concurrency
        self._most = cps * window_s
        self._window_s = window_s
        self._begun_s: deque[float] = deque()

    def too_fast(self) -> bool:
        """Whether one more call now would be too fast; if not, it counts."""
        now = loop_s()
        while self._begun_s and now - self._begun_s[0] >= self._window_s:
            self._begun_s.popleft()
        if len(self._begun_s) >= self._most:
            return True
        self._begun_s.append(now)
        return False

    def full(self, calls: int) -> bool:
        """Whether ``calls`` at once are all there may be."""
        return self.concurrency is not None and calls >= self.concurrency
