"""Calls created lately, so that a client's automatic retry never dials twice (trap 1).

The Node SDK retries create-phone-call without a key of its own, but says so in a header. Such a
retry of the same body gets the call that its first attempt made. In memory: a retry that reaches
another host is covered only by ``idempotency_key``, which the database keeps.
"""

from __future__ import annotations

from collections import OrderedDict

REMEMBERED_MS = 600_000
MAX_REMEMBERED = 10_000


class RecentCalls:
    """Call ids by (workspace, fingerprint), oldest first."""

    def __init__(self) -> None:
        self._calls: OrderedDict[tuple[str, str], tuple[str, int]] = OrderedDict()

    def remember(self, workspace_id: str, fingerprint: str, call_id: str, now_ms: int) -> None:
        self._calls[(workspace_id, fingerprint)] = (call_id, now_ms)
        self._calls.move_to_end((workspace_id, fingerprint))
        while len(self._calls) > MAX_REMEMBERED:
            self._calls.popitem(last=False)

    def find(self, workspace_id: str, fingerprint: str, now_ms: int) -> str | None:
        call_id, at_ms = self._calls.get((workspace_id, fingerprint), (None, 0))
        return call_id if now_ms - at_ms <= REMEMBERED_MS else None
