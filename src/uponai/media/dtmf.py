"""Telephone events (RFC 4733): one digit per key press, however its packets fare."""

from __future__ import annotations

import struct
from collections import deque
from typing import Final, NamedTuple

from uponai.media.rtp import timestamp_delta

DIGITS: Final = "0123456789*#ABCD"
PACKET_SAMPLES: Final = 160

_EVENT = struct.Struct(">BBH")
_END = 0x80
_VOLUME = 10
_MAX_DURATION = 0xFFFF
_SLACK_SAMPLES = 2 * PACKET_SAMPLES
_END_REPEATS = 3
_GAP_TICKS = 5
_PAUSE_TICKS = 25
_MAX_WAITING = 200


class EventPayload(NamedTuple):
    """The four bytes of an event report: code, whether it ended, duration in samples so far."""

    event: int
    end: bool
    duration: int


def parse_event(payload: bytes) -> EventPayload | None:
    """The first event report in an RTP payload (section 2.3), or None when it is too short."""
    if len(payload) < _EVENT.size:
        return None
    event, flags, duration = _EVENT.unpack_from(payload)
    return EventPayload(event, bool(flags & _END), duration)


class DigitReceiver:
    """Turns the event packets of one line into digits, each exactly once.

    A digit is told at the first packet of its event that arrives, so a lost end loses nothing. An
    event is known by its RTP timestamp; a report that begins where a still open report of the same
    key stopped continues it (section 2.5.1.3, and senders that move the timestamp in each packet).
    """

    __slots__ = ("_began", "_duration", "_event", "_open")

    def __init__(self) -> None:
        self._began: int | None = None
        self._event = -1
        self._duration = 0
        self._open = False

    def put(self, timestamp: int, payload: bytes, *, marker: bool) -> str | None:
        """The digit that this packet begins, or None."""
        report = parse_event(payload)
        if report is None or report.event >= len(DIGITS):
            return None
        if self._began is None:
            return self._begin(timestamp, report)
        moved = timestamp_delta(timestamp, self._began)
        if moved < 0:
            return None
        if moved == 0 or (not marker and self._continues(report, moved)):
            self._began = timestamp
            self._duration = max(report.duration, self._duration if moved == 0 else 0)
            self._open = self._open and not report.end
            return None
        return self._begin(timestamp, report)

    def _continues(self, report: EventPayload, moved: int) -> bool:
        same = report.event == self._event and (self._open or report.end)
        return same and moved <= self._duration + _SLACK_SAMPLES

    def _begin(self, timestamp: int, report: EventPayload) -> str:
        self._began, self._event = timestamp, report.event
        self._duration, self._open = report.duration, not report.end
        return DIGITS[report.event]


def digit_payloads(digit: str, duration_ms: int = 160) -> list[bytes]:
    """The payloads of one key press, one per 20 ms, all at the timestamp where it begins.

    The first goes out with the marker bit; the last is sent three times (section 2.5.1.4).
    Raises ValueError for anything but one of 0-9 * # A-D.
    """
    code = DIGITS.find(digit.upper()) if len(digit) == 1 else -1
    if code < 0:
        raise ValueError(f"digit: expected one of {DIGITS}, got {digit!r}")
    total = min(max(duration_ms * 8, 2 * PACKET_SAMPLES), _MAX_DURATION)
    steps = range(PACKET_SAMPLES, total, PACKET_SAMPLES)
    going = [_EVENT.pack(code, _VOLUME, duration) for duration in steps]
    return going + [_EVENT.pack(code, _END | _VOLUME, total)] * _END_REPEATS


class KeyPacket(NamedTuple):
    """What to send in a tick: ``began`` is the timestamp of the key press."""

    payload: bytes
    began: int
    marker: bool


class DigitSender:
    """Keys that are pressed on one line, one packet per 20 ms tick.

    ``busy``: a key is still to be sent, or the pause behind it to be kept.
    """

    __slots__ = ("_began", "_payloads", "_rest_ticks", "_waiting", "busy")

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._payloads: deque[bytes] = deque()
        self._began = 0
        self._rest_ticks = 0
        self.busy = False

    def press(self, digits: str) -> None:
        """Queue keys; ``w`` is half a second of pause. Raises ValueError for anything else."""
        keys = digits.upper()
        for key in keys:
            if key not in DIGITS and key != "W":
                raise ValueError(f"digits: expected some of {DIGITS} and w, got {key!r}")
        if len(self._waiting) + len(keys) > _MAX_WAITING:
            raise ValueError(f"digits: expected at most {_MAX_WAITING} that wait")
        self._waiting.extend(keys)
        self.busy = bool(self._payloads or self._waiting or self._rest_ticks)

    def tick(self, timestamp: int) -> KeyPacket | None:
        """What to send now, at line time ``timestamp``; None in a pause."""
        packet = self._advance(timestamp)
        self.busy = bool(self._payloads or self._waiting or self._rest_ticks)
        return packet

    def _advance(self, timestamp: int) -> KeyPacket | None:
        if self._payloads:
            return self._next()
        if self._rest_ticks:
            self._rest_ticks -= 1
            return None
        if not self._waiting:
            return None
        key = self._waiting.popleft()
        if key == "W":
            self._rest_ticks = _PAUSE_TICKS - 1
            return None
        self._payloads.extend(digit_payloads(key))
        self._began = timestamp
        return self._next()._replace(marker=True)

    def _next(self) -> KeyPacket:
        payload = self._payloads.popleft()
        if not self._payloads:
            self._rest_ticks = _GAP_TICKS
        return KeyPacket(payload, self._began, False)
