"""Sums and channels of 16-bit PCM."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from uponai.media.g711 import Pcm

_IS_LITTLE = sys.byteorder == "little"


def mix(frames: Sequence[Pcm]) -> Pcm:
    """The saturated sum of frames of equal length."""
    total = np.sum(np.stack(frames), axis=0, dtype=np.int32)
    return np.clip(total, -32_768, 32_767).astype(np.int16)


def interleave(left: Pcm, right: Pcm) -> Pcm:
    """Two mono signals of equal length as one stereo signal."""
    stereo = np.empty(2 * len(left), dtype=np.int16)
    stereo[0::2] = left
    stereo[1::2] = right
    return stereo


def split(stereo: Pcm) -> tuple[Pcm, Pcm]:
    """The left and the right of an interleaved signal (an odd last sample is dropped)."""
    whole = stereo[: len(stereo) // 2 * 2]
    return whole[0::2], whole[1::2]


def to_pcm(data: bytes | memoryview) -> Pcm:
    """PCM16LE bytes as samples (an odd last byte is dropped)."""
    return np.frombuffer(data, dtype="<i2", count=len(data) // 2).astype(np.int16, copy=False)


def to_bytes(pcm: Pcm) -> bytes:
    """Samples as PCM16LE bytes."""
    return (pcm if _IS_LITTLE else pcm.astype("<i2")).tobytes()
