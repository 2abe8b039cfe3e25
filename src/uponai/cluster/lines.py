"""Which lines exist, as their holders last said. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Line = Literal["held", "gone", "unknown"]
"""A line holder has it; all have said that they do not; not all have said."""


@dataclass(slots=True)
class LinesSeen:
    """What each line holder (an edge, a carrier) said, and when."""

    _told: dict[str, tuple[int, frozenset[str]]] = field(
        default_factory=dict[str, tuple[int, frozenset[str]]]
    )

    def told(self, source: str, call_ids: Iterable[str], now_ms: int) -> None:
        """``source`` has listed all its lines."""
        self._told[source] = (now_ms, frozenset(call_ids))

    def line_of(self, call_id: str, since_ms: int) -> Line:
        """Whether a line holder has this call, by what was said since then."""
        fresh = [calls for at_ms, calls in self._told.values() if at_ms > since_ms]
        if any(call_id in calls for calls in fresh):
            return "held"
        return "gone" if fresh and len(fresh) == len(self._told) else "unknown"
