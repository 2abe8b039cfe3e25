"""What a caller hears while somebody else is called for them: loops made of sines, nobody's music.

All are whole numbers of 20 ms frames long, and begin and end in near silence.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from uponai.media.g711 import Pcm
from uponai.media.tones import RATE_HZ, ringback, silence, waiting

LEVEL_DBFS: Final = -24.0
_CHORD_S: Final = 4.0
_BEAT_S: Final = 0.5
_SLOW_CHORDS: Final = (
    (261.6, 329.6, 392.0, 493.9),
    (220.0, 329.6, 392.0, 523.3),
    (349.2, 440.0, 523.3, 659.3),
    (293.7, 392.0, 493.9, 659.3),
)
_QUICK_CHORDS: Final = (
    (523.3, 659.3, 784.0, 659.3),
    (392.0, 493.9, 587.3, 493.9),
    (440.0, 523.3, 659.3, 523.3),
    (349.2, 440.0, 523.3, 440.0),
)


@cache
def loop(choice: str) -> Pcm:
    """One period of ``on_hold_music`` as retell-api.md section 6.2 names it.

    "" and ``ringtone`` ring; a name that means nothing here (``custom``) is the relaxing sound.
    """
    match choice:
        case "" | "ringtone":
            return ringback()
        case "none":
            return silence(20)
        case "answered":
            return waiting()
        case "uplifting_beats":
            return _uplifting()
        case _:
            return _relaxing()


def _relaxing() -> Pcm:
    """Four chords of 4 s, each swelling and fading."""
    count = int(_CHORD_S * RATE_HZ)
    at = np.arange(count) / RATE_HZ
    swell = np.sin(np.pi * at / _CHORD_S) ** 2
    chords = [swell * sum(np.sin(2 * np.pi * hz * at) for hz in chord) for chord in _SLOW_CHORDS]
    return _levelled(np.concatenate(chords))


def _uplifting() -> Pcm:
    """Four bars at 120 beats a minute: a broken chord, a low beat and a light one between."""
    count = int(_BEAT_S * RATE_HZ)
    at = np.arange(count) / RATE_HZ
    low = 1.5 * np.sin(2 * np.pi * 180.0 * at) * np.exp(-14.0 * at)
    light = np.where(at >= _BEAT_S / 2, np.sin(2 * np.pi * 3_100.0 * at), 0.0)
    light *= 0.4 * np.exp(-60.0 * np.maximum(at - _BEAT_S / 2, 0.0))
    ends = np.minimum(1.0, np.minimum(at, _BEAT_S - at) / 0.01)
    notes = [hz for chord in _QUICK_CHORDS for hz in chord]
    beats = [(np.sin(2 * np.pi * hz * at) * np.exp(-5.0 * at) + low + light) * ends for hz in notes]
    return _levelled(np.concatenate(beats))


def _levelled(sound: np.ndarray) -> Pcm:
    """``sound`` with its mean power at LEVEL_DBFS."""
    rms = float(np.sqrt(np.mean(sound**2)))
    scaled = sound * (32_767 * 10 ** (LEVEL_DBFS / 20) / rms)
    return np.clip(np.rint(scaled), -32_768, 32_767).astype(np.int16)
