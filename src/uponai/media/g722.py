"""G.722 at 64 kbit/s on telephone audio: one byte of it per sample at 8 kHz (ITU-T G.722).

The lower band alone, which the codec allows: what lies above 4 kHz is neither heard nor spoken.
Unlike G.711 each direction of a line has a state of its own.
"""

from __future__ import annotations

from array import array
from typing import Any, Final

import numpy as np
from G722 import G722  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from uponai.media.g711 import Pcm

BIT_RATE: Final = 64_000
RATE_HZ: Final = 8_000
SILENCE: Final = b"\xfa"
"""Near enough where a packet fills only a part of a frame."""


class G722Decoder:
    """One line's caller audio."""

    __slots__ = ("_codec",)

    def __init__(self) -> None:
        self._codec: Any = G722(RATE_HZ, BIT_RATE, False)

    def decode(self, payload: bytes) -> Pcm:
        """One sample per byte of ``payload``."""
        samples: array[int] = self._codec.decode(payload)
        return np.frombuffer(samples, dtype=np.int16)


class G722Encoder:
    """One line's agent audio."""

    __slots__ = ("_codec",)

    def __init__(self) -> None:
        self._codec: Any = G722(RATE_HZ, BIT_RATE, False)

    def encode(self, pcm: Pcm) -> bytes:
        """One byte per sample of ``pcm``."""
        coded: bytes = self._codec.encode(array("h", pcm.tobytes()))
        return coded
