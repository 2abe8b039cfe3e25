"""The numbered events of one boot of an edge, kept until somebody has them safe."""

from __future__ import annotations

from collections import OrderedDict

from uponai.link.control import Dialling, Envelope, Event, IncomingGone, Lines, Ringing, Seen

MAX_WAITING = 50_000

_PASSING = (Dialling, Ringing, IncomingGone)
"""Events that a later one of the same call makes needless; the first to go when too many wait."""


class EventLog:
    """Numbers events and holds them for re-sending.

    ``Lines`` and ``Seen`` are pictures of one moment: numbered, never kept.
    """

    def __init__(self, edge: str, boot: str, max_waiting: int = MAX_WAITING) -> None:
        self.boot = boot
        self._edge = edge
        self._seq = 0
        self._max = max_waiting
        self._waiting: OrderedDict[int, Envelope] = OrderedDict()

    def add(self, event: Event) -> Envelope:
        """``event`` with its number."""
        self._seq += 1
        envelope = Envelope(self._edge, self.boot, self._seq, event)
        if not isinstance(event, Lines | Seen):
            self._waiting[self._seq] = envelope
            if len(self._waiting) > self._max:
                self._forget_one()
        return envelope

    def acknowledge(self, boot: str, seq: int) -> list[Event]:
        """The events that ``seq`` covers, released; none when it is about another boot."""
        released: list[Event] = []
        while boot == self.boot and self._waiting and next(iter(self._waiting)) <= seq:
            released.append(self._waiting.popitem(last=False)[1].event)
        return released

    def waiting(self) -> list[Envelope]:
        """What nobody has acknowledged, oldest first."""
        return list(self._waiting.values())

    def _forget_one(self) -> None:
        for seq, envelope in self._waiting.items():
            if isinstance(envelope.event, _PASSING):
                del self._waiting[seq]
                return
        self._waiting.popitem(last=False)
