"""Generated sounds: sines, ringback, the beep of an answering machine, a quiet waiting tone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uponai.media.g711 import Pcm

RATE_HZ = 8_000
_RAMP_MS = 5


def silence(duration_ms: int) -> Pcm:
    """No sound."""
    return np.zeros(duration_ms * RATE_HZ // 1000, dtype=np.int16)


def tone(frequencies_hz: Sequence[float], duration_ms: int, level_dbfs: float = -15.0) -> Pcm:
    """Sines of equal level (dBFS each), with 5 ms ramps so that it does not click."""
    count = duration_ms * RATE_HZ // 1000
    at = np.arange(count) / RATE_HZ
    amplitude = 32_767 * 10 ** (level_dbfs / 20)
    total = np.zeros(count)
    for frequency in frequencies_hz:
        total += amplitude * np.sin(2 * np.pi * frequency * at)
    ramp = min(_RAMP_MS * RATE_HZ // 1000, count // 2)
    if ramp:
        rise = np.linspace(0.0, 1.0, ramp)
        total[:ramp] *= rise
        total[count - ramp :] *= rise[::-1]
    return np.clip(np.rint(total), -32_768, 32_767).astype(np.int16)


def ringback() -> Pcm:
    """One period of the North American ringing tone: 2 s of 440 + 480 Hz, 4 s of silence."""
    return np.concatenate((tone((440.0, 480.0), 2_000, -22.0), silence(4_000)))


def beep(frequency_hz: float = 1_000.0, duration_ms: int = 500, level_dbfs: float = -12.0) -> Pcm:
    """What an answering machine plays before it records."""
    return tone((frequency_hz,), duration_ms, level_dbfs)


def waiting() -> Pcm:
    """One period of a quiet tone that says the line is still there: two notes, then 2.4 s rest."""
    notes = (tone((425.0,), 180, -30.0), silence(120), tone((530.0,), 180, -30.0))
    return np.concatenate((*notes, silence(2_520)))
