"""RTCP (RFC 3550 section 6): sender and receiver reports, and what they say of the way.

``now`` is in seconds of any steady clock: the far side only gives its times back, so they need not
be the time of day.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from uponai.media.rtp import Reception

SENDER_REPORT: Final = 200
RECEIVER_REPORT: Final = 201
DESCRIPTION: Final = 202
GOODBYE: Final = 203

_REPORTS = {SENDER_REPORT: 28, RECEIVER_REPORT: 8}
_SHORT = 65_536
_BLOCK = struct.Struct(">IIIIII")
_SENDER = struct.Struct(">BBHIIIIII")
_RECEIVER = struct.Struct(">BBHI")
_CNAME = 1
_MAX_BLOCKS = 31
_DAY_UNITS = 86_400 * _SHORT


class Block(NamedTuple):
    """A report block: how the stream ``ssrc`` arrives at the reporter.

    ``fraction_lost`` is of 256, since the last report; ``jitter`` in samples; ``last_sr`` and
    ``delay_since`` in units of 1/65536 s, 0 before a sender report was seen.
    """

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_sr: int
    delay_since: int


class Report(NamedTuple):
    """A sender or receiver report; ``ntp_middle`` is 0 in a receiver report."""

    ssrc: int
    ntp_middle: int
    blocks: tuple[Block, ...]


def is_rtcp(data: bytes) -> bool:
    """Whether a datagram on a shared port is RTCP (RFC 5761 section 4)."""
    return len(data) >= 8 and data[0] & 0xC0 == 0x80 and 192 <= data[1] < 224


def parse(data: bytes) -> list[Report] | None:
    """The reports of a compound packet; None when it is none (RFC 3550 appendix A.2)."""
    reports: list[Report] = []
    at = 0
    while at < len(data):
        if len(data) - at < 4 or data[at] & 0xC0 != 0x80:
            return None
        end = at + 4 * (int.from_bytes(data[at + 2 : at + 4], "big") + 1)
        if end > len(data):
            return None
        head = _REPORTS.get(data[at + 1])
        if head is not None:
            report = _report(data[at:end], head, data[at] & 0x1F)
            if report is None:
                return None
            reports.append(report)
        elif at == 0:
            return None
        at = end
    return reports


def _report(packet: bytes, head: int, count: int) -> Report | None:
    if len(packet) < head + 24 * count:
        return None
    ssrc = int.from_bytes(packet[4:8], "big")
    middle = int.from_bytes(packet[10:14], "big") if head == _REPORTS[SENDER_REPORT] else 0
    blocks = [_BLOCK.unpack_from(packet, head + 24 * n) for n in range(count)]
    return Report(ssrc, middle, tuple(_block(*words) for words in blocks))


def _block(ssrc: int, loss: int, highest: int, jitter: int, last_sr: int, delay: int) -> Block:
    lost = loss & 0xFF_FFFF
    lost -= 0x100_0000 if lost & 0x80_0000 else 0
    return Block(ssrc, loss >> 24, lost, highest, jitter, last_sr, delay)


@dataclass(slots=True)
class Figures:
    """How one line's audio fares. Shares are 0 to 1; None before anything is known.

    ``lost_there`` and ``jitter_there_ms`` are what the far side says of our audio.
    """

    received: int = 0
    lost: int = 0
    jitter_ms: float = 0.0
    lost_there: float | None = None
    jitter_there_ms: float | None = None
    round_trip_ms: float | None = None

    @property
    def lost_here(self) -> float:
        """The share of the far side's packets that never came."""
        expected = self.received + self.lost
        return self.lost / expected if expected else 0.0


class Reporter:
    """One line's reports. ``packet`` when one is due, ``take`` when one comes."""

    __slots__ = ("_about", "_before", "_cname", "_last_sr", "_last_sr_at", "_ssrc", "figures")

    def __init__(self, ssrc: int, cname: str) -> None:
        self.figures = Figures()
        self._ssrc = ssrc
        self._cname = cname.encode()[:255]
        self._about: int | None = None
        self._before = (0, 0)
        self._last_sr = 0
        self._last_sr_at = 0.0

    def take(self, data: bytes, now: float) -> bool:
        """Learn from a compound packet; false for what is none."""
        reports = parse(data)
        if reports is None:
            return False
        for report in reports:
            if report.ntp_middle:
                self._last_sr, self._last_sr_at = report.ntp_middle, now
            for block in report.blocks[:_MAX_BLOCKS]:
                if block.ssrc == self._ssrc:
                    self._learn(block, now)
        return True

    def _learn(self, block: Block, now: float) -> None:
        figures = self.figures
        share = block.fraction_lost / 256
        before = figures.lost_there
        figures.lost_there = share if before is None else before + (share - before) / 4
        figures.jitter_there_ms = block.jitter / 8
        if block.last_sr:
            # RFC 3550 section 6.4.1: arrival less the time it stayed there less when it left here.
            units = (_middle(now) - block.last_sr - block.delay_since) & 0xFFFF_FFFF
            if units < 60 * _SHORT:
                figures.round_trip_ms = units * 1000 / _SHORT

    def note(self, heard: Reception) -> None:
        """Bring the figures of what we hear up to date: over all sources, the jitter the last's."""
        self.figures.received = heard.former_received + heard.received
        self.figures.lost = heard.former_lost + heard.lost
        self.figures.jitter_ms = heard.jitter_samples / 8

    def packet(
        self, sent: tuple[int, int, int], heard: Reception, ssrc: int | None, now: float
    ) -> bytes:
        """A compound packet: report and our name. ``sent`` is timestamp, packets and octets."""
        blocks = b"" if ssrc is None else self._heard(heard, ssrc, now)
        timestamp, packets, octets = sent
        count = 0x80 | (1 if blocks else 0)
        if packets:
            seconds = int(now)
            words = (seconds & 0xFFFF_FFFF, int((now - seconds) * 2**32) & 0xFFFF_FFFF)
            size = (_SENDER.size + len(blocks)) // 4 - 1
            counts = (packets & 0xFFFF_FFFF, octets & 0xFFFF_FFFF)
            head = _SENDER.pack(count, SENDER_REPORT, size, self._ssrc, *words, timestamp, *counts)
        else:
            size = (_RECEIVER.size + len(blocks)) // 4 - 1
            head = _RECEIVER.pack(count, RECEIVER_REPORT, size, self._ssrc)
        return head + blocks + self._description()

    def _heard(self, heard: Reception, ssrc: int, now: float) -> bytes:
        """The report block, of one source alone."""
        if ssrc != self._about:
            self._about, self._before = ssrc, (0, 0)
        expected = heard.received + heard.lost
        new_expected, new_lost = expected - self._before[0], heard.lost - self._before[1]
        self._before = (expected, heard.lost)
        share = min(255, 256 * new_lost // new_expected) if new_expected > 0 < new_lost else 0
        delay = int((now - self._last_sr_at) * _SHORT) if self._last_sr else 0
        return _BLOCK.pack(
            ssrc,
            share << 24 | min(heard.lost, 0x7F_FFFF),
            heard.highest & 0xFFFF_FFFF,
            int(heard.jitter_samples) & 0xFFFF_FFFF,
            self._last_sr,
            min(delay, _DAY_UNITS) & 0xFFFF_FFFF,
        )

    def _description(self) -> bytes:
        """The source description with our CNAME, which every compound packet has (section 6.1)."""
        item = bytes((_CNAME, len(self._cname))) + self._cname
        chunk = self._ssrc.to_bytes(4, "big") + item
        chunk += bytes(4 - len(chunk) % 4)
        return struct.pack(">BBH", 0x81, DESCRIPTION, len(chunk) // 4) + chunk

    def goodbye(self) -> bytes:
        """An empty receiver report, our name and BYE (section 6.6)."""
        head = _RECEIVER.pack(0x80, RECEIVER_REPORT, 1, self._ssrc)
        return head + self._description() + _RECEIVER.pack(0x81, GOODBYE, 1, self._ssrc)


def _middle(now: float) -> int:
    return int(now * _SHORT) & 0xFFFF_FFFF
