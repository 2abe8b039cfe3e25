"""Streaming change of the sample rate by a polyphase windowed-sinc filter."""

from __future__ import annotations

from functools import lru_cache
from math import gcd

import numpy as np
from numpy.typing import NDArray

from uponai.media.g711 import Pcm

_HALF_CROSSINGS = 24
_KAISER_BETA = 8.0
_CUTOFF = 0.94
MAX_RATE_HZ = 192_000


@lru_cache(maxsize=32)
def _phases(up: int, down: int) -> NDArray[np.float64]:
    """One row of taps per output phase, newest input sample first; each row sums to one."""
    widest = max(up, down)
    reach = -(-_HALF_CROSSINGS * widest // up)  # input samples on each side
    taps = 2 * reach + 1
    # Tap k of phase p weighs the input sample that lies (reach - k) - p / up behind the output.
    place = (np.arange(taps)[None, :] - reach) + np.arange(up)[:, None] / up
    scale = _CUTOFF * up / widest
    span = reach + 1
    inside = np.sqrt(np.maximum(0.0, 1 - (place / span) ** 2))
    rows = np.sinc(place * scale) * np.i0(_KAISER_BETA * inside)
    return rows / rows.sum(axis=1, keepdims=True)


class Resampler:
    """Mono 16-bit PCM from one rate to another; chunk borders leave no trace.

    Output sample n lies at the time of n / to_hz of the input (no delay is added at the start);
    ``flush`` gives the tail that the filter's look-ahead (3 ms at 8 kHz) holds back. Raises
    ValueError for rates outside 1..192000.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        if not (0 < from_hz <= MAX_RATE_HZ and 0 < to_hz <= MAX_RATE_HZ):
            raise ValueError(f"rate: expected 1 to {MAX_RATE_HZ} Hz, got {from_hz} to {to_hz}")
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        self._taps = _phases(self._up, self._down)[:, ::-1]
        self._reach: int = (int(self._taps.shape[1]) - 1) // 2
        self._begin()

    def _begin(self) -> None:
        self._held: Pcm = _zeros(self._reach)
        self._at: int = 0  # next output, in 1/up input samples from the first held window
        self._taken: int = 0
        self._given: int = 0

    def process(self, pcm: Pcm) -> Pcm:
        """The output that ``pcm`` completes."""
        if self._up == self._down:
            return pcm
        self._taken += len(pcm)
        return self._run(pcm)

    def flush(self) -> Pcm:
        """The rest of the output; the next ``process`` begins a new signal."""
        if self._up == self._down:
            return np.zeros(0, dtype=np.int16)
        total = -(-self._taken * self._up // self._down)
        tail = self._run(_zeros(self._reach + 1), total - self._given)
        self._begin()
        return tail

    def _run(self, pcm: Pcm, most: int | None = None) -> Pcm:
        held = np.concatenate((self._held, pcm))
        width = self._taps.shape[1]
        windows = len(held) - width + 1
        if windows <= 0:
            self._held = held
            return np.zeros(0, dtype=np.int16)
        count = max(0, -(-(windows * self._up - self._at) // self._down))
        count = count if most is None else min(count, most)
        ticks = self._at + np.arange(count) * self._down
        view = np.lib.stride_tricks.sliding_window_view(held, width)
        rows = view[ticks // self._up].astype(np.float64)
        if self._up == 1:
            out = rows @ self._taps[0]
        else:
            out = np.einsum("ij,ij->i", rows, self._taps[ticks % self._up])
        after = self._at + count * self._down
        gone = min(after // self._up, len(held))
        self._held = held[gone:]
        self._at = after - gone * self._up
        self._given += count
        return np.clip(np.rint(out), -32_768, 32_767).astype(np.int16)


def _zeros(count: int) -> Pcm:
    return np.zeros(count, dtype=np.int16)


def resample(pcm: Pcm, from_hz: int, to_hz: int) -> Pcm:
    """A whole signal at once: ``ceil(len * to_hz / from_hz)`` samples."""
    whole = Resampler(from_hz, to_hz)
    return np.concatenate((whole.process(pcm), whole.flush()))
