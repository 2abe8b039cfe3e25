"""Whose packets a line listens to, and where it sends: symmetric RTP, latched once per stream.

The far side's SDP address is believed at once, whoever was heard before it. A far side behind NAT
sends from another address; it is believed after a few packets of one SSRC (at once, where a packet
proves that it has the key), and only as long as the stated one is silent. Once latched, nobody else
is heard until the stream has been silent for a while.
"""

from __future__ import annotations

from uponai.edge.ports import Address

PROOF_PACKETS = 3
SILENT_S = 2.0


class Latch:
    """The source of one line's audio."""

    __slots__ = ("_candidate", "_count", "_heard_at", "_stated", "foreign", "source", "target")

    def __init__(self) -> None:
        self._stated: Address | None = None
        self._candidate: tuple[Address, int] | None = None
        self._count = 0
        self._heard_at = 0.0
        self.source: Address | None = None
        self.target: Address | None = None
        self.foreign = 0

    def state(self, address: Address) -> None:
        """The far side's SDP names ``address``; a new one starts all over."""
        if address != self._stated:
            self._stated = self.target = address
            self.source, self._candidate, self._count = None, None, 0

    def admits(self, source: Address, ssrc: int, now: float, *, proven: bool = False) -> bool:
        """Whether a packet that came from ``source`` at ``now`` belongs to the line."""
        if source == self.source:
            self._heard_at = now
            return True
        if self.source is not None:
            if source != self._stated and now - self._heard_at < SILENT_S:
                self.foreign += 1
                return False
            self.source = None
        if not self._proves(source, ssrc, proven=proven):
            return False
        self._heard_at = now
        return True

    def _proves(self, source: Address, ssrc: int, *, proven: bool) -> bool:
        if source != self._stated and not proven:
            if self._candidate != (source, ssrc):
                self._candidate, self._count = (source, ssrc), 0
            self._count += 1
            if self._count < PROOF_PACKETS:
                return False
        self.source = self.target = source
        self._candidate, self._count = None, 0
        return True
