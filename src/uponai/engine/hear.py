"""From VAD verdicts to speech and pauses, counted on the line clock."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from uponai.engine.events import RATE_HZ

ON: Final = 0.5
OFF: Final = 0.35
MIN_SPEECH_SAMPLES: Final = 768  # 96 ms: three windows
GAP_SAMPLES: Final = 768  # a rising voice may flicker this long
PAUSE_SAMPLES: Final = 1_600  # 0.2 s: the moment to speculate
PRE_ROLL_SAMPLES: Final = 2_400  # 0.3 s: soft onsets lie before the first likely window
_WINDOW_SAMPLES = 256


class LineClock:
    """Where the line stands: the newest sample told, and when it was told."""

    __slots__ = ("now", "sample")

    def __init__(self) -> None:
        self.sample = 0
        self.now = 0.0

    def mark(self, sample: int, now: float) -> None:
        """A sample number from the line; it never runs backwards."""
        if sample >= self.sample:
            self.sample = sample
            self.now = now

    def at(self, now: float) -> int:
        """The line sample at ``now``, guessed forward from the newest one told."""
        return self.sample + max(0, int((now - self.now) * RATE_HZ))

    def when(self, sample: int) -> float:
        """When the line will have reached (or had reached) ``sample``."""
        return self.now + (sample - self.sample) / RATE_HZ


class Sound(Enum):
    """What one window changed."""

    NOTHING = auto()
    BEGAN = auto()  # enough voice to be speech; see ``began``
    PAUSED = auto()  # 0.2 s without voice; see ``voice_end``


class Hearing:
    """Hysteresis over VAD windows: ``voiced`` from the first sure speech to a pause of 0.2 s."""

    __slots__ = ("_last", "_rise_end", "_rise_start", "_risen", "began", "voice_end", "voiced")

    def __init__(self) -> None:
        self.voiced = False
        self.began = 0  # first sample of the newest speech, without pre-roll
        self.voice_end = 0  # end of the newest window with a voice
        self._last = 0
        self._risen = 0  # voiced samples of a speech that is not sure yet
        self._rise_start = 0
        self._rise_end = 0

    def feed(self, at_sample: int, p: float) -> Sound:
        """One VAD window. Windows that run backwards are ignored."""
        before, self._last = self._last, max(self._last, at_sample)
        if at_sample <= before:
            return Sound.NOTHING
        if self.voiced:
            return self._go_on(at_sample, p)
        if p < ON:
            if self._risen and at_sample - self._rise_end > GAP_SAMPLES:
                self._risen = 0
            return Sound.NOTHING
        return self._rise(at_sample, max(before, at_sample - _WINDOW_SAMPLES))

    def fall_silent(self, at_sample: int) -> None:
        """No more windows came: what was voiced ended with the last one."""
        self.voiced = False
        self._risen = 0
        self._last = max(self._last, at_sample)

    def forget(self) -> None:
        """What sounds now was no speech; a voice must rise anew to count."""
        self.voiced = False
        self._risen = 0

    def _go_on(self, at_sample: int, p: float) -> Sound:
        if p >= OFF:
            self.voice_end = at_sample
        elif at_sample - self.voice_end >= PAUSE_SAMPLES:
            self.forget()
            return Sound.PAUSED
        return Sound.NOTHING

    def _rise(self, at_sample: int, window_start: int) -> Sound:
        if not self._risen:
            self._rise_start = window_start
        self._risen += at_sample - window_start
        self._rise_end = at_sample
        if self._risen < MIN_SPEECH_SAMPLES:
            return Sound.NOTHING
        self._risen = 0
        self.voiced = True
        self.began = self._rise_start
        self.voice_end = at_sample
        return Sound.BEGAN
