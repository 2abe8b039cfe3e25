"""What the caller said, kept on the line clock: a ring of PCM and the windows due for the VAD.

The energy gate keeps silence and steady line noise away from the model: it follows the noise floor
and stays open for a while after anything that stood out of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from uponai.engine.events import BeepHeard, Event, SpeechLikely
from uponai.engine.hear import PRE_ROLL_SAMPLES
from uponai.link.media import LINK_RATE_HZ
from uponai.media.beep import BeepDetector
from uponai.providers.base import Pcm, VadSession

WINDOW_SAMPLES = 256
RING_SAMPLES = WINDOW_SAMPLES * 1_875  # 60 s; a multiple, so that no window wraps
BEEP_UNTIL_SAMPLE = 180 * LINK_RATE_HZ

_LEAST_RMS = 24.0  # -62 dBFS: under any voice, over G.711's idle noise
_ABOVE_FLOOR = 1.7
_FLOOR_RISE = 1.02  # per window: doubles in about a second of steady noise
_HANGOVER_WINDOWS = 12
_VOICE = 0.3
_SPOKEN_WINDOWS = 8  # a quarter of a second of voice: somebody has spoken
_TONE_HANGOVER_WINDOWS = 4
_TONE_TURN = (-1.0, 1.85)  # 2 cos(2 pi f / 8000) of 2,667 Hz and of 500 Hz
_TONE_REST = 0.1


class Ears:
    """One caller's audio. ``tell`` is set once somebody listens; until then windows wait."""

    def __init__(self, session: VadSession, line_sample: int, *, beeps: bool) -> None:
        self.session = session
        self.tell: Callable[[Event], None] | None = None
        self._ring: Pcm = np.zeros(RING_SAMPLES, dtype=np.int16)
        self._heard = line_sample  # one past the newest sample
        self._oldest = line_sample
        self._judged = -(-line_sample // WINDOW_SAMPLES) * WINDOW_SAMPLES
        self._floor = _LEAST_RMS
        self._open_windows = 0
        self._deaf_until = 0
        self._voiced_windows = 0
        self._beeps = BeepDetector(after_speech=line_sample > 0) if beeps else None
        self._before: tuple[Pcm, bool] | None = None  # not told the detector yet; whether a voice
        self._tone_windows = 0

    def answered(self, deaf_samples: int) -> Ears:
        """The line is answered: ears on a clock that begins now, which go on where these stop.

        These keep what was heard before; the newest of it, the new ones have at negative samples.
        Voices in the first ``deaf_samples`` are none of the conversation's.
        """
        kept = 0 if deaf_samples else PRE_ROLL_SAMPLES
        first, pcm = self.audio(self._heard - kept, self._heard)
        new = Ears(self.session, first - self._heard, beeps=True)
        new._write(pcm)
        new._deaf_until = deaf_samples
        new._judged, new._floor, new._open_windows = 0, self._floor, self._open_windows
        new._beeps = BeepDetector(after_speech=self._voiced_windows >= _SPOKEN_WINDOWS)
        self.tell = None
        return new

    @property
    def begins_early(self) -> bool:
        """Whether something is here of the time before the answer."""
        return self._oldest < 0

    @property
    def heard_sample(self) -> int:
        """The line clock: how much of the caller's audio is here."""
        return self._heard

    @property
    def due(self) -> bool:
        """Whether a whole window waits and somebody listens."""
        return self._heard - self._judged >= WINDOW_SAMPLES and self.tell is not None

    def push(self, first_sample: int, pcm: bytes | memoryview) -> None:
        """Audio from ``first_sample`` on. What is known already is cut, a gap becomes silence."""
        samples: Pcm = np.frombuffer(pcm, dtype="<i2")
        if first_sample != self._heard:
            if first_sample > self._heard:
                self._fill(min(first_sample - self._heard, RING_SAMPLES))
                self._heard = first_sample
            samples = samples[self._heard - first_sample :]
        self._write(samples)

    def _fill(self, samples: int) -> None:
        self._write(np.zeros(samples, dtype=np.int16))

    def _write(self, samples: Pcm) -> None:
        at = self._heard % RING_SAMPLES
        room = RING_SAMPLES - at
        if len(samples) <= room:
            self._ring[at : at + len(samples)] = samples
        else:
            self._ring[at:] = samples[:room]
            self._ring[: len(samples) - room] = samples[room:]
        self._heard += len(samples)
        self._oldest = max(self._oldest, self._heard - RING_SAMPLES)

    def take_windows(self) -> list[tuple[int, Pcm]]:
        """Every window that is complete, as (its end on the line clock, a view of it)."""
        windows: list[tuple[int, Pcm]] = []
        self._judged = max(self._judged, -(-self._oldest // WINDOW_SAMPLES) * WINDOW_SAMPLES)
        while self._heard - self._judged >= WINDOW_SAMPLES:
            at = self._judged % RING_SAMPLES
            self._judged += WINDOW_SAMPLES
            windows.append((self._judged, self._ring[at : at + WINDOW_SAMPLES]))
        return windows

    def audio(self, from_sample: int, to_sample: int) -> tuple[int, Pcm]:
        """A copy of that stretch of the line and where it begins: what is gone is left out."""
        first = max(from_sample, self._oldest)
        last = min(to_sample, self._heard)
        if last <= first:
            return first, np.zeros(0, dtype=np.int16)
        at, end = first % RING_SAMPLES, (last - 1) % RING_SAMPLES + 1
        if at < end:
            return first, self._ring[at:end].copy()
        return first, np.concatenate((self._ring[at:], self._ring[:end]))

    def stands_out(self, rms: float) -> bool:
        """Whether a window of this loudness deserves the model (asked once a window, in order)."""
        if rms > max(_LEAST_RMS, self._floor * _ABOVE_FLOOR):
            self._open_windows = _HANGOVER_WINDOWS
            return True
        self._floor = max(rms, _LEAST_RMS / _ABOVE_FLOOR)
        self._open_windows -= 1
        return self._open_windows >= 0

    def judged(self, end_sample: int, window: Pcm, rms: float, p: float | None) -> None:
        """Pass on the verdict on one window; None where the gate spared the model."""
        if p is not None:
            if p < _VOICE:
                self._floor = min(max(self._floor * _FLOOR_RISE, 1.0), rms)
            self._voiced_windows += p >= _VOICE
        self._listen_for_beep(end_sample, window, p)
        if self.tell is not None:
            heard = 0.0 if p is None or end_sample <= self._deaf_until else p
            self.tell(SpeechLikely(end_sample, heard))

    def _listen_for_beep(self, end_sample: int, window: Pcm, p: float | None) -> None:
        beeps = self._beeps
        if beeps is None or end_sample > BEEP_UNTIL_SAMPLE:
            return
        self._tone_windows -= 1
        if p is not None and tone_like(window):
            self._tone_windows = _TONE_HANGOVER_WINDOWS
        before, self._before = self._before, None
        if self._tone_windows <= 0 and not beeps.is_waiting:
            if before is not None:
                beeps.pass_over(len(before[0]), is_sound=before[1])
            self._before = window, p is not None and p >= _VOICE
            return
        if before is not None:
            beeps.feed(before[0])
        for beep in beeps.feed(window):
            if self.tell is not None:
                self.tell(BeepHeard(end_sample - beeps.heard_samples + beep.ended_sample))

    def expect_no_beep(self) -> None:
        """Nobody will leave a message: save the work."""
        self._beeps = None


def seconds(sample: int) -> float:
    """Line samples as seconds of the recording's clock."""
    return sample / LINK_RATE_HZ


def tone_like(window: Pcm) -> bool:
    """Whether the window may be one steady tone: a cheap test that spares the beep detector.

    Of a sine of frequency f, x[n+1] + x[n-1] = 2 cos(2 pi f / rate) x[n] at every sample.
    """
    x = window.astype(np.float32)
    middle, sides = x[1:-1], x[2:] + x[:-2]
    power = float(np.dot(middle, middle))
    if power == 0.0:
        return False
    turn = float(np.dot(middle, sides)) / power
    rest = float(np.dot(sides, sides)) / power - turn * turn
    return _TONE_TURN[0] <= turn <= _TONE_TURN[1] and rest < _TONE_REST


def loudness(windows: Pcm) -> list[float]:
    """Root mean square of each row."""
    floats = windows.astype(np.float32)
    means = np.einsum("ij,ij->i", floats, floats) / windows.shape[1]
    return [math.sqrt(mean) for mean in means.tolist()]
