"""Which attempts this edge has had, in this life and, by its journal, in earlier ones: pure.

An attempt is dialled once. One that was looked up and had never come is void: its order may still
be on the way, and whoever asked relies on it that nothing is sent any more.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Literal

from uponai.link.control import Ended

MAX_KNOWN: Final = 50_000

Past = Ended | Literal["taken", "void"]
"""How an attempt ended; ``taken``: it was dialled, no more is known; ``void``: refused."""


class Attempts:
    """The latest ``most`` attempts and fences."""

    def __init__(self, most: int = MAX_KNOWN) -> None:
        self._most = most
        self._past: OrderedDict[tuple[str, int], Past] = OrderedDict()
        self._fences: OrderedDict[str, int] = OrderedDict()

    def take(self, call_id: str, attempt: int, fence: int) -> bool:
        """Whether it may be dialled: not had before, and ordered by the call's latest holder."""
        if (call_id, attempt) in self._past or fence < self._fences.get(call_id, 0):
            return False
        self.remember(call_id, attempt, fence)
        return True

    def remember(self, call_id: str, attempt: int, fence: int, past: Past = "taken") -> None:
        """Never dial it again, also after its end: the callee may have been reached."""
        self._past[call_id, attempt] = past
        self._fences[call_id] = max(fence, self._fences.get(call_id, 0))
        for known in (self._past, self._fences):
            if len(known) > self._most:
                known.popitem(last=False)

    def ended(self, ended: Ended) -> None:
        """Keep how an attempt ended, for whoever looks it up."""
        if (ended.call_id, ended.attempt) in self._past:
            self._past[ended.call_id, ended.attempt] = ended

    def past(self, call_id: str, attempt: int) -> Past | None:
        """What is known of it; None: it never came."""
        return self._past.get((call_id, attempt))
