"""Which calls this host renews the leases of. Pure.

A call that is not let go is held only so long: if neither an answer nor an end was ever reported,
its lease must run out one day, so that the reaper decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class HeldLeases:
    """Calls by holder. ``longest_ms`` outlasts any ringing (five minutes at most)."""

    longest_ms: int = 420_000
    _until_ms: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def hold(self, call_id: str, holder: str, now_ms: int) -> None:
        self._until_ms[(holder, call_id)] = now_ms + self.longest_ms

    def let_go(self, call_id: str, holder: str) -> None:
        self._until_ms.pop((holder, call_id), None)

    @property
    def call_ids(self) -> frozenset[str]:
        """Every call that is held."""
        return frozenset(call_id for _, call_id in self._until_ms)

    def due(self, now_ms: int) -> dict[str, list[str]]:
        """The calls to renew, by holder; those held too long are forgotten first."""
        for key in [key for key, until_ms in self._until_ms.items() if until_ms <= now_ms]:
            del self._until_ms[key]
        calls: dict[str, list[str]] = {}
        for holder, call_id in self._until_ms:
            calls.setdefault(holder, []).append(call_id)
        return calls
