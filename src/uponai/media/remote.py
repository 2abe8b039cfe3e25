"""A playout clock that is not ours: audio is sent ahead to a carrier, which plays it.

The carrier tells only that marks were reached. Audio goes out in grains, each followed by a mark of
ours; between two marks a model of the far player (``pace``) runs on the caller's audio clock. What
is *reported* as played was confirmed by a mark; the model places agent audio on the tape and says
how far the grain was played that a clear cuts off.
"""

from __future__ import annotations

import heapq
from collections import deque
from typing import Final, NamedTuple

from uponai.media.g711 import Pcm
from uponai.media.pace import FRAME_SAMPLES, MAX_MARKS, Drop, Pace

GRAIN_SAMPLES: Final = 1_600
"""200 ms between two marks of ours."""

SLACK_TICKS: Final = 25
"""So far the model runs ahead of marks that do not come."""

_JITTER_TICKS: Final = 2
_MAX_LAG_TICKS: Final = 50


class Grain(NamedTuple):
    """Audio to send, and the mark to send behind it."""

    pcm: Pcm
    mark: str


class _Open(NamedTuple):
    name: str
    position: int


class RemotePlayout:
    """Agent audio of one line that a carrier plays. ``tick`` once per 20 ms of caller audio."""

    __slots__ = (
        "_confirmed",
        "_grains",
        "_hold_ticks",
        "_lag_ticks",
        "_marks",
        "_over_ticks",
        "_pace",
        "_sent",
    )

    def __init__(self, position: int = 0) -> None:
        self._pace = Pace(position)
        self._confirmed = position
        self._grains: deque[_Open] = deque()
        self._marks: list[tuple[int, int, str]] = []
        self._sent = 0
        self._lag_ticks = 0
        self._hold_ticks = 0
        self._over_ticks = 0

    @property
    def next_position(self) -> int:
        """The first position that no brain has used."""
        return self._pace.next_position

    @property
    def played_position(self) -> int:
        """Everything before it was heard, by the marks and the model between them."""
        if not self._grains:
            return self._confirmed
        return max(self._confirmed, min(self._pace.played_position, self._grains[0].position))

    @property
    def idle(self) -> bool:
        """Whether all that was sent has been confirmed."""
        return not self._grains

    def push(self, position: int, pcm: Pcm) -> list[Grain]:
        """What to send for audio whose first sample has ``position``.

        What was already sent is cut off; more than the line's buffer holds is dropped.
        """
        first = max(position, self._pace.next_position)
        if self.idle:
            self._confirmed = first
            self._hold_ticks, self._over_ticks = self._lag_ticks, 0
        lost = self._pace.overflowed_samples
        self._pace.push(position, pcm)
        kept = self._pace.next_position - first - (self._pace.overflowed_samples - lost)
        new = pcm[first - position :][: max(0, kept)]
        grains: list[Grain] = []
        for at in range(0, len(new), GRAIN_SAMPLES):
            piece = new[at : at + GRAIN_SAMPLES]
            self._sent += 1
            name = f"u{self._sent}"
            self._grains.append(_Open(name, first + at + len(piece)))
            grains.append(Grain(piece, name))
        return grains

    def mark(self, name: str, position: int) -> None:
        """Have ``take_marks`` give ``name`` once everything before ``position`` was played."""
        if len(self._marks) >= MAX_MARKS:
            heapq.heappop(self._marks)
        heapq.heappush(self._marks, (position, len(self._marks), name))

    def take_marks(self) -> list[str]:
        """The marks that are reached now, in the order of their positions; each once."""
        reached: list[str] = []
        if self._hold_ticks:
            return reached
        while self._marks and (self._marks[0][0] <= self._confirmed or self.idle):
            reached.append(heapq.heappop(self._marks)[2])
        return reached

    def confirm(self, name: str) -> None:
        """The carrier gave a mark of ours back; those of cleared audio are unknown by now."""
        if not any(grain.name == name for grain in self._grains):
            return
        while self._grains:
            grain = self._grains.popleft()
            self._confirmed = grain.position
            if grain.name == name:
                break
        self._synchronise()

    def _synchronise(self) -> None:
        """Let the model wait for the carrier where it runs ahead, and follow where it is late."""
        behind = self._confirmed - self._pace.played_position
        if behind > _JITTER_TICKS * FRAME_SAMPLES:
            self._lag_ticks = max(0, self._lag_ticks - behind // FRAME_SAMPLES)
            self._hold_ticks = 0
            while self._pace.queued_samples and self._pace.played_position < self._confirmed:
                self._pace.pull()
        elif self._over_ticks > _JITTER_TICKS or -behind > _JITTER_TICKS * FRAME_SAMPLES:
            ahead = max(self._over_ticks, -behind // FRAME_SAMPLES)
            self._lag_ticks = min(self._lag_ticks + ahead, _MAX_LAG_TICKS)
            if self._pace.queued_samples:
                self._hold_ticks = -behind // FRAME_SAMPLES
        self._over_ticks = 0

    def tick(self) -> Pcm | None:
        """20 ms pass: what the far player plays in them by the model, None for silence."""
        if self._hold_ticks:
            self._hold_ticks -= 1
            return None
        if self._grains and self._pace.played_position >= self._grains[0].position:
            self._over_ticks += 1
            if self._over_ticks > SLACK_TICKS:
                return None
        return self._pace.pull()

    def clear(self) -> Drop:
        """Drop all that waits; every mark counts as reached from now on."""
        played = self.played_position
        self._pace.clear()
        self._grains.clear()
        self._confirmed = self._pace.next_position
        self._hold_ticks = self._over_ticks = 0
        return Drop(played, self._confirmed)

    def lose(self) -> int:
        """The carrier's player is gone with what it held; how far it had played."""
        return self.clear().played_position
