"""Packet loss concealment: the last pitch period goes on, quieter and quieter, then silence.

After the idea of G.711 appendix I, in whole frames: the period that fits the last 20 ms best is
repeated from where the audio broke off, and what comes next is faded in over it.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from uponai.media.g711 import Pcm

FRAME_SAMPLES = 160
_FADE_FRAMES = 3
_GAINS = [
    np.linspace(1 - step / _FADE_FRAMES, 1 - (step + 1) / _FADE_FRAMES, FRAME_SAMPLES)
    for step in range(_FADE_FRAMES)
]
_BLEND_SAMPLES = 40
_RISE = np.linspace(0.0, 1.0, _BLEND_SAMPLES)
# 50 to 200 Hz; a higher voice has one of its multiples in there.
_SHORTEST, _LONGEST = 40, 160
_SILENCE: Pcm = np.zeros(FRAME_SAMPLES, dtype=np.int16)


def period(heard: Pcm) -> int:
    """The lag from 40 to 160 samples at which the last 160 of 320 samples fit the earlier best."""
    signal = heard.astype(np.float64)
    latest = signal[-FRAME_SAMPLES:]
    # Row k is what lies (160 - k) samples before the latest frame.
    earlier = sliding_window_view(signal[:-_SHORTEST], FRAME_SAMPLES)
    fit = earlier @ latest / np.sqrt(np.einsum("ij,ij->i", earlier, earlier) + 1.0)
    return _LONGEST - int(np.argmax(fit))


class Concealer:
    """Fills the holes of one line's incoming frames (160 samples each)."""

    __slots__ = ("_before", "_last", "_missing", "_wave")

    def __init__(self) -> None:
        self._before: Pcm = _SILENCE
        self._last: Pcm = _SILENCE
        self._missing = _FADE_FRAMES
        self._wave = np.zeros((_FADE_FRAMES + 1) * FRAME_SAMPLES)

    def fill(self, frame: Pcm | None) -> Pcm:
        """``frame`` itself, or something bearable in its place when it is None."""
        if frame is not None:
            if self._missing:
                frame = self._blended(frame)
                self._missing = 0
            self._before, self._last = self._last, frame
            return frame
        if self._missing >= _FADE_FRAMES or len(self._last) != FRAME_SAMPLES:
            self._missing = _FADE_FRAMES
            return _SILENCE
        if self._missing == 0:
            self._extend()
        at = self._missing * FRAME_SAMPLES
        faded = (self._wave[at : at + FRAME_SAMPLES] * _GAINS[self._missing]).astype(np.int16)
        self._missing += 1
        self._before, self._last = self._last, faded
        return faded

    def _extend(self) -> None:
        heard = np.concatenate((self._before, self._last))
        lag = period(heard) if len(heard) == 2 * FRAME_SAMPLES else FRAME_SAMPLES
        self._wave = np.resize(heard[-lag:], len(self._wave)).astype(np.float64)

    def _blended(self, frame: Pcm) -> Pcm:
        """``frame``, begun with what was made up until now (nothing, after the fade's end)."""
        frame = frame.copy()
        if self._missing < _FADE_FRAMES:
            at = self._missing * FRAME_SAMPLES
            made_up = self._wave[at : at + _BLEND_SAMPLES] * _GAINS[self._missing][0]
        else:
            made_up = np.zeros(_BLEND_SAMPLES)
        mixed = frame[:_BLEND_SAMPLES] * _RISE + made_up[: len(frame)] * (1 - _RISE)
        frame[:_BLEND_SAMPLES] = mixed.astype(np.int16)
        return frame
