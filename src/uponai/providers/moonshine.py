"""Moonshine tiny-en: whole-utterance recognition, weights inside the wheel, no network.

``moonshine-voice`` 0.0.73 (MIT); later wheels carry no weights. Its own voice detection is off: the
caller hands over one utterance, which is padded with silence. The package is called through its C
entry point, since its Python one turns every sample into a Python number (10 ms of the interpreter
for five seconds of speech).
"""

from __future__ import annotations

import asyncio
import ctypes
import re
import threading
from typing import Any, cast

import numpy as np

from uponai.providers.base import (
    Pcm,
    ProviderContext,
    ProviderError,
    ProviderSpec,
    Recognition,
    RecognitionSettings,
    Word,
)
from uponai.providers.local import Floats, load_package, resample_clip, to_float

NAME = "moonshine"
_RATE_HZ = 16000
_PAD_SAMPLES = _RATE_HZ // 5
_FRAME_MS = 10
_LEAST_VOICED_MS = 30
_AUDIBLE = 0.003  # of full scale; fainter frames hold no words
_BELOW_PEAK = 0.03  # -30 dB
_STEADY_DB = 1.0  # deviation of the level; of white noise 0.7, of speech more than 5
_STEADY_FRAMES = 20
_OPTIONS = {"vad_threshold": "0.0", "return_audio_data": "false", "identify_speakers": "false"}

_INVENTED_YOU = re.compile(r"^You[.,!?]?\s+(?=[A-Z])")


class Moonshine:
    """``SpeechToText``: one model for all calls, one utterance at a time, in order of arrival."""

    def __init__(self, context: ProviderContext) -> None:
        self._pool = context.pool
        # The queue is on the loop, so that waiting utterances occupy no thread of the pool and a
        # cancelled one is never recognised; the lock holds where a cancelled one still runs.
        self._queue = asyncio.Lock()
        self._lock = threading.Lock()
        self._model: Any = None

    async def warm(self) -> None:
        """Load the model (half a second) and run it once."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._pool, self._hear, np.zeros(8000, np.int16), 8000)

    async def recognize(self, pcm: Pcm, settings: RecognitionSettings) -> Recognition:
        """Text of one utterance, about 40 ms a second of speech; empty where nothing is audible.

        Word times are estimated: the voiced time is shared out by the number of letters. Raises
        ProviderError when the model fails.
        """
        voiced = _voiced_frames(pcm, settings.rate_hz)
        if voiced.size * _FRAME_MS < _LEAST_VOICED_MS:
            return Recognition("")
        async with self._queue:
            loop = asyncio.get_running_loop()
            text = await loop.run_in_executor(self._pool, self._hear, pcm, settings.rate_hz)
        text = _without_invention(text)
        return Recognition(text, _word_times(text.split(), voiced))

    async def aclose(self) -> None:
        """Forget the model; it is freed when a recognition under way has ended."""
        self._model = None

    def _hear(self, pcm: Pcm, rate_hz: int) -> str:
        silence = np.zeros(_PAD_SAMPLES, np.float32)
        speech = resample_clip(to_float(pcm), rate_hz, _RATE_HZ)
        clip = np.ascontiguousarray(np.concatenate([silence, speech, silence]))
        with self._lock:
            if self._model is None:
                self._model = _load()
            return _transcribe(self._model, clip)


def _load() -> Any:
    transcriber: Any = load_package("moonshine_voice.transcriber", NAME)
    api: Any = load_package("moonshine_voice.moonshine_api", NAME)
    files: Any = load_package("moonshine_voice.utils", NAME)
    try:
        return transcriber.Transcriber(
            files.get_model_path("tiny-en"), api.ModelArch.TINY, options=_OPTIONS
        )
    except Exception as error:
        raise ProviderError(NAME, f"cannot load tiny-en: {error}", retriable=False) from error


def _transcribe(model: Any, clip: Floats) -> str:
    """One call of the C library; the result lives in the model until the next call."""
    api: Any = load_package("moonshine_voice.moonshine_api", NAME)
    result = cast(Any, ctypes.POINTER(api.TranscriptC)())
    library = model._lib
    failure = library.moonshine_transcribe_without_streaming(
        model._handle,
        clip.ctypes.data_as(ctypes.POINTER(ctypes.c_float)),
        clip.size,
        _RATE_HZ,
        0,
        ctypes.byref(result),
    )
    if failure:
        raise ProviderError(NAME, f"recognition failed with code {failure}", retriable=True)
    if not result:
        return ""
    transcript = result.contents
    lines = (transcript.lines[index].text for index in range(transcript.line_count))
    texts = (ctypes.string_at(line).decode("utf-8", "replace") for line in lines if line)
    return " ".join(text.strip() for text in texts if text.strip())


def _without_invention(text: str) -> str:
    """Drop what the model invents: a ``You`` before a sentence or for a tone, notes for noise."""
    bare = text.strip(" .,!?").lower()
    if bare == "you" or not any(map(str.isalnum, bare)):
        return ""
    return _INVENTED_YOU.sub("", text)


def _voiced_frames(pcm: Pcm, rate_hz: int) -> Floats:
    """Start times in ms of the 10 ms frames loud enough to hold speech.

    None where the level stays the same: a tone or a hiss, in which the model hears sentences.
    """
    frame_samples = rate_hz * _FRAME_MS // 1000
    frames = to_float(pcm[: pcm.size // frame_samples * frame_samples]).reshape(-1, frame_samples)
    if frames.shape[0] == 0:
        return np.zeros(0, np.float32)
    level = np.sqrt(np.mean(frames**2, axis=1))
    audible = level > max(_AUDIBLE, float(level.max()) * _BELOW_PEAK)
    heard = level[audible]
    if heard.size >= _STEADY_FRAMES and float(np.std(20 * np.log10(heard))) < _STEADY_DB:
        return np.zeros(0, np.float32)
    return (np.flatnonzero(audible) * _FRAME_MS).astype(np.float32)


def _word_times(words: list[str], voiced: Floats) -> tuple[Word, ...]:
    """Share the voiced frames among the words by their letters; a pause lies between two frames."""
    if not words:
        return ()
    letters = np.array([1 + sum(map(str.isalnum, word)) for word in words], np.float64)
    ends = np.cumsum(letters) / letters.sum() * voiced.size
    last = voiced.size - 1
    placed: list[Word] = []
    begin = 0
    for word, end in zip(words, ends, strict=True):
        stop = min(max(begin, round(float(end)) - 1), last)
        placed.append(Word(word, float(voiced[min(begin, last)]), float(voiced[stop]) + _FRAME_MS))
        begin = stop + 1
    return tuple(placed)


SPEC = ProviderSpec(name=NAME, kind="stt", make=Moonshine, default_model="tiny-en", local=True)
