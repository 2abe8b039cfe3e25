"""Speech and language without models: audio that carries its own text, replies from a script.

``spoken`` makes 8 kHz PCM of a text and ``FakeEars`` reads it back: each letter is a steady tone of
its own pitch, so that a test hears exactly what a line carried, cut off or not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import numpy as np

from uponai.live.assembly import ChosenVoice
from uponai.live.mind import ChosenModel
from uponai.media import g711
from uponai.providers.base import (
    ChatEvent,
    ChatFinished,
    ChatRequest,
    EndOfTurn,
    Pcm,
    ProviderError,
    Recognition,
    RecognitionSettings,
    SentenceEmbedder,
    TextDelta,
    VadSession,
    VoiceSettings,
    Word,
)

LETTER_SAMPLES = 400  # 50 ms
_LEVELS = g711.decode(bytes(range(255, 127, -1)), "PCMU")
"""One level per ASCII code; all survive a telephone line (G.711)."""


def spoken(text: str) -> Pcm:
    """PCM at 8 kHz in which the samples of a letter all stand at the level of its code."""
    if not text:
        return np.zeros(0, dtype=np.int16)
    codes = np.array([min(ord(letter), 127) for letter in text])
    return np.repeat(_LEVELS[codes], LETTER_SAMPLES)


def read(pcm: Pcm) -> str:
    """The text in ``spoken`` audio; silence and half letters fall away."""
    voiced = np.flatnonzero(pcm)
    if voiced.size == 0:
        return ""
    pieces: list[str] = []
    codes = np.searchsorted(_LEVELS, pcm)
    at = int(voiced[0])
    while at < len(codes):
        run = at
        while run < len(codes) and codes[run] == codes[at]:
            run += 1
        if codes[at]:
            pieces.append(chr(codes[at]) * max(0, round((run - at) / LETTER_SAMPLES)))
        at = run
    return "".join(pieces)


class FakeVad:
    """Certain of a voice wherever there is any level."""

    window_samples = 256
    rate_hz = 8_000

    def __init__(self) -> None:
        self.batches: list[int] = []

    def open(self) -> VadSession:
        return _Session()

    def judge(self, due: Sequence[tuple[VadSession, Pcm]]) -> list[float]:
        self.batches.append(len(due))
        return [0.98 if np.count_nonzero(window) > 64 else 0.02 for _, window in due]


class _Session:
    window_samples = 256
    rate_hz = 8_000


class FakeStt:
    """Reads ``spoken`` audio after ``delay_s``; ``failures`` first attempts fail."""

    def __init__(self, delay_s: float = 0.1, failures: int = 0) -> None:
        self.delay_s = delay_s
        self.failures = failures
        self.asked = 0

    async def recognize(self, pcm: Pcm, settings: RecognitionSettings) -> Recognition:
        self.asked += 1
        await asyncio.sleep(self.delay_s)
        if self.failures > 0:
            self.failures -= 1
            raise ProviderError("fake", "no ears", retriable=True)
        text = read(pcm)
        voiced = np.flatnonzero(pcm)
        at = int(voiced[0]) / 8 if voiced.size else 0.0
        words: list[Word] = []
        for word in text.split(" "):
            length = len(word) * LETTER_SAMPLES / 8
            words.append(Word(word, at, at + length))
            at += length + LETTER_SAMPLES / 8
        return Recognition(text, tuple(words))

    async def aclose(self) -> None:
        """Nothing is held."""


class FakeTts:
    """``spoken`` audio in chunks; ``failures`` first sentences fail."""

    rate_hz = 8_000

    def __init__(self, delay_s: float = 0.02, failures: int = 0) -> None:
        self.delay_s = delay_s
        self.failures = failures
        self.texts: list[str] = []

    async def synthesize(self, text: str, voice: VoiceSettings) -> AsyncIterator[Pcm]:
        self.texts.append(text)
        await asyncio.sleep(self.delay_s)
        if self.failures > 0:
            self.failures -= 1
            raise ProviderError("fake", "no voice", retriable=False)
        pcm = spoken(text)
        for at in range(0, len(pcm), 4_000):
            yield pcm[at : at + 4_000]

    async def aclose(self) -> None:
        """Nothing is held."""


Script = Callable[[ChatRequest], Sequence[ChatEvent]]


class FakeLlm:
    """Answers as ``script`` says, word by word."""

    def __init__(self, script: Script, delay_s: float = 0.05) -> None:
        self._script = script
        self.delay_s = delay_s
        self.requests: list[ChatRequest] = []

    async def reply(self, request: ChatRequest) -> AsyncIterator[ChatEvent]:
        self.requests.append(request)
        for event in self._script(request):
            await asyncio.sleep(self.delay_s)
            if isinstance(event, TextDelta):
                for word in event.text.split(" "):
                    yield TextDelta(word + " ")
            else:
                yield event
        yield ChatFinished("stop", 10, 5)

    async def aclose(self) -> None:
        """Nothing is held."""


class FakeProviders:
    """The providers of a brain in tests."""

    def __init__(self, script: Script | None = None) -> None:
        self.voice_activity = FakeVad()
        self.end_of_turn: EndOfTurn | None = None
        self.embedder: SentenceEmbedder | None = None
        self.stt = FakeStt()
        self.tts = FakeTts()
        self.llm = FakeLlm(script) if script is not None else None

    def speech_to_text(self) -> FakeStt:
        return self.stt

    def text_to_speech(self, voice_id: str) -> ChosenVoice:
        if voice_id == "missing":
            raise ProviderError("fake", "no such voice", retriable=False)
        return ChosenVoice(self.tts, voice_id)

    def language_model(self, model: str | None) -> ChosenModel | None:
        return None if self.llm is None else ChosenModel(self.llm, model or "fake")
