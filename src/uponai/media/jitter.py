"""The jitter buffer: packets in at any time and order, one 20 ms frame out per tick.

G.711 has one byte per sample, so the buffer is a timeline of bytes cut into slots of 160; packets
of any length fall into the slots they cover. The delay grows at once when packets come late and
shrinks slowly when the buffer never runs low.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from uponai.media.rtp import timestamp_delta

FRAME_SAMPLES: Final = 160
MAX_AHEAD_FRAMES: Final = 100
"""What is further ahead than two seconds is another timeline, not early audio."""

_FAR_BEHIND_FRAMES = 50
_WINDOW_FRAMES = 50
_KEPT_FRAMES = 2


@dataclass(slots=True)
class JitterFigures:
    """Counts of what happened to packets and frames since the start."""

    late: int = 0
    duplicate: int = 0
    concealed: int = 0
    resynced: int = 0
    grown_frames: int = 0
    shrunk_frames: int = 0


class JitterBuffer:
    """One line's incoming audio. ``put`` when a packet comes, ``pop`` once per 20 ms tick."""

    def __init__(
        self, silence: bytes = b"\xff", delay_frames: int = 2, max_delay_frames: int = 10
    ) -> None:
        self.figures = JitterFigures()
        self._silence_frame = silence * FRAME_SAMPLES
        self._delay = delay_frames
        self._max_delay = max_delay_frames
        self._slots: dict[int, bytes | bytearray] = {}
        self._base: int | None = None  # timestamp of slot 0
        self._next = 0  # the slot that the next pop plays
        self._newest = -1
        self._hold = 0
        self._far: int | None = None
        self._least = MAX_AHEAD_FRAMES
        self._window = 0

    @property
    def depth_frames(self) -> int:
        """Frames between what plays next and the newest that arrived."""
        return max(0, self._newest - self._next + 1)

    def reset(self) -> None:
        """Forget the timeline (a new SSRC, a hold): the next packet starts a new one."""
        self._slots.clear()
        self._base = None
        self._far = None

    def put(self, timestamp: int, payload: bytes) -> None:
        """Take the payload that begins at ``timestamp`` (samples, wrapping at 2**32)."""
        if not payload:
            return
        if self._base is None:
            self._start(timestamp)
        assert self._base is not None
        offset = timestamp_delta(timestamp, self._base)
        ahead = offset // FRAME_SAMPLES - self._next
        if not -_FAR_BEHIND_FRAMES <= ahead < MAX_AHEAD_FRAMES:
            if not self._resync(timestamp, len(payload)):
                return
            offset, ahead = 0, self._delay
        self._far = None
        if offset + len(payload) <= self._next * FRAME_SAMPLES:
            self._count_late(-ahead)
            return
        self._store(offset, payload)

    def _start(self, timestamp: int) -> None:
        self._slots.clear()
        self._base = timestamp
        self._next, self._newest, self._hold = -self._delay, -1, 0
        self._least, self._window = MAX_AHEAD_FRAMES, 0

    def _resync(self, timestamp: int, size: int) -> bool:
        """Whether a far timestamp is a new timeline: only once a second packet agrees with it."""
        before, self._far = self._far, timestamp
        if before is None or not 0 <= timestamp_delta(timestamp, before) <= 4 * size:
            return False
        self.figures.resynced += 1
        self._start(timestamp)
        return True

    def _count_late(self, behind_frames: int) -> None:
        self.figures.late += 1
        # A hold that is already under way brings the packets behind this one in time.
        room = self._max_delay - self._delay - self._hold
        grow = min(max(behind_frames, 1) - self._hold, room)
        if grow > 0:
            self._hold += grow

    def _store(self, offset: int, payload: bytes) -> None:
        slot, within = divmod(offset, FRAME_SAMPLES)
        if within == 0 and len(payload) == FRAME_SAMPLES:
            if slot in self._slots:
                self.figures.duplicate += 1
                return
            self._slots[slot] = payload
            if slot > self._newest:
                self._newest = slot
            return
        at = 0
        while at < len(payload):
            piece = payload[at : at + FRAME_SAMPLES - within]
            self._store_piece(slot, within, piece)
            at += len(piece)
            slot, within = slot + 1, 0

    def _store_piece(self, slot: int, within: int, piece: bytes) -> None:
        if slot < self._next:
            return
        frame = self._slots.get(slot)
        if frame is None:
            frame = self._slots[slot] = bytearray(self._silence_frame)
        if isinstance(frame, bytes):
            self.figures.duplicate += 1
            return
        frame[within : within + len(piece)] = piece
        self._newest = max(self._newest, slot)

    def pop(self) -> bytes | None:
        """The next 160 bytes, or None where nothing came in time (conceal it)."""
        if self._base is None:
            return None
        if self._hold:
            self._hold -= 1
            self._delay += 1
            self.figures.grown_frames += 1
            return self._missing()
        slot = self._next
        self._next += 1
        frame = self._slots.pop(slot, None)
        self._watch_depth()
        if frame is None:
            return self._missing() if slot >= 0 else None
        return frame if isinstance(frame, bytes) else bytes(frame)

    def _missing(self) -> None:
        self.figures.concealed += 1

    def _watch_depth(self) -> None:
        """Drop a frame when for a whole window the buffer held more than it needed."""
        depth = self._newest - self._next + 1
        if depth <= -_WINDOW_FRAMES:
            self._least, self._window = MAX_AHEAD_FRAMES, 0
            return
        if depth < self._least:
            self._least = max(0, depth)
        self._window += 1
        if self._window < _WINDOW_FRAMES:
            return
        spare = self._least - _KEPT_FRAMES
        self._least, self._window = MAX_AHEAD_FRAMES, 0
        if spare < 1:
            return
        for _ in range((spare + 1) // 2):
            self._slots.pop(self._next, None)
            self._next += 1
            self._delay = max(1, self._delay - 1)
            self.figures.shrunk_frames += 1
