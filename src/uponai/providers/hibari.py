"""Hibari speech synthesis at 24 kHz: two offline voices from one model.

``hibari-tts`` 0.2.1 (Apache-2.0) predicts, per 12.5 ms frame, a pitch and the spectra that shape
pulses and noise; its numpy part turns them into sound. The second voice is made in between: a lower
pitch, and longer formants by playing the sound slower (the model speaks faster by as much).
Sentences come out in about 30 ms each, without the silence that the model puts around them.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from uponai.providers.base import Pcm, ProviderContext, ProviderError, ProviderSpec, VoiceSettings
from uponai.providers.local import Floats, load_package, resample_clip, to_pcm

NAME = "hibari"
RATE_HZ = 24000
_CHUNK_SAMPLES = RATE_HZ * 2 // 5
_AUDIBLE = 0.01
_LEAD_SAMPLES = RATE_HZ * 40 // 1000
_TAIL_SAMPLES = RATE_HZ * 200 // 1000


@dataclass(frozen=True, slots=True)
class _Timbre:
    """How a voice differs from the recorded one: a factor of pitch, a played rate for formants."""

    pitch: float = 1.0
    played_hz: int = RATE_HZ


_VOICES = {
    "local-hana": _Timbre(),
    "local-kenji": _Timbre(pitch=0.6, played_hz=20700),
}

_PHONE_GROUPS = {7: (3, 4), 10: (3, 3, 4), 11: (1, 3, 3, 4)}
_LONG_NUMBER = re.compile(
    r"""(?<![\w.,$€£-])
    (?: \+\d[\d ().-]{5,18}\d                        # +1 (415) 555-0132
      | \(\d{3}\)\s?\d{3}[ .-]\d{4}                  # (415) 555-0132
      | (?:\d{3}[ .-])?\d{3}[.-]\d{4}                # 415-555-0132, 555-0132
      | \d{3}[ ]\d{3}[ ]\d{4}                        # 415 555 0132
      | \d{7,}                                       # 4155550132
    )(?![\w%]|[.,]\d)""",
    re.VERBOSE,
)


def spoken(text: str) -> str:
    """``text`` with telephone and other long numbers spelled digit by digit, in groups.

    Times, dates, money and short numbers are left to the package, which reads them well.
    """
    return _LONG_NUMBER.sub(lambda match: _spelled(match.group()), text)


def _spelled(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    sizes = _PHONE_GROUPS.get(len(digits), ())
    if len(digits) == 11 and not digits.startswith("1"):
        sizes = ()
    groups: list[str] = []
    place = 0
    while place < len(digits):
        size = sizes[len(groups)] if sizes else 3
        groups.append(" ".join(digits[place : place + size]))
        place += size
    return ("plus " if number.startswith("+") else "") + ", ".join(groups)


class Hibari:
    """``TextToSpeech`` for the voices of ``SPEC``."""

    def __init__(self, context: ProviderContext) -> None:
        self._pool = context.pool
        self._loading = threading.Lock()
        self._model: Any = None

    @property
    def rate_hz(self) -> int:
        return RATE_HZ

    async def warm(self) -> None:
        """Load model and dictionaries (about a second) and speak once to nobody."""
        async for _ in self.synthesize("Warm up.", VoiceSettings(voice_id="local-hana")):
            pass

    async def synthesize(self, text: str, voice: VoiceSettings) -> AsyncIterator[Pcm]:
        """Speech of ``text`` at 24 kHz, sentence by sentence in pieces of at most 0.4 s.

        Text without a word gives no audio. Raises ProviderError for an unknown voice. A sentence
        being made when the iterator is closed is finished in the pool and dropped.
        """
        timbre = _VOICES.get(voice.voice_id)
        if timbre is None:
            known = ", ".join(_VOICES)
            raise ProviderError(
                NAME, f"unknown voice {voice.voice_id!r}; it has {known}", retriable=False
            )
        loop = asyncio.get_running_loop()
        sentences = await loop.run_in_executor(self._pool, self._phonemes, text)
        for phonemes in sentences:
            pcm = await loop.run_in_executor(self._pool, self._speak, phonemes, timbre, voice)
            for start in range(0, pcm.size, _CHUNK_SAMPLES):
                yield pcm[start : start + _CHUNK_SAMPLES]

    async def aclose(self) -> None:
        self._model = None

    def _phonemes(self, text: str) -> list[str]:
        """The sentences of ``text`` in the model's alphabet, one text at a time."""
        with self._loading:
            if self._model is None:
                package: Any = load_package("hibari", NAME)
                self._model = package.Hibari(voice="heart", threads=1)
            return list(self._model.phonemize(spoken(text)))

    def _speak(self, phonemes: str, timbre: _Timbre, voice: VoiceSettings) -> Pcm:
        """One sentence. The session may run on several threads at once."""
        model = self._model
        if model is None:
            raise ProviderError(NAME, "closed", retriable=False)
        ids: list[int] = model.ids(phonemes)
        if len(ids) < 3:
            return np.zeros(0, np.int16)
        stretch = RATE_HZ / timbre.played_hz
        speed = min(max(voice.speed, 0.5), 2.0) * stretch
        feed = {"ids": np.array([ids], np.int64), "speed": np.array([speed], np.float32)}
        lh, th, ln, lr, phi, pitch_hz = (part[0] for part in model.sess.run(None, feed))
        shaper: Any = load_package("hibari.dsp", NAME)
        noise = np.random.default_rng(len(phonemes))
        pitched = pitch_hz * np.float32(timbre.pitch * stretch)
        samples: Floats = shaper.synth(lh, th, ln, lr, phi, pitched, noise)
        samples = _without_silence(resample_clip(samples, timbre.played_hz, RATE_HZ))
        return to_pcm(samples * np.float32(min(max(voice.volume, 0.0), 2.0)))


def _without_silence(samples: Floats) -> Floats:
    """Keep 40 ms before and 200 ms after what can be heard: silence is latency."""
    heard = np.flatnonzero(np.abs(samples) > _AUDIBLE)
    if heard.size == 0:
        return samples[:0]
    return samples[max(0, heard[0] - _LEAD_SAMPLES) : heard[-1] + _TAIL_SAMPLES]


SPEC = ProviderSpec(name=NAME, kind="tts", make=Hibari, voices=tuple(_VOICES), local=True)
