"""How many calls a host may hold: its configured most, and less while its audio comes late. Pure.

A host that is out of breath delays every call that it holds, so it takes no further ones in good
time instead. What it carries is learned as TCP learns what a network carries: a tenth less after
two bad seconds in a row, a little more after each five good ones.
"""

from __future__ import annotations

from dataclasses import dataclass

WINDOW_S = 1.0
GOOD_WINDOWS = 5
BAD_WINDOWS = 2


@dataclass(frozen=True, slots=True)
class Breath:
    """What counts as out of breath: a tick that comes more than ``late_s`` after it was due, and
    ``bad_share`` of such ticks in a second. Below ``floor`` calls it is others' load on the
    machine, and refusing calls would not help."""

    late_s: float = 0.010
    bad_share: float = 0.05
    floor: int = 20


class Capacity:
    """Told of each tick; says how much room is left."""

    def __init__(self, most: int, breath: Breath | None = None) -> None:
        self._most = most
        self._breath = breath or Breath()
        self._ceiling = most
        self._window_began_s: float | None = None
        self._ticks = 0
        self._late = 0
        self._good_windows = 0
        self._bad_windows = 0

    @property
    def ceiling(self) -> int:
        """How many calls it may hold now."""
        return self._ceiling

    def room(self, calls: int) -> int:
        """How many more it takes."""
        return max(self._ceiling - calls, 0)

    def ticked(self, late_s: float, calls: int, now_s: float, ticks: int = 1) -> None:
        """``ticks`` came ``late_s`` after they were due, while it held ``calls``."""
        began = self._window_began_s
        # Ticks stand still while there are no calls: a pause is no window.
        if began is None or now_s - began > 2 * WINDOW_S + late_s:
            self._begin(now_s)
        elif now_s - began >= WINDOW_S:
            self._judge(calls)
            self._begin(now_s)
        self._ticks += ticks
        if late_s > self._breath.late_s:
            self._late += ticks

    def _begin(self, now_s: float) -> None:
        self._window_began_s = now_s
        self._ticks = self._late = 0

    def _judge(self, calls: int) -> None:
        if self._late > self._ticks * self._breath.bad_share:
            self._bad_windows, self._good_windows = self._bad_windows + 1, 0
            if self._bad_windows >= BAD_WINDOWS:
                self._bad_windows = 0
                self._shrink(calls)
            return
        self._bad_windows, self._good_windows = 0, self._good_windows + 1
        if self._good_windows >= GOOD_WINDOWS:
            self._good_windows = 0
            self._ceiling = min(self._ceiling + max(self._ceiling // 50, 1), self._most)

    def _shrink(self, calls: int) -> None:
        held = min(calls, self._ceiling)
        self._ceiling = min(max(held * 9 // 10, self._breath.floor), self._ceiling)
