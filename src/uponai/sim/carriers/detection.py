"""Answering-machine detection of the simulated carriers, by the length of the first words.

As carriers say of theirs: a short greeting and then silence is a person, a long one a machine,
which records after its beep, or after a silence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from uponai.media.beep import BeepDetector
from uponai.media.g711 import Pcm
from uponai.sim.carriers.phone import Voice

Heard = Literal["person", "machine", "beep", "silence", "unknown"]

FRAME_S = 0.02
LONG_S = 2.4
"""Words that last longer are a machine's."""

END_S = 1.2
"""So much silence ends the words."""

GREETING_END_S = 4.0
"""So much silence ends a machine's greeting that has no beep."""

QUIET_S = 5.0
"""So much silence at first is nobody."""

LIMIT_S = 30.0
_VOICE_RMS = 200.0


class Detection:
    """Hears what the callee says, 20 ms at a time, and tells each finding once."""

    def __init__(self, tell: Callable[[Heard], None]) -> None:
        self._tell = tell
        self._beeps = BeepDetector()
        self._stage: Literal["first words", "greeting", "done"] = "first words"
        self._passed_s = self._voice_s = self._quiet_s = 0.0

    def feed(self, said: Pcm) -> None:
        """160 samples."""
        if self._stage == "done":
            return
        self._passed_s += FRAME_S
        beeped = bool(self._beeps.feed(said))
        if float(np.sqrt(np.mean(said.astype(np.float64) ** 2))) > _VOICE_RMS:
            self._voice_s, self._quiet_s = self._voice_s + FRAME_S, 0.0
        else:
            self._quiet_s += FRAME_S
        if self._stage == "first words":
            self._first_words(beeped=beeped)
        elif beeped:
            self._found("beep", "done")
        elif self._quiet_s >= GREETING_END_S or self._passed_s >= LIMIT_S:
            self._found("silence", "done")

    def _first_words(self, *, beeped: bool) -> None:
        if beeped:
            self._found("machine", "greeting")
            self._found("beep", "done")
        elif self._voice_s >= LONG_S:
            self._found("machine", "greeting")
        elif self._voice_s > 0.0 and self._quiet_s >= END_S:
            self._found("person", "done")
        elif self._voice_s == 0.0 and self._quiet_s >= QUIET_S:
            self._found("unknown", "done")

    def _found(self, what: Heard, stage: Literal["greeting", "done"]) -> None:
        self._stage = stage
        self._tell(what)


class Overheard:
    """A voice that a carrier listens to."""

    def __init__(self, voice: Voice, detection: Detection) -> None:
        self._voice = voice
        self._detection = detection

    @property
    def hung_up(self) -> bool:
        return self._voice.hung_up

    def tick(self, heard: Pcm) -> Pcm:
        said = self._voice.tick(heard)
        self._detection.feed(said)
        return said

    def press(self, digit: str) -> None:
        self._voice.press(digit)

    async def aclose(self) -> None:
        await self._voice.aclose()
