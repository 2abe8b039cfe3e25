"""Finds the beep of an answering machine: one steady tone that stands alone and ends in silence.

Frames of 20 ms are judged by their spectrum: nearly all energy lies in one narrow peak that stays
where it is. A voice has harmonics and moves; two-tone signals have two peaks; both fail within a
few frames. A tone next to one of another pitch is a melody, or an operator's special information
tones (ITU-T E.180); one before any other sound may be a fax that calls (ITU-T T.30: 1100 Hz for
0.5 s, every 3.5 s), so that it is believed only once nothing has followed for longer than that.
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
MAX_BEEP_MS: Final = 2_400
"""A tone that goes on is a fax (2.6 s at least: ITU-T T.30), a modem or a broken line."""

FOLLOWED_MS: Final = 400
"""So much silence behind a tone after other sounds makes it a beep."""

FIRST_FOLLOWED_MS: Final = 3_300
"""The same, where nothing but tones was heard so far; and so long before it no other tone."""

_COMPANY_MS = 1_000  # a tone of another pitch within this before: a melody
_NOTE_MS = 100  # a shorter one is some vowel's
_MERGED_MS = 100  # lost packets and turned phases break no tone
_SOUND_HOPS = 8  # as much sound behind a tone is no silence
_SPOKEN_SAMPLES = 1_600  # a sound that lasts longer is more than the edge of a tone
_FFT = 1_024
_BIN_HZ = RATE_HZ / _FFT
_LOW_HZ, _HIGH_HZ = 500.0, 2_650.0
_BEEP_LOW_HZ, _BEEP_HIGH_HZ = 600.0, 2_600.0
_NEAR_BINS = 10  # the main lobe of the Hann window of 40 ms
_PURE = 0.90
_MIN_RMS = 180.0  # -45 dBFS
_DRIFT_HZ = 12.0
_LEVEL_RATIO = 1.6
_QUIET_RATIO = 0.1  # of the tone's level
_MISSES = 1
_HANN: NDArray[np.float64] = np.hanning(WINDOW_SAMPLES)


class Beep(NamedTuple):
    """A beep that is over. Samples count from the first sample ever fed or passed over."""

    began_sample: int
    ended_sample: int
    frequency_hz: float


class _Tone(NamedTuple):
    frequency_hz: float
    rms: float


class BeepDetector:
    """One line's caller audio in, beeps out, as soon as silence has shown that one is alone.

    ``after_speech``: somebody has spoken on this line before.
    """

    def __init__(self, *, after_speech: bool = False) -> None:
        self._rest: Pcm = np.zeros(0, dtype=np.int16)
        self._at = 0  # sample number of _rest[0]
        self._steady = _Steady()
        self._alone = _Alone(after_speech=after_speech)

    @property
    def heard_samples(self) -> int:
        """All that was fed or passed over."""
        return self._at + len(self._rest)

    @property
    def is_waiting(self) -> bool:
        """Whether a tone sounds, or what follows it decides: then nothing may be passed over."""
        return self._alone.candidate is not None or self._steady.tone is not None

    def feed(self, pcm: Pcm) -> list[Beep]:
        """The beeps of which ``pcm`` (any length) shows that they were some."""
        self._rest = np.concatenate((self._rest, pcm))
        found: list[Beep] = []
        while len(self._rest) >= WINDOW_SAMPLES:
            beep = self._step(self._rest[:WINDOW_SAMPLES])
            if beep is not None:
                found.append(beep)
            self._rest = self._rest[HOP_SAMPLES:]
            self._at += HOP_SAMPLES
        return found

    def pass_over(self, samples: int, *, is_sound: bool) -> None:
        """Audio without a tone in it, silence or sound, goes by unseen."""
        self._at, self._rest = self.heard_samples + samples, self._rest[:0]
        self._alone.passed(samples if is_sound else 0)

    def _step(self, window: Pcm) -> Beep | None:
        rms, tone = _pure_tone(window)
        note = self._steady.step(tone, self._at)
        if note is not None:
            self._alone.note(*note)
        if tone is None:
            self._alone.passed(HOP_SAMPLES if rms >= _MIN_RMS else 0, rms)
        if self._steady.tone is not None:
            return None
        return self._alone.decided(self._at + WINDOW_SAMPLES)


class _Steady:
    """Frames of one pitch and level, put together."""

    def __init__(self) -> None:
        self.tone: _Tone | None = None
        self._began = 0
        self._last = 0
        self._misses = 0

    def step(self, heard: _Tone | None, at: int) -> tuple[Beep, float] | None:
        """The tone that ended before this frame, and its level."""
        if heard is not None and self.tone is not None and _same(self.tone, heard):
            self._last, self._misses = at + WINDOW_SAMPLES, 0
            return None
        ended: tuple[Beep, float] | None = None
        if self.tone is not None:
            self._misses += 1
            if heard is None and self._misses <= _MISSES:
                return None
            ended = Beep(self._began, self._last, self.tone.frequency_hz), self.tone.rms
        self.tone, self._misses = heard, 0
        self._began, self._last = at, at + WINDOW_SAMPLES
        return ended


class _Alone:
    """Whether a tone keeps company with other tones or sounds."""

    def __init__(self, *, after_speech: bool) -> None:
        self.candidate: Beep | None = None
        self._silence_rms = 0.0  # what is no louder is silence behind the candidate
        self._needed_ms = FOLLOWED_MS
        self._sound_hops = 0
        self._spoken = after_speech
        self._sound_samples = 0  # in one piece
        self._note: Beep | None = None
        self._in_company = False

    def note(self, tone: Beep, level: float) -> None:
        """A tone has ended."""
        if _ms(tone) < _NOTE_MS:
            return
        former, self._note = self._note, tone
        if former is not None:
            gap_ms = (tone.began_sample - former.ended_sample) * 1000 // RATE_HZ
            same_pitch = abs(tone.frequency_hz - former.frequency_hz) <= _DRIFT_HZ
            if same_pitch and gap_ms <= _MERGED_MS:
                self._note = tone._replace(began_sample=former.began_sample)
            else:
                near = gap_ms <= (_COMPANY_MS if self._spoken else FIRST_FOLLOWED_MS)
                self._in_company = near and not (same_pitch and self._spoken)
        self._judge(self._note, level)

    def _judge(self, tone: Beep, level: float) -> None:
        if self._in_company or _ms(tone) > MAX_BEEP_MS:
            self.candidate = None
        elif _ms(tone) >= MIN_BEEP_MS and _BEEP_LOW_HZ <= tone.frequency_hz <= _BEEP_HIGH_HZ:
            self.candidate, self._sound_hops = tone, 0
            self._silence_rms = max(level * _QUIET_RATIO, _MIN_RMS)
            self._needed_ms = FOLLOWED_MS if self._spoken else FIRST_FOLLOWED_MS

    def passed(self, sound_samples: int, rms: float = 0.0) -> None:
        """No tone: so much sound, or silence (0)."""
        self._sound_samples = self._sound_samples + sound_samples if sound_samples else 0
        if self._sound_samples >= _SPOKEN_SAMPLES:
            self._spoken = True
        if self.candidate is not None and rms > self._silence_rms:
            self._sound_hops += 1
            if self._sound_hops >= _SOUND_HOPS:
                self.candidate = None

    def decided(self, now_sample: int) -> Beep | None:
        """The tone that was silence enough behind."""
        tone = self.candidate
        if tone is None:
            return None
        if (now_sample - tone.ended_sample) * 1000 < self._needed_ms * RATE_HZ:
            return None
        self.candidate = None
        return tone


def _ms(tone: Beep) -> int:
    return (tone.ended_sample - tone.began_sample) * 1000 // RATE_HZ


def _same(first: _Tone, heard: _Tone) -> bool:
    if abs(heard.frequency_hz - first.frequency_hz) > _DRIFT_HZ:
        return False
    return first.rms / _LEVEL_RATIO <= heard.rms <= first.rms * _LEVEL_RATIO


def _pure_tone(window: Pcm) -> tuple[float, _Tone | None]:
    """The level of a frame, and the tone that it is."""
    signal: NDArray[np.float64] = window.astype(np.float64)
    signal -= float(signal.mean())
    rms = float(np.sqrt(float(np.dot(signal, signal)) / len(signal)))
    if rms < _MIN_RMS:
        return rms, None
    power = np.abs(np.fft.rfft(signal * _HANN, _FFT)) ** 2
    peak = int(np.argmax(power))
    if not _LOW_HZ <= peak * _BIN_HZ <= _HIGH_HZ:
        return rms, None
    near = power[peak - _NEAR_BINS : peak + _NEAR_BINS + 1]
    if float(near.sum()) < _PURE * float(power.sum()):
        return rms, None
    left, mid, right = (float(np.log(value + 1e-9)) for value in power[peak - 1 : peak + 2])
    bend = left - 2 * mid + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    return rms, _Tone((peak + shift) * _BIN_HZ, rms)
