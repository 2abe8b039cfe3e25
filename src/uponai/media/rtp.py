"""RTP packets (RFC 3550): header, wrapping arithmetic, an outgoing stream, reception figures."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_PACKET_BYTES = 1_500
"""Longer datagrams are no telephone audio and are dropped unread."""

_HEAD = struct.Struct(">BBHII")
_VERSION_2 = 0x80
_HEAD_BYTES = 12
_RTCP_TYPES = range(192, 224)


class RtpPacket(NamedTuple):
    """One packet; ``timestamp`` counts samples (8 kHz for G.711 and telephone events)."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def parse(data: bytes) -> RtpPacket | None:
    """The packet in a datagram, or None when it is not RTP version 2 (RTCP counts as not)."""
    size = len(data)
    if size < _HEAD_BYTES or size > MAX_PACKET_BYTES:
        return None
    first, second, sequence, timestamp, ssrc = _HEAD.unpack_from(data)
    # RFC 5761 section 4: RTCP packet types seen in the second byte tell the two apart.
    if first & 0xC0 != _VERSION_2 or second in _RTCP_TYPES:
        return None
    if first == _VERSION_2:
        payload = data[_HEAD_BYTES:]
    else:
        bounds = _payload_bounds(data, first)
        if bounds is None:
            return None
        payload = data[bounds[0] : bounds[1]]
    # In place of RtpPacket(...), whose Python half takes as long as all of the above.
    words = (second & 0x7F, second >= 0x80, sequence, timestamp, ssrc, payload)
    return tuple.__new__(RtpPacket, words)  # pyright: ignore[reportUnknownMemberType]


def _payload_bounds(data: bytes, first: int) -> tuple[int, int] | None:
    """Start and end of the payload behind CSRCs, extension and before padding (section 5.1)."""
    start, end = _HEAD_BYTES + 4 * (first & 0x0F), len(data)
    if first & 0x10:
        if start + 4 > end:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & 0x20:
        padding = data[-1]
        if padding == 0:
            return None
        end -= padding
    return (start, end) if start <= end else None


def pack(packet: RtpPacket) -> bytes:
    """``packet`` as a datagram without CSRCs, extension or padding."""
    second = packet.payload_type | (0x80 if packet.marker else 0)
    head = _HEAD.pack(_VERSION_2, second, packet.sequence, packet.timestamp, packet.ssrc)
    return head + packet.payload


def sequence_delta(later: int, earlier: int) -> int:
    """How far ``later`` is ahead of ``earlier`` modulo 2**16, from -32768 to 32767."""
    return ((later - earlier + 0x8000) & 0xFFFF) - 0x8000


def timestamp_delta(later: int, earlier: int) -> int:
    """How far ``later`` is ahead of ``earlier`` modulo 2**32, from -2**31 to 2**31 - 1."""
    return ((later - earlier + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


class RtpStream:
    """The numbers of one outgoing stream; start values are the caller's (random) choice.

    Every tick advances the timestamp, sent or not, so that the far end's clock stays true over
    pauses (section 5.1). ``sequence`` advances only with packets.
    """

    __slots__ = ("_marker", "sequence", "ssrc", "timestamp")

    def __init__(self, ssrc: int, sequence: int, timestamp: int) -> None:
        self.ssrc = ssrc & 0xFFFF_FFFF
        self.sequence = sequence & 0xFFFF
        self.timestamp = timestamp & 0xFFFF_FFFF
        self._marker = True

    def packet(self, payload: bytes, payload_type: int) -> bytes:
        """The next audio datagram; the first of a talkspurt carries the marker bit."""
        second = payload_type | 0x80 if self._marker else payload_type
        self._marker = False
        sequence = self.sequence
        self.sequence = (sequence + 1) & 0xFFFF
        return _HEAD.pack(_VERSION_2, second, sequence, self.timestamp, self.ssrc) + payload

    def event_packet(self, payload: bytes, payload_type: int, began: int, *, marker: bool) -> bytes:
        """A telephone-event datagram of the event that began at timestamp ``began``."""
        second = payload_type | (0x80 if marker else 0)
        sequence = self.sequence
        self.sequence = (sequence + 1) & 0xFFFF
        return _HEAD.pack(_VERSION_2, second, sequence, began, self.ssrc) + payload

    def advance(self, samples: int) -> None:
        """Let ``samples`` of line time pass."""
        self.timestamp = (self.timestamp + samples) & 0xFFFF_FFFF

    def pause(self) -> None:
        """The next audio packet begins a talkspurt."""
        self._marker = True


@dataclass(slots=True)
class Reception:
    """Figures of one incoming SSRC (RFC 3550 appendix A.3 and A.8).

    ``former_received`` and ``former_lost`` are of the sources that the stream had before.
    """

    rate_hz: int = 8_000
    received: int = 0
    jitter_samples: float = 0.0
    former_received: int = 0
    former_lost: int = 0
    _first: int = 0
    _highest: int = 0
    _transit: float | None = field(default=None)

    def note(self, packet: RtpPacket, now: float) -> None:
        """Count a packet of sound that arrived at ``now`` seconds."""
        self.count(packet)
        transit = now * self.rate_hz - packet.timestamp
        if self._transit is not None:
            moved = abs(transit - self._transit)
            # A jump over two seconds is a new timeline (wrap, restart), not jitter.
            if moved < 2 * self.rate_hz:
                self.jitter_samples += (moved - self.jitter_samples) / 16
        self._transit = transit

    def count(self, packet: RtpPacket) -> None:
        """Count a packet whose timestamp says nothing of when it was sent (RFC 4733 §2.1)."""
        if self.received == 0:
            self._first = self._highest = packet.sequence
        else:
            ahead = sequence_delta(packet.sequence, self._highest & 0xFFFF)
            if ahead > 0:
                self._highest += ahead
        self.received += 1

    def next_source(self) -> Reception:
        """Figures of the SSRC that takes this one's place: sequence numbers begin anew (§8.2)."""
        received = self.former_received + self.received
        lost = self.former_lost + self.lost
        return Reception(self.rate_hz, former_received=received, former_lost=lost)

    @property
    def highest(self) -> int:
        """The highest sequence number so far, with the count of its wraps above 16 bits."""
        return self._highest

    @property
    def lost(self) -> int:
        """Packets that should have come and did not (duplicates may make it too low)."""
        if self.received == 0:
            return 0
        return max(0, self._highest - self._first + 1 - self.received)
