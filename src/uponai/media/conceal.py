"""Packet loss concealment: the last frame again, quieter each time, then silence."""

from __future__ import annotations

import numpy as np

from uponai.media.g711 import Pcm

FRAME_SAMPLES = 160
_FADE_FRAMES = 3
_GAINS = [
    np.linspace(1 - step / _FADE_FRAMES, 1 - (step + 1) / _FADE_FRAMES, FRAME_SAMPLES)
    for step in range(_FADE_FRAMES)
]
_RISE = np.linspace(0.0, 1.0, 40)
_SILENCE: Pcm = np.zeros(FRAME_SAMPLES, dtype=np.int16)


class Concealer:
    """Fills the holes of one line's incoming frames (160 samples each)."""

    __slots__ = ("_last", "_missing")

    def __init__(self) -> None:
        self._last: Pcm = _SILENCE
        self._missing = _FADE_FRAMES

    def fill(self, frame: Pcm | None) -> Pcm:
        """``frame`` itself, or something bearable in its place when it is None."""
        if frame is not None:
            if self._missing:
                frame = frame.copy()
                frame[: len(_RISE)] = (frame[: len(_RISE)] * _RISE).astype(np.int16)
                self._missing = 0
            self._last = frame
            return frame
        if self._missing >= _FADE_FRAMES or len(self._last) != FRAME_SAMPLES:
            self._missing = _FADE_FRAMES
            return _SILENCE
        faded = (self._last * _GAINS[self._missing]).astype(np.int16)
        self._missing += 1
        return faded
