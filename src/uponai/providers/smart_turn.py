"""Smart Turn v3.2: how complete an utterance sounds, from its last eight seconds.

Weights and features: ``data/LICENSES/smart-turn.txt`` (BSD-2, Daily; the log-mel features follow
the Whisper feature extractor of Hugging Face Transformers, Apache-2.0, in our own numpy). The score
rises with the silence after the words, so it means something once per pause, not repeatedly.
"""

from __future__ import annotations

import asyncio

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from uponai.providers.base import Pcm, ProviderContext, ProviderSpec
from uponai.providers.local import (
    Floats,
    OnnxSession,
    data_file,
    open_session,
    resample_clip,
    to_float,
)

NAME = "smart-turn"
_RATE_HZ = 16000
_SECONDS = 8
_SAMPLES = _RATE_HZ * _SECONDS
_FFT_SAMPLES = 400
_HOP_SAMPLES = 160
_MELS = 80
_SLANEY_KNEE_HZ = 1000.0
_SLANEY_KNEE_MEL = 15.0
_SLANEY_LOG_STEP = np.log(6.4) / 27.0


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slaney's scale: linear to 1 kHz, logarithmic above."""
    above = np.maximum(mel - _SLANEY_KNEE_MEL, 0.0)
    return np.where(
        mel < _SLANEY_KNEE_MEL,
        mel * (200.0 / 3.0),
        _SLANEY_KNEE_HZ * np.exp(_SLANEY_LOG_STEP * above),
    )


def _mel_filters() -> list[tuple[slice, Floats]]:
    """Eighty triangles of equal area on the mel scale from 0 to 8 kHz: bins, and their weights.

    Kept as narrow slices: one matrix product would wake the threads of the BLAS, which spin.
    """
    top_hz = _RATE_HZ / 2
    top_mel = _SLANEY_KNEE_MEL + np.log(top_hz / _SLANEY_KNEE_HZ) / _SLANEY_LOG_STEP
    edges = _mel_to_hz(np.linspace(0.0, float(top_mel), _MELS + 2, dtype=np.float64))
    bins = np.linspace(0.0, top_hz, _FFT_SAMPLES // 2 + 1)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (bins - low) / (centre - low)
    falling = (high - bins) / (high - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    filters: list[tuple[slice, Floats]] = []
    for row in triangles * (2.0 / (high - low)):
        covered = np.flatnonzero(row)
        first, last = (int(covered[0]), int(covered[-1]) + 1) if covered.size else (0, 1)
        filters.append((slice(first, last), row[first:last].astype(np.float32)))
    return filters


_FILTERS = _mel_filters()
_WINDOW = np.hanning(_FFT_SAMPLES + 1)[:-1].astype(np.float32)


def log_mel(samples: Floats) -> Floats:
    """Whisper-style log-mel of eight seconds at 16 kHz: (128000,) floats to shape (80, 800)."""
    normal = (samples - samples.mean()) / np.sqrt(samples.var() + np.float32(1e-7))
    padded = np.pad(normal.astype(np.float32), _FFT_SAMPLES // 2, mode="reflect")
    frames = sliding_window_view(padded, _FFT_SAMPLES)[::_HOP_SAMPLES][: _SAMPLES // _HOP_SAMPLES]
    spectrum = np.fft.rfft(frames * _WINDOW, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    mel = np.stack([power[:, bins] @ weights for bins, weights in _FILTERS])
    level = np.log10(np.maximum(mel, np.float32(1e-10)))
    level = np.maximum(level, level.max() - 8.0)
    return ((level + 4.0) / 4.0).astype(np.float32)


def _last_seconds(pcm: Pcm, rate_hz: int) -> Floats:
    """The last eight seconds at 16 kHz, zeros in front of a shorter clip."""
    tail = to_float(pcm[-rate_hz * _SECONDS :])
    clip = resample_clip(tail, rate_hz, _RATE_HZ)[-_SAMPLES:]
    return np.concatenate([np.zeros(_SAMPLES - clip.size, np.float32), clip])


class SmartTurn:
    """``EndOfTurn``: 0 (more will follow) to 1 (complete)."""

    def __init__(self, context: ProviderContext) -> None:
        self._pool = context.pool
        self._session: OnnxSession | None = None

    async def warm(self) -> None:
        """Load the model and run it once."""
        await self.probability(np.zeros(_RATE_HZ // 2, np.int16), 8000)

    async def probability(self, pcm: Pcm, rate_hz: int) -> float:
        """How complete ``pcm`` sounds; about 35 ms of one core, in the pool."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._judge, pcm, rate_hz)

    def _judge(self, pcm: Pcm, rate_hz: int) -> float:
        if self._session is None:
            self._session = open_session(data_file("smart-turn-v3.2-cpu.onnx"), NAME)
        features = log_mel(_last_seconds(pcm, rate_hz))
        (scores,) = self._session.run(None, {"input_features": features[None]})
        return float(scores[0, 0])


SPEC = ProviderSpec(name=NAME, kind="end_of_turn", make=SmartTurn, local=True)
