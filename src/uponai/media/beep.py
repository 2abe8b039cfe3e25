"""Finds the beep of an answering machine: one steady tone, alone, for a quarter of a second.

Frames of 20 ms are judged by their spectrum: nearly all energy lies in one narrow peak between 600
and 2600 Hz that stays where it is. A voice has harmonics and moves; two-tone signals have two
peaks; both fail within a few frames.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from uponai.media.g711 import Pcm

RATE_HZ: Final = 8_000
HOP_SAMPLES: Final = 160
WINDOW_SAMPLES: Final = 320
MIN_BEEP_MS: Final = 250
MAX_BEEP_MS: Final = 4_000
"""A tone that goes on is a fax, a modem or a broken line."""

_FFT = 1_024
_BIN_HZ = RATE_HZ / _FFT
_LOW_HZ, _HIGH_HZ = 600.0, 2_600.0
_NEAR_BINS = 10  # the main lobe of the Hann window of 40 ms
_PURE = 0.90
_MIN_RMS = 180.0  # -45 dBFS
_DRIFT_HZ = 12.0
_LEVEL_RATIO = 1.6
_MISSES = 1
_HANN: NDArray[np.float64] = np.hanning(WINDOW_SAMPLES)


class Beep(NamedTuple):
    """A beep that is over. Samples count from the first sample ever fed."""

    began_sample: int
    ended_sample: int
    frequency_hz: float


class _Tone(NamedTuple):
    frequency_hz: float
    rms: float


class BeepDetector:
    """One line's caller audio in, beeps out; a beep is told within 60 ms of its end."""

    def __init__(self) -> None:
        self._rest: Pcm = np.zeros(0, dtype=np.int16)
        self._at = 0  # sample number of _rest[0]
        self._first: _Tone | None = None
        self._began = 0
        self._last = 0
        self._misses = 0

    def feed(self, pcm: Pcm) -> list[Beep]:
        """The beeps that ended within ``pcm`` (any length)."""
        self._rest = np.concatenate((self._rest, pcm))
        found: list[Beep] = []
        while len(self._rest) >= WINDOW_SAMPLES:
            beep = self._step(_pure_tone(self._rest[:WINDOW_SAMPLES]))
            if beep is not None:
                found.append(beep)
            self._rest = self._rest[HOP_SAMPLES:]
            self._at += HOP_SAMPLES
        return found

    def _step(self, heard: _Tone | None) -> Beep | None:
        if heard is not None and self._first is not None and _same(self._first, heard):
            self._last, self._misses = self._at + WINDOW_SAMPLES, 0
            return None
        ended: Beep | None = None
        if self._first is not None:
            self._misses += 1
            if heard is None and self._misses <= _MISSES:
                return None
            ended = self._finish(self._first)
        self._first, self._misses = heard, 0
        self._began, self._last = self._at, self._at + WINDOW_SAMPLES
        return ended

    def _finish(self, first: _Tone) -> Beep | None:
        lasted_ms = (self._last - self._began) * 1000 // RATE_HZ
        if not MIN_BEEP_MS <= lasted_ms <= MAX_BEEP_MS:
            return None
        return Beep(self._began, self._last, first.frequency_hz)


def _same(first: _Tone, heard: _Tone) -> bool:
    if abs(heard.frequency_hz - first.frequency_hz) > _DRIFT_HZ:
        return False
    return first.rms / _LEVEL_RATIO <= heard.rms <= first.rms * _LEVEL_RATIO


def _pure_tone(window: Pcm) -> _Tone | None:
    signal: NDArray[np.float64] = window.astype(np.float64)
    signal -= float(signal.mean())
    rms = float(np.sqrt(float(np.dot(signal, signal)) / len(signal)))
    if rms < _MIN_RMS:
        return None
    power = np.abs(np.fft.rfft(signal * _HANN, _FFT)) ** 2
    peak = int(np.argmax(power))
    if not _LOW_HZ <= peak * _BIN_HZ <= _HIGH_HZ:
        return None
    near = power[peak - _NEAR_BINS : peak + _NEAR_BINS + 1]
    if float(near.sum()) < _PURE * float(power.sum()):
        return None
    left, mid, right = (float(np.log(value + 1e-9)) for value in power[peak - 1 : peak + 2])
    bend = left - 2 * mid + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    return _Tone((peak + shift) * _BIN_HZ, rms)
