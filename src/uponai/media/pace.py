"""The playout clock of one line: agent audio queued ahead, pulled 20 ms at a time.

Positions count the agent audio ever sent for the line, dropped audio included (``link.media``).
The clock alone knows what was played: marks and clears are answered from here.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from uponai.media.g711 import Pcm

FRAME_SAMPLES: Final = 160
MAX_QUEUED_SAMPLES: Final = 5 * 8_000 + 8_000
"""Five seconds as the link allows, and one more for what was in flight."""

MAX_MARKS: Final = 1_000

_SILENCE: Pcm = np.zeros(FRAME_SAMPLES, dtype=np.int16)
_SILENCE.flags.writeable = False


class Drop(NamedTuple):
    """What a clear did: nothing between the two positions was heard."""

    played_position: int
    dropped_until: int


class _Piece(NamedTuple):
    position: int
    pcm: Pcm


class Pace:
    """Agent audio of one line. ``push`` as it comes, ``pull`` once per tick."""

    __slots__ = ("_at", "_marks", "_next", "_pieces", "_played", "_queued", "overflowed_samples")

    def __init__(self, position: int = 0) -> None:
        self._pieces: deque[_Piece] = deque()
        self._at = 0  # how much of the first piece was played
        self._queued = 0
        self._next = position
        self._played = position
        self._marks: list[tuple[int, int, str]] = []
        self.overflowed_samples = 0

    @property
    def next_position(self) -> int:
        """The first position that no brain has used."""
        return self._next

    @property
    def played_position(self) -> int:
        """Everything before this position was played or dropped."""
        return self._played

    @property
    def queued_samples(self) -> int:
        """Samples that wait to be played."""
        return self._queued

    def push(self, position: int, pcm: Pcm) -> None:
        """Queue audio whose first sample has ``position``.

        What was already sent is cut off, a gap in the positions counts as dropped, and what goes
        beyond ``MAX_QUEUED_SAMPLES`` is dropped and counted in ``overflowed_samples``.
        """
        if position < self._next:
            pcm = pcm[self._next - position :]
            position = self._next
        if len(pcm) == 0:
            return
        self._next = position + len(pcm)
        room = MAX_QUEUED_SAMPLES - self._queued
        if len(pcm) > room:
            self.overflowed_samples += len(pcm) - room
            pcm = pcm[:room]
            if len(pcm) == 0:
                return
        self._pieces.append(_Piece(position, pcm))
        self._queued += len(pcm)

    def pull(self) -> Pcm | None:
        """The next 160 samples (padded with silence at an end), or None when nothing waits."""
        if not self._pieces:
            return None
        position, pcm = self._pieces[0]
        at, end = self._at, self._at + FRAME_SAMPLES
        if end >= len(pcm):
            return self._gather()
        self._at = end
        self._queued -= FRAME_SAMPLES
        self._played = position + end
        return pcm[at:end]

    def _gather(self) -> Pcm:
        frame = _SILENCE.copy()
        at = 0
        while at < FRAME_SAMPLES and self._pieces:
            position, pcm = self._pieces[0]
            take = min(len(pcm) - self._at, FRAME_SAMPLES - at)
            frame[at : at + take] = pcm[self._at : self._at + take]
            at += take
            self._at += take
            self._queued -= take
            self._played = position + self._at
            if self._at == len(pcm):
                self._pieces.popleft()
                self._at = 0
        if not self._pieces:
            self._played = self._next
        return frame

    def mark(self, name: str, position: int) -> None:
        """Answer with ``name`` once everything before ``position`` was played.

        Of more than ``MAX_MARKS`` open marks the earliest is forgotten.
        """
        if len(self._marks) >= MAX_MARKS:
            heapq.heappop(self._marks)
        heapq.heappush(self._marks, (position, len(self._marks), name))

    def take_marks(self) -> Sequence[str]:
        """The marks that are reached now, in the order of their positions; each once."""
        if not self._marks:
            return ()
        reached: list[str] = []
        while self._marks and self._marks[0][0] <= self._played:
            reached.append(heapq.heappop(self._marks)[2])
        return reached

    def clear(self) -> Drop:
        """Drop all that waits; the marks in it count as reached from now on."""
        played = self._played
        self._pieces.clear()
        self._queued = self._at = 0
        self._played = self._next
        return Drop(played, self._next)

    def forget_marks(self) -> None:
        """Drop every open mark: whoever set them is gone."""
        self._marks.clear()
